-- Content: articles and PDFs, their files, the work on them, and the words by which everything is found.

-- The annotations are a JSON list.
CREATE TABLE contents (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER,
  rev INTEGER NOT NULL,
  source_type TEXT NOT NULL,
  status TEXT NOT NULL,
  file_size INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  read INTEGER NOT NULL,
  source TEXT NOT NULL,
  failure TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  image TEXT NOT NULL,
  annotations TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT;
CREATE INDEX contents_created ON contents (user_id, created_at, id);

-- The texts are apart, so that a list of contents reads none.
CREATE TABLE content_texts (
  user_id TEXT NOT NULL,
  content_id TEXT NOT NULL,
  view TEXT NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (user_id, content_id)
) STRICT;

-- Files, in parts of at most 256 KiB.
CREATE TABLE blob_parts (
  user_id TEXT NOT NULL,
  blob TEXT NOT NULL,
  n INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (user_id, blob, n)
) STRICT;
-- The order of the archive is that of the names with a slash behind them, which is another one when a name begins with another one.
CREATE INDEX blob_parts_key ON blob_parts (user_id, blob || '/' || printf('%06d', n));

CREATE TABLE jobs (
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  takes INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  created_at INTEGER,
  rev INTEGER NOT NULL,
  PRIMARY KEY (user_id, kind, subject)
) STRICT;
-- Whoever takes a job asks for that of anybody.
CREATE INDEX jobs_due ON jobs (kind, due_at);
CREATE INDEX jobs_key ON jobs (user_id, kind || '/' || subject);

-- The number of a thing in the index of words. The row ids of other tables may change when the file is packed.
CREATE TABLE search_rows (
  number INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  UNIQUE (user_id, kind, id)
) STRICT;

-- Words that were made outside, each behind the prefix of its owner and kind; the texts themselves are not kept. Nothing asks where in a
-- text a word is.
CREATE VIRTUAL TABLE search_terms USING fts5 (terms, content = '', contentless_delete = 1, tokenize = 'ascii', detail = 'none');

-- What is removed, in whatever way, is not found any more.
CREATE TRIGGER search_row_removed AFTER DELETE ON search_rows BEGIN
  DELETE FROM search_terms WHERE rowid = OLD.number;
END;
CREATE TRIGGER card_removed AFTER DELETE ON cards BEGIN
  DELETE FROM search_rows WHERE user_id = OLD.user_id AND kind = 'card' AND id = OLD.id;
END;
CREATE TRIGGER note_removed AFTER DELETE ON notes BEGIN
  DELETE FROM search_rows WHERE user_id = OLD.user_id AND kind = 'note' AND id = OLD.id;
END;
CREATE TRIGGER note_replaced AFTER UPDATE OF id ON notes WHEN OLD.id <> NEW.id BEGIN
  DELETE FROM search_rows WHERE user_id = OLD.user_id AND kind = 'note' AND id = OLD.id;
END;
CREATE TRIGGER content_removed AFTER DELETE ON contents BEGIN
  DELETE FROM search_rows WHERE user_id = OLD.user_id AND kind = 'content' AND id = OLD.id;
  DELETE FROM content_texts WHERE user_id = OLD.user_id AND content_id = OLD.id;
END;
