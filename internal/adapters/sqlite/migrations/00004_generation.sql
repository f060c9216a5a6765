-- Cards from text: the notes that people write, the cards that were made of them, and how much language models were used.

-- +goose Up

-- The cards are a JSON list. The texts come last: long ones lie on pages of their own, behind the rest of the row.
CREATE TABLE notes (
  user_id TEXT NOT NULL,
  deck_id TEXT NOT NULL,
  id TEXT NOT NULL,
  generator TEXT NOT NULL,
  adding_at INTEGER,
  added_at INTEGER,
  created_at INTEGER,
  updated_at INTEGER,
  rev INTEGER NOT NULL,
  text TEXT NOT NULL,
  cards TEXT NOT NULL,
  PRIMARY KEY (user_id, deck_id),
  UNIQUE (user_id, id)
) STRICT;

CREATE TABLE generation_usage (
  user_id TEXT NOT NULL,
  day INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (user_id, day)
) STRICT;
CREATE INDEX generation_usage_day ON generation_usage (day);
