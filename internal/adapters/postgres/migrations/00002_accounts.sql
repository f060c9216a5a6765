-- What accounts need to be safe: API tokens, known places, failed sign-ins, the audit log, deletions, and answers that are kept for
-- an Idempotency-Key. Columns that are added have defaults, so that rows that are there get a value.

-- +goose Up

ALTER TABLE users ADD COLUMN disabled boolean NOT NULL DEFAULT false;
CREATE INDEX users_created ON users (coalesce(created_at, timestamptz '0001-01-01 00:00:00+00'), id);

ALTER TABLE sessions ADD COLUMN program text NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN address text NOT NULL DEFAULT '';
CREATE INDEX sessions_created ON sessions (user_id, coalesce(created_at, timestamptz '0001-01-01 00:00:00+00'), id);

CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id, hash);

-- A token without expires_at never ends.
CREATE TABLE api_tokens (
  user_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  hash text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  CONSTRAINT api_tokens_pkey PRIMARY KEY (user_id, id)
);
CREATE INDEX api_tokens_created ON api_tokens (user_id, created_at, id);
CREATE INDEX api_tokens_expires ON api_tokens (expires_at);

CREATE TABLE sign_in_places (
  user_id text COLLATE "C" NOT NULL,
  network text COLLATE "C" NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen timestamptz NOT NULL,
  CONSTRAINT sign_in_places_pkey PRIMARY KEY (user_id, network)
);
CREATE INDEX sign_in_places_seen ON sign_in_places (last_seen);

-- Failed sign-ins belong to nobody: there may be no account.
CREATE TABLE sign_in_attempts (
  key text COLLATE "C" NOT NULL,
  failures integer NOT NULL,
  last_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  rev bigint NOT NULL,
  CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (key)
);
CREATE INDEX sign_in_attempts_expires ON sign_in_attempts (expires_at);

-- Entries about nobody have an empty user_id.
CREATE TABLE audit_entries (
  user_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  object text NOT NULL,
  address text NOT NULL,
  CONSTRAINT audit_entries_pkey PRIMARY KEY (user_id, id)
);
CREATE INDEX audit_entries_user ON audit_entries (user_id, at, id);
CREATE INDEX audit_entries_at ON audit_entries (at, id);

CREATE TABLE deletions (
  user_id text COLLATE "C" NOT NULL,
  requested_at timestamptz NOT NULL,
  cleared text[] NOT NULL,
  finished text[] NOT NULL,
  rev bigint NOT NULL,
  CONSTRAINT deletions_pkey PRIMARY KEY (user_id)
);
CREATE INDEX deletions_requested ON deletions (requested_at, user_id);

-- The status is 0 and the answer NULL while there is no answer. Requests of nobody have an empty user_id.
CREATE TABLE idempotent_requests (
  user_id text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint text NOT NULL,
  status integer NOT NULL,
  answer bytea,
  created_at timestamptz NOT NULL,
  lease_ends timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT idempotent_requests_pkey PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotent_requests_expires ON idempotent_requests (expires_at);
