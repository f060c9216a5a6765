-- Cards from text: the notes that people write, the cards that were made of them, and how much language models were used.

-- +goose Up

-- The cards are JSON: they are read and written as a whole.
CREATE TABLE notes (
  user_id text COLLATE "C" NOT NULL,
  deck_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  generator text NOT NULL,
  adding_at timestamptz,
  added_at timestamptz,
  created_at timestamptz,
  updated_at timestamptz,
  rev bigint NOT NULL,
  text text NOT NULL,
  cards json NOT NULL,
  CONSTRAINT notes_pkey PRIMARY KEY (user_id, deck_id),
  CONSTRAINT notes_id UNIQUE (user_id, id)
);

CREATE TABLE generation_usage (
  user_id text COLLATE "C" NOT NULL,
  day integer NOT NULL,
  used bigint NOT NULL,
  CONSTRAINT generation_usage_pkey PRIMARY KEY (user_id, day)
);
CREATE INDEX generation_usage_day ON generation_usage (day);
