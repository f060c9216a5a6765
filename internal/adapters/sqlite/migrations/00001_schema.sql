-- Times are milliseconds since 1970 in UTC; NULL is no time. Every key of what people own begins with the owner.

-- +goose Up

CREATE TABLE users (
  id TEXT PRIMARY KEY NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  email_verified INTEGER NOT NULL,
  beta INTEGER NOT NULL,
  created_at INTEGER,
  updated_at INTEGER,
  rev INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  created_at INTEGER,
  expires_at INTEGER,
  PRIMARY KEY (user_id, id)
) STRICT;
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE one_time_tokens (
  hash TEXT PRIMARY KEY NOT NULL,
  user_id TEXT NOT NULL,
  purpose TEXT NOT NULL,
  created_at INTEGER,
  expires_at INTEGER
) STRICT;
CREATE INDEX one_time_tokens_expires ON one_time_tokens (expires_at);

CREATE TABLE configs (
  name TEXT PRIMARY KEY NOT NULL,
  public INTEGER NOT NULL,
  value BLOB NOT NULL,
  updated_at INTEGER,
  rev INTEGER NOT NULL
) STRICT;

-- A deck that was deleted keeps its row for a day, without its texts: its id stays taken.
CREATE TABLE decks (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  color TEXT NOT NULL,
  published_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER,
  rev INTEGER NOT NULL,
  deleted_at INTEGER,
  PRIMARY KEY (user_id, id)
) STRICT;
CREATE INDEX decks_created ON decks (user_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX decks_published ON decks (published_at, id) WHERE published_at IS NOT NULL;
CREATE INDEX decks_deleted ON decks (deleted_at) WHERE deleted_at IS NOT NULL;

-- The memory comes before the texts: long texts lie on pages of their own, behind the rest of the row.
CREATE TABLE cards (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  deck_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER,
  rev INTEGER NOT NULL,
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
CREATE INDEX cards_created ON cards (user_id, created_at, id);
-- One index lists the cards of a deck, and holds their whole memory, so that reading it reads no text.
CREATE INDEX cards_deck ON cards (
  user_id, deck_id, created_at, id,
  phase, step, stability, difficulty, due, last_review, last_day, reps, lapses, seq
);

CREATE TABLE review_events (
  user_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  card_id TEXT NOT NULL,
  deck_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  rating INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  recorded_at INTEGER NOT NULL,
  answered_at INTEGER,
  day INTEGER NOT NULL,
  zone TEXT NOT NULL,
  rollover INTEGER NOT NULL,
  buttons INTEGER NOT NULL,
  schedule_version INTEGER NOT NULL,
  fuzz REAL NOT NULL,
  after_phase TEXT NOT NULL,
  after_step INTEGER NOT NULL,
  after_stability REAL NOT NULL,
  after_difficulty REAL NOT NULL,
  after_due INTEGER,
  after_last_review INTEGER,
  after_last_day INTEGER NOT NULL,
  after_reps INTEGER NOT NULL,
  after_lapses INTEGER NOT NULL,
  after_seq INTEGER NOT NULL,
  PRIMARY KEY (user_id, seq),
  UNIQUE (user_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_events_card ON review_events (user_id, card_id, seq);
CREATE INDEX review_events_recorded ON review_events (recorded_at, id);

CREATE TABLE learning_sessions (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  deck_id TEXT NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  PRIMARY KEY (user_id, id)
) STRICT;
