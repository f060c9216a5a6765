-- The whole of learning: corrections in the log, suspended cards, the study queue, and how people want to learn.

-- +goose Up

-- What an undo, a reschedule and an import bring. NULL is no time.
ALTER TABLE review_events ADD COLUMN undoes TEXT NOT NULL DEFAULT '';
ALTER TABLE review_events ADD COLUMN due_day INTEGER NOT NULL DEFAULT 0;
ALTER TABLE review_events ADD COLUMN imported_stability REAL NOT NULL DEFAULT 0;
ALTER TABLE review_events ADD COLUMN imported_difficulty REAL NOT NULL DEFAULT 0;
ALTER TABLE review_events ADD COLUMN imported_due INTEGER;
ALTER TABLE review_events ADD COLUMN imported_reps INTEGER NOT NULL DEFAULT 0;
ALTER TABLE review_events ADD COLUMN imported_lapses INTEGER NOT NULL DEFAULT 0;
-- What was known of a card when it was asked; of earlier answers it is not known.
ALTER TABLE review_events ADD COLUMN asked_phase TEXT NOT NULL DEFAULT '';
ALTER TABLE review_events ADD COLUMN asked_interval INTEGER NOT NULL DEFAULT 0;
ALTER TABLE review_events ADD COLUMN asked_recall REAL NOT NULL DEFAULT 0;
ALTER TABLE review_events ADD COLUMN latest INTEGER;
-- Until now there were only reviews, and the memory after each knows when the last one of its history was.
UPDATE review_events SET latest = after_last_review;
CREATE INDEX review_events_day ON review_events (user_id, day, seq);

-- The table is made again, since a column can only be added at the end, and there it would lie behind the texts: whoever
-- reads a memory would read them too.
CREATE TABLE cards_with_suspended (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  deck_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER,
  rev INTEGER NOT NULL,
  suspended INTEGER NOT NULL,
  phase TEXT NOT NULL,
  step INTEGER NOT NULL,
  stability REAL NOT NULL,
  difficulty REAL NOT NULL,
  due INTEGER,
  last_review INTEGER,
  last_day INTEGER NOT NULL,
  reps INTEGER NOT NULL,
  lapses INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT;
INSERT INTO cards_with_suspended
  SELECT user_id, id, deck_id, created_at, updated_at, rev, 0,
    phase, step, stability, difficulty, due, last_review, last_day, reps, lapses, seq, question, answer
  FROM cards ORDER BY rowid;
DROP TABLE cards;
ALTER TABLE cards_with_suspended RENAME TO cards;

-- An answer writes to the two indexes of the study queue, and to no other index of this table: those that list cards hold
-- nothing that it changes. New cards have no due time, so within their phase the order is that of creation.
CREATE INDEX cards_created ON cards (user_id, created_at, id);
CREATE INDEX cards_deck ON cards (user_id, deck_id, created_at, id);
CREATE INDEX cards_due ON cards (user_id, suspended, phase, due, created_at, id, deck_id);
-- The queue of a deck holds the whole memory too, so that reading the memories of a deck reads no text.
CREATE INDEX cards_deck_due ON cards (
  user_id, deck_id, suspended, phase, due, created_at, id,
  step, stability, difficulty, last_review, last_day, reps, lapses, seq
);

-- The limits of decks and the schedule versions are JSON: they are read and written as a whole.
CREATE TABLE learning_settings (
  user_id TEXT PRIMARY KEY NOT NULL,
  time_zone TEXT NOT NULL,
  rollover_hour INTEGER NOT NULL,
  new_per_day INTEGER,
  reviews_per_day INTEGER,
  decks TEXT NOT NULL,
  leech_threshold INTEGER NOT NULL,
  leech_action TEXT NOT NULL,
  load_balancing INTEGER NOT NULL,
  schedules TEXT NOT NULL,
  pending INTEGER NOT NULL,
  updated_at INTEGER,
  rev INTEGER NOT NULL
) STRICT;
CREATE INDEX learning_settings_pending ON learning_settings (coalesce(updated_at, 0), user_id) WHERE pending = 1;

-- What was counted of the months of a person's days. It is a cache: everything in it can be counted again.
CREATE TABLE cached_months (
  user_id TEXT NOT NULL,
  month INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (user_id, month)
) STRICT;
