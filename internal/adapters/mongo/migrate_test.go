package mongo

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

func page(limit int) ports.Page { return ports.Page{Limit: limit} }

// openEmpty returns a store without a schema.
func openEmpty(t *testing.T) *Store {
	t.Helper()
	return openWith(t, options.Client().ApplyURI(engines.Mongo(t)), engines.DatabaseName(t))
}

func setVersion(t *testing.T, s *Store, version int) {
	t.Helper()
	found, err := setWhere(t.Context(), s.schemas, bson.D{{Key: "_id", Value: versionID}}, versionRecord{version})
	require.NoError(t, err)
	require.True(t, found)
}

// openVersion1 returns a store with a deck, a card and an event as a program with schema version 1 stored them.
func openVersion1(t *testing.T) (*Store, domain.Card, domain.Event) {
	t.Helper()
	s := openTest(t)
	setVersion(t, s, 1)
	for _, i := range indexes {
		if i.name == "deck_memories" || i.name == "study" || i.name == "study_of_deck" || i.name == "of_day" {
			require.NoError(t, s.database.Collection(i.collection).Indexes().DropOne(t.Context(), i.name))
		}
	}
	_, err := s.cards.Indexes().CreateOne(t.Context(), driver.IndexModel{
		Keys:    index{keys: append([]string{"user_id", "deck_id", "id"}, memoryFields...)}.document(),
		Options: options.Index().SetName("memories"),
	})
	require.NoError(t, err)
	require.NoError(t, s.InsertDeck(t.Context(), domain.Deck{ID: "deck-1", Owner: ada, CreatedAt: start, UpdatedAt: start, Rev: 1}))

	at, due := bson.NewDateTimeFromTime(start), bson.NewDateTimeFromTime(start.Add(72*time.Hour))
	memory := bson.D{
		{Key: "phase", Value: "review"}, {Key: "step", Value: 0}, {Key: "stability", Value: 2.5}, {Key: "difficulty", Value: 5.5},
		{Key: "due", Value: due}, {Key: "last_review", Value: at}, {Key: "last_day", Value: 20513},
		{Key: "reps", Value: 1}, {Key: "lapses", Value: 0}, {Key: "seq", Value: int64(1)},
	}
	_, err = s.cards.InsertOne(t.Context(), append(bson.D{
		{Key: "_id", Value: key(ada, "card-1")}, {Key: "user_id", Value: ada}, {Key: "id", Value: "card-1"}, {Key: "deck_id", Value: "deck-1"},
		{Key: "question", Value: "Q"}, {Key: "answer", Value: "A"}, {Key: "created_at", Value: at}, {Key: "updated_at", Value: at},
		{Key: "rev", Value: int64(1)},
	}, memory...))
	require.NoError(t, err)
	_, err = s.events.InsertOne(t.Context(), bson.D{
		{Key: "_id", Value: key(ada, "event-1")}, {Key: "user_id", Value: ada}, {Key: "id", Value: "event-1"}, {Key: "seq", Value: int64(1)},
		{Key: "kind", Value: "review"}, {Key: "card_id", Value: "card-1"}, {Key: "deck_id", Value: "deck-1"}, {Key: "session_id", Value: ""},
		{Key: "rating", Value: 3}, {Key: "started_at", Value: at}, {Key: "finished_at", Value: at}, {Key: "recorded_at", Value: at},
		{Key: "answered_at", Value: at}, {Key: "day", Value: 20513}, {Key: "zone", Value: "UTC"}, {Key: "rollover", Value: 4},
		{Key: "buttons", Value: 4}, {Key: "schedule_version", Value: 1}, {Key: "fuzz", Value: 0.5}, {Key: "after", Value: memory},
	})
	require.NoError(t, err)

	card := domain.Card{
		ID: "card-1", Owner: ada, Deck: "deck-1", Question: "Q", Answer: "A", CreatedAt: start, UpdatedAt: start, Rev: 1,
	}
	return s, card, domain.Event{
		ID: "event-1", User: ada, Seq: 1, Kind: domain.KindReview, Card: "card-1", Deck: "deck-1", Rating: domain.Good, Buttons: 4,
		StartedAt: start, FinishedAt: start, RecordedAt: start, AnsweredAt: start, Day: 20513, Zone: "UTC", Rollover: 4,
		ScheduleVersion: 1, Fuzz: 0.5, Latest: start,
		After: domain.Memory{
			Phase: domain.PhaseReview, Stability: 2.5, Difficulty: 5.5, Due: due.Time().UTC(), LastReview: start, LastDay: 20513, Reps: 1, Seq: 1,
		},
	}
}

// openVersion2 returns a store with an account and a sign-in as a program with schema version 2 stored them.
func openVersion2(t *testing.T) *Store {
	t.Helper()
	s := openEmpty(t)
	at := bson.NewDateTimeFromTime(start)
	_, err := s.schemas.InsertOne(t.Context(), bson.D{{Key: "_id", Value: versionID}, {Key: "version", Value: 2}})
	require.NoError(t, err)
	_, err = s.users.InsertOne(t.Context(), bson.D{
		{Key: "_id", Value: ada}, {Key: "email_key", Value: "ada@example.org"}, {Key: "name", Value: "Ada"},
		{Key: "email", Value: "Ada@example.org"}, {Key: "password_hash", Value: "hash"}, {Key: "email_verified", Value: true},
		{Key: "beta", Value: true}, {Key: "created_at", Value: at}, {Key: "updated_at", Value: at}, {Key: "rev", Value: int64(3)},
	})
	require.NoError(t, err)
	_, err = s.sessions.InsertOne(t.Context(), bson.D{
		{Key: "_id", Value: key(ada, "session-1")}, {Key: "user_id", Value: ada}, {Key: "id", Value: "session-1"},
		{Key: "created_at", Value: at}, {Key: "expires_at", Value: at},
	})
	require.NoError(t, err)
	return s
}

// openVersion3 returns a store with an account as a program with schema version 3 left it.
func openVersion3(t *testing.T) *Store {
	t.Helper()
	s := openTest(t)
	setVersion(t, s, 3)
	require.NoError(t, s.InsertUser(t.Context(), domain.User{ID: ada, Name: "Ada", Email: "ada@example.org", CreatedAt: start, Rev: 1}))
	unchecked, err := open(options.Client().ApplyURI(engines.Mongo(t)), s.database.Name())
	require.NoError(t, err)
	defer func() { require.NoError(t, unchecked.Close(context.WithoutCancel(t.Context()))) }()
	require.NoError(t, unchecked.notes.Drop(t.Context()))
	require.NoError(t, unchecked.usage.Drop(t.Context()))
	return s
}

func TestMigrate(t *testing.T) {
	t.Run("an empty database is stale until it is migrated, which may be done again", func(t *testing.T) {
		t.Parallel()
		s := openEmpty(t)
		require.ErrorContains(t, s.CheckSchema(t.Context()), "spacey migrate")
		for range 2 {
			require.NoError(t, s.Migrate(t.Context()))
			require.NoError(t, s.CheckSchema(t.Context()))
		}
		requireStored(t, 1, s.schemas)
	})

	t.Run("every collection is there", func(t *testing.T) {
		t.Parallel()
		names, err := openTest(t).database.ListCollectionNames(t.Context(), bson.D{})
		require.NoError(t, err)
		for _, wanted := range []string{
			usersName, sessionsName, tokensName, apiTokensName, placesName, attemptsName, auditsName, deletionsName, requestsName, configsName, decksName, cardsName, intentsName, eventsName, learningSessionsName,
			learningSettingsName, cachedMonthsName, notesName, usageName, contentsName, contentTextsName, blobsName, jobsName,
		} {
			require.Contains(t, names, wanted)
		}
	})

	t.Run("every declared index is there", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		for _, wanted := range indexes {
			specifications, err := s.database.Collection(wanted.collection).Indexes().ListSpecifications(t.Context())
			require.NoError(t, err)
			found := false
			for _, specification := range specifications {
				var keys bson.D
				require.NoError(t, bson.Unmarshal(specification.KeysDocument, &keys))
				if specification.Name == wanted.name {
					found = true
					require.Len(t, keys, len(wanted.keys))
					for i, field := range wanted.keys {
						require.Equal(t, field, keys[i].Key)
					}
					require.Equal(t, wanted.unique, specification.Unique != nil && *specification.Unique)
				}
			}
			require.True(t, found, "index %s of %s", wanted.name, wanted.collection)
		}
	})

	t.Run("many may migrate at once", func(t *testing.T) {
		t.Parallel()
		s := openEmpty(t)
		var running sync.WaitGroup
		failures := make([]error, 5)
		for i := range failures {
			running.Go(func() { failures[i] = s.Migrate(t.Context()) })
		}
		running.Wait()
		for _, err := range failures {
			require.NoError(t, err)
		}
		require.NoError(t, s.CheckSchema(t.Context()))
		requireStored(t, 1, s.schemas)
	})

	t.Run("one that crashed holds nobody up when its lease has run out", func(t *testing.T) {
		t.Parallel()
		s := openEmpty(t)
		leased, err := s.lease(t.Context(), bson.NewObjectID())
		require.NoError(t, err)
		require.True(t, leased)

		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		err = s.Migrate(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, s.CheckSchema(t.Context()), "spacey migrate")

		s.now = func() time.Time { return time.Now().Add(2 * leaseTime) }
		require.NoError(t, s.Migrate(t.Context()))
		require.NoError(t, s.CheckSchema(t.Context()))
	})

	t.Run("an older schema is brought up to date", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		setVersion(t, s, schemaVersion-1)
		require.ErrorContains(t, s.CheckSchema(t.Context()), "spacey migrate")
		require.NoError(t, s.Migrate(t.Context()))
		require.NoError(t, s.CheckSchema(t.Context()))
	})

	t.Run("cards and events of schema version 1 come to version 2 intact", func(t *testing.T) {
		t.Parallel()
		s, card, event := openVersion1(t)
		require.NoError(t, s.Migrate(t.Context()))

		got, err := s.Card(t.Context(), ada, card.ID)
		require.NoError(t, err)
		require.Equal(t, card, got)
		memory, err := s.Memory(t.Context(), ada, card.ID)
		require.NoError(t, err)
		require.Equal(t, domain.CardMemory{Card: card.ID, Deck: card.Deck, Memory: event.After}, memory)
		log, err := s.Events(t.Context(), ada, 0, 10)
		require.NoError(t, err)
		require.Equal(t, []domain.Event{event}, log)
		study, err := s.StudyIDs(t.Context(), ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: event.After.Due, Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []domain.CardID{card.ID}, study)
		settings, err := s.LearningSettings(t.Context(), ada)
		require.NoError(t, err)
		require.Equal(t, domain.DefaultSettings(ada), settings)
		for fact, err := range s.EventFacts(t.Context(), ada, 0) {
			require.NoError(t, err)
			require.Zero(t, fact.Latest, "it is not counted")
			require.Equal(t, event.AnsweredAt, fact.AnsweredAt)
		}

		specifications, err := s.cards.Indexes().ListSpecifications(t.Context())
		require.NoError(t, err)
		for _, specification := range specifications {
			require.NotEqual(t, "memories", specification.Name, "nothing needs it any more")
		}
	})

	t.Run("accounts and sign-ins of schema version 2 come to version 3 intact, and nobody is disabled", func(t *testing.T) {
		t.Parallel()
		s := openVersion2(t)
		require.NoError(t, s.Migrate(t.Context()))
		require.NoError(t, s.CheckSchema(t.Context()))

		want := domain.User{
			ID: ada, Name: "Ada", Email: "Ada@example.org", PasswordHash: "hash", EmailVerified: true, Beta: true,
			CreatedAt: start, UpdatedAt: start, Rev: 3,
		}
		users, err := s.ListUsers(t.Context(), page(9))
		require.NoError(t, err)
		require.Equal(t, []domain.User{want}, users)
		sessions, err := s.SessionsOf(t.Context(), ada, page(9))
		require.NoError(t, err)
		require.Equal(t, []domain.Session{{ID: "session-1", Owner: ada, CreatedAt: start, ExpiresAt: start}}, sessions)
		want.Disabled, want.Rev = true, 4
		disabled, err := s.UpdateUser(t.Context(), ada, func(u *domain.User) error { u.Disabled = true; return nil })
		require.NoError(t, err)
		require.Equal(t, want, disabled)
		got, err := s.User(t.Context(), ada)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})

	t.Run("notes and counts can be stored in a schema that comes from version 3", func(t *testing.T) {
		t.Parallel()
		s := openVersion3(t)
		require.ErrorContains(t, s.CheckSchema(t.Context()), "spacey migrate")
		require.NoError(t, s.Migrate(t.Context()))
		require.NoError(t, s.CheckSchema(t.Context()))
		requireNotedOnce(t, s)
		granted, err := s.CountUsage(t.Context(), ada, 20_513, 1, 1)
		require.NoError(t, err)
		require.True(t, granted)
		user, err := s.User(t.Context(), ada)
		require.NoError(t, err)
		require.Equal(t, "Ada", user.Name)
	})

	t.Run("a migration that is done again leaves suspended cards alone", func(t *testing.T) {
		t.Parallel()
		s, card, _ := openVersion1(t)
		require.NoError(t, s.Migrate(t.Context()))
		require.NoError(t, s.Suspend(t.Context(), ada, card.ID, true))
		setVersion(t, s, 1)
		require.NoError(t, s.Migrate(t.Context()))
		memory, err := s.Memory(t.Context(), ada, card.ID)
		require.NoError(t, err)
		require.True(t, memory.Suspended)
	})

	t.Run("a newer schema is refused and stays", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		setVersion(t, s, schemaVersion+1)
		require.ErrorContains(t, s.CheckSchema(t.Context()), "newer")
		require.ErrorContains(t, s.Migrate(t.Context()), "newer")
		requireCode(t, domain.CodeSchema, s.CheckSchema(t.Context()))
		version, err := s.schema(t.Context())
		require.NoError(t, err)
		require.Equal(t, schemaVersion+1, version)
	})
}
