-- Content: articles and PDFs, their files, the work on them, and the words by which everything is found. Each statement can be run again:
-- whoever ran some of them may have stopped. An index of words holds those of all people, each word behind what stands for its owner. It
-- has no list of what is yet to be put into it (fastupdate): every search would read that as a whole.

-- The annotations are JSON: they are read and written as a whole.
CREATE TABLE IF NOT EXISTS contents (
  user_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz,
  rev bigint NOT NULL,
  source_type text NOT NULL,
  status text NOT NULL,
  file_size bigint NOT NULL,
  pages integer NOT NULL,
  read boolean NOT NULL,
  source text NOT NULL,
  failure text NOT NULL,
  title text NOT NULL,
  summary text NOT NULL,
  image text NOT NULL,
  annotations json NOT NULL,
  CONSTRAINT contents_pkey PRIMARY KEY (user_id, id)
);
CREATE INDEX IF NOT EXISTS contents_created ON contents (user_id, created_at, id);

-- The texts are apart, so that a list of contents reads none. They change when a content is completed, and their words with them.
CREATE TABLE IF NOT EXISTS content_texts (
  user_id text COLLATE "C" NOT NULL,
  content_id text COLLATE "C" NOT NULL,
  view text NOT NULL,
  raw text NOT NULL,
  terms tsvector NOT NULL,
  CONSTRAINT content_texts_pkey PRIMARY KEY (user_id, content_id),
  CONSTRAINT content_texts_content FOREIGN KEY (user_id, content_id) REFERENCES contents (user_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS content_texts_words ON content_texts USING gin (terms) WITH (fastupdate = off);

-- A part of a file is keyed by the name of the file, a slash and its number with six digits.
CREATE TABLE IF NOT EXISTS blob_parts (
  user_id text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  data bytea NOT NULL,
  CONSTRAINT blob_parts_pkey PRIMARY KEY (user_id, key)
);

CREATE TABLE IF NOT EXISTS jobs (
  user_id text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  due_at timestamptz NOT NULL,
  takes integer NOT NULL,
  failures integer NOT NULL,
  last_error text NOT NULL,
  created_at timestamptz,
  rev bigint NOT NULL,
  CONSTRAINT jobs_pkey PRIMARY KEY (user_id, kind, subject)
);
-- Whoever takes a job asks for that of anybody.
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (kind, due_at);

-- The words of cards are apart: each answer writes the row of a card, and would write to an index of words in it.
CREATE TABLE IF NOT EXISTS card_terms (
  user_id text COLLATE "C" NOT NULL,
  card_id text COLLATE "C" NOT NULL,
  terms tsvector NOT NULL,
  CONSTRAINT card_terms_pkey PRIMARY KEY (user_id, card_id),
  CONSTRAINT card_terms_card FOREIGN KEY (user_id, card_id) REFERENCES cards (user_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS card_terms_words ON card_terms USING gin (terms) WITH (fastupdate = off);

-- NULL are the words of a note from before there were any.
ALTER TABLE notes ADD COLUMN IF NOT EXISTS terms tsvector;
CREATE INDEX IF NOT EXISTS notes_words ON notes USING gin (terms) WITH (fastupdate = off);
