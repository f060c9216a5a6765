-- Accounts: where people sign in, the tokens of their programs, what was done to accounts, and how they are removed.

-- +goose Up

ALTER TABLE users ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
-- What has no time of creation is listed first: -62135596800000 is the zero time, January 1 of the year 1.
CREATE INDEX users_created ON users (coalesce(created_at, -62135596800000), id);

-- Of the sign-ins that there are, it is not known where they were opened.
ALTER TABLE sessions ADD COLUMN program TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
CREATE INDEX sessions_created ON sessions (user_id, coalesce(created_at, -62135596800000), id);

CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id);

-- The scopes are a JSON list.
CREATE TABLE api_tokens (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER,
  expires_at INTEGER,
  PRIMARY KEY (user_id, id)
) STRICT;
CREATE INDEX api_tokens_created ON api_tokens (user_id, coalesce(created_at, -62135596800000), id);
CREATE INDEX api_tokens_expires ON api_tokens (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE sign_in_places (
  user_id TEXT NOT NULL,
  network TEXT NOT NULL,
  first_seen INTEGER,
  last_seen INTEGER,
  PRIMARY KEY (user_id, network)
) STRICT;
CREATE INDEX sign_in_places_last_seen ON sign_in_places (last_seen);

-- Attempts are nobody's: an address may have no account.
CREATE TABLE sign_in_attempts (
  key TEXT PRIMARY KEY NOT NULL,
  failures INTEGER NOT NULL,
  last_at INTEGER,
  expires_at INTEGER,
  rev INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_attempts_expires ON sign_in_attempts (expires_at);

-- The owner is who an entry is about; '' is the installation.
CREATE TABLE audit_entries (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT;
CREATE INDEX audit_entries_user ON audit_entries (user_id, at, id);
CREATE INDEX audit_entries_at ON audit_entries (at, id);

-- The parts are JSON lists.
CREATE TABLE deletions (
  user_id TEXT PRIMARY KEY NOT NULL,
  requested_at INTEGER NOT NULL,
  cleared TEXT NOT NULL,
  finished TEXT NOT NULL,
  rev INTEGER NOT NULL
) STRICT;
CREATE INDEX deletions_requested ON deletions (requested_at, user_id);

-- The answer comes last: long ones lie on pages of their own, behind the rest of the row.
CREATE TABLE idempotent_requests (
  user_id TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  created_at INTEGER,
  lease_ends INTEGER,
  expires_at INTEGER,
  answer BLOB,
  PRIMARY KEY (user_id, key)
) STRICT;
CREATE INDEX idempotent_requests_expires ON idempotent_requests (expires_at);
