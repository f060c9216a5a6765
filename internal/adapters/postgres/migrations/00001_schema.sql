-- What people store. NULL in a column of times is no time. Every key of what people own begins with the owner. Texts that are
-- keys, or that lists are in order of, are compared byte by byte, whatever the locale of the database is.

-- +goose Up

CREATE TABLE users (
  id text COLLATE "C" NOT NULL,
  email_key text COLLATE "C" NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  password_hash text NOT NULL,
  email_verified boolean NOT NULL,
  beta boolean NOT NULL,
  created_at timestamptz,
  updated_at timestamptz,
  rev bigint NOT NULL,
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT users_email UNIQUE (email_key)
);

CREATE TABLE sessions (
  user_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  created_at timestamptz,
  expires_at timestamptz,
  CONSTRAINT sessions_pkey PRIMARY KEY (user_id, id)
);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE one_time_tokens (
  hash text COLLATE "C" NOT NULL,
  user_id text COLLATE "C" NOT NULL,
  purpose text NOT NULL,
  created_at timestamptz,
  expires_at timestamptz,
  CONSTRAINT one_time_tokens_pkey PRIMARY KEY (hash)
);
CREATE INDEX one_time_tokens_expires ON one_time_tokens (expires_at);

-- The value is JSON, kept byte for byte.
CREATE TABLE configs (
  name text COLLATE "C" NOT NULL,
  public boolean NOT NULL,
  value bytea NOT NULL,
  updated_at timestamptz,
  rev bigint NOT NULL,
  CONSTRAINT configs_pkey PRIMARY KEY (name)
);

-- A deck that was deleted keeps its row for a day, without its texts: its id stays taken.
CREATE TABLE decks (
  user_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  color text NOT NULL,
  published_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz,
  rev bigint NOT NULL,
  deleted_at timestamptz,
  CONSTRAINT decks_pkey PRIMARY KEY (user_id, id)
);
CREATE INDEX decks_created ON decks (user_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX decks_published ON decks (published_at, id) WHERE published_at IS NOT NULL;
CREATE INDEX decks_deleted ON decks (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE cards (
  user_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  deck_id text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz,
  rev bigint NOT NULL,
  suspended boolean NOT NULL,
  phase text COLLATE "C" NOT NULL,
  step integer NOT NULL,
  stability double precision NOT NULL,
  difficulty double precision NOT NULL,
  due timestamptz,
  last_review timestamptz,
  last_day integer NOT NULL,
  reps integer NOT NULL,
  lapses integer NOT NULL,
  seq bigint NOT NULL,
  question text NOT NULL,
  answer text NOT NULL,
  CONSTRAINT cards_pkey PRIMARY KEY (user_id, id)
);
CREATE INDEX cards_created ON cards (user_id, created_at, id);
CREATE INDEX cards_deck ON cards (user_id, deck_id, created_at, id);
-- The deck is held beside the key, not in it: a server that looks for cards of one deck shall take the index of decks.
CREATE INDEX cards_due ON cards (user_id, suspended, phase, due, created_at, id) INCLUDE (deck_id);
-- The queue of a deck holds the whole memory too, so that reading the memories of a deck reads no text.
CREATE INDEX cards_deck_due ON cards (user_id, deck_id, suspended, phase, due, created_at, id)
  INCLUDE (step, stability, difficulty, last_review, last_day, reps, lapses, seq);

CREATE TABLE review_events (
  user_id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  card_id text COLLATE "C" NOT NULL,
  deck_id text COLLATE "C" NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  rating integer NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  recorded_at timestamptz NOT NULL,
  answered_at timestamptz,
  day integer NOT NULL,
  zone text NOT NULL,
  rollover integer NOT NULL,
  buttons integer NOT NULL,
  schedule_version integer NOT NULL,
  fuzz double precision NOT NULL,
  undoes text COLLATE "C" NOT NULL,
  due_day integer NOT NULL,
  imported_stability double precision NOT NULL,
  imported_difficulty double precision NOT NULL,
  imported_due timestamptz,
  imported_reps integer NOT NULL,
  imported_lapses integer NOT NULL,
  asked_phase text NOT NULL,
  asked_interval integer NOT NULL,
  asked_recall double precision NOT NULL,
  latest timestamptz,
  after_phase text NOT NULL,
  after_step integer NOT NULL,
  after_stability double precision NOT NULL,
  after_difficulty double precision NOT NULL,
  after_due timestamptz,
  after_last_review timestamptz,
  after_last_day integer NOT NULL,
  after_reps integer NOT NULL,
  after_lapses integer NOT NULL,
  after_seq bigint NOT NULL,
  CONSTRAINT review_events_pkey PRIMARY KEY (user_id, seq),
  CONSTRAINT review_events_id UNIQUE (user_id, id)
);
CREATE INDEX review_events_card ON review_events (user_id, card_id, seq);
CREATE INDEX review_events_day ON review_events (user_id, day, seq);
CREATE INDEX review_events_recorded ON review_events (recorded_at, id);

CREATE TABLE learning_sessions (
  user_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  deck_id text COLLATE "C" NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  CONSTRAINT learning_sessions_pkey PRIMARY KEY (user_id, id)
);

-- The limits of decks and the schedule versions are JSON: they are read and written as a whole.
CREATE TABLE learning_settings (
  user_id text COLLATE "C" NOT NULL,
  time_zone text NOT NULL,
  rollover_hour integer NOT NULL,
  new_per_day integer,
  reviews_per_day integer,
  decks json NOT NULL,
  leech_threshold integer NOT NULL,
  leech_action text NOT NULL,
  load_balancing boolean NOT NULL,
  schedules json NOT NULL,
  pending boolean NOT NULL,
  updated_at timestamptz,
  rev bigint NOT NULL,
  CONSTRAINT learning_settings_pkey PRIMARY KEY (user_id)
);
CREATE INDEX learning_settings_pending ON learning_settings (coalesce(updated_at, timestamptz '0001-01-01 00:00:00+00'), user_id) WHERE pending;

-- What was counted of the months of a person's days. It is a cache: everything in it can be counted again.
CREATE TABLE cached_months (
  user_id text COLLATE "C" NOT NULL,
  month integer NOT NULL,
  seq bigint NOT NULL,
  data bytea NOT NULL,
  CONSTRAINT cached_months_pkey PRIMARY KEY (user_id, month)
);
