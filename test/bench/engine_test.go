package main

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

// eachDatabase runs a test on an empty database of each engine.
func eachDatabase(t *testing.T, test func(t *testing.T, db database, storage ports.Storage)) {
	t.Helper()
	databases := map[string]func(t *testing.T) database{
		"SQLite":     func(t *testing.T) database { return sqliteFile(filepath.Join(t.TempDir(), "spacey.db")) },
		"PostgreSQL": func(t *testing.T) database { return postgresDatabase(engines.PostgresDatabase(t)) },
	}
	for name, empty := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := empty(t)
			storage, store, err := db.open(t.Context())
			require.NoError(t, err)
			t.Cleanup(func() { assert.NoError(t, store.Close()) })
			test(t, db, storage)
		})
	}
}

// drive opens a database by the driver alone.
func drive(t *testing.T, db database) driver {
	t.Helper()
	d, err := db.drive(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, d.close()) })
	return d
}

func TestAFloorWritesWhatSpaceyReads(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db database, storage ports.Storage) {
		p := &person{ID: domain.NameID("person"), Deck: domain.NameID("deck"), Cards: []string{domain.NameID("a"), domain.NameID("b")}}
		require.NoError(t, copyPeople(t.Context(), storage, []*person{p}))
		floor, writes := drive(t, db), newFloorWrites([]*person{p})
		var written []domain.Event
		for range 3 {
			written = append(written, writes.next(0))
			require.NoError(t, floor.write(t.Context(), &written[len(written)-1]))
		}

		stored, err := storage.ReviewLog.Events(t.Context(), domain.UserID(p.ID), 0, 10)
		require.NoError(t, err)
		require.Equal(t, written, stored)
		memory, err := storage.Memories.Memory(t.Context(), domain.UserID(p.ID), written[2].Card)
		require.NoError(t, err)
		require.Equal(t, written[2].After, memory.Memory)
	})
}

func TestAFloorReadsWhatWasFilledIn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db database, storage ports.Storage) {
		p := &person{ID: domain.NameID("person")}
		newOnes := func(m domain.Memory) bool { return m.Phase == domain.PhaseNew }
		require.NoError(t, collection{300, fewSteps, newOnes}.fill(t.Context(), storage.Archive, p))
		log := filledLog{events: 500, years: 2}
		require.NoError(t, log.fill(t.Context(), storage.Archive, p, system.Clock{}.Now()))
		require.NoError(t, db.filled(t.Context()))
		owner := domain.UserID(p.ID)

		memories, err := storage.Projections.MemoriesByCard(t.Context(), owner, "", 1000)
		require.NoError(t, err)
		require.Len(t, memories, 300)
		inFirst := 0
		for _, m := range memories {
			if m.Deck == domain.DeckID(p.Deck) {
				inFirst++
			} else {
				assert.NotEqual(t, domain.PhaseNew, m.Memory.Phase, "all new cards are in the first deck")
			}
		}
		assert.Greater(t, inFirst, 300*studyDeckShare/100)
		assert.Less(t, inFirst, 300)

		floor := drive(t, db)
		rows, err := floor.readMemories(t.Context(), p)
		require.NoError(t, allRead(inFirst)(rows, err))
		require.Error(t, allRead(inFirst+1)(rows, err), "a row that is missing ends a load")
		require.NoError(t, allRead(500)(floor.readFacts(t.Context(), p)))

		events, err := storage.ReviewLog.Events(t.Context(), owner, 0, 1000)
		require.NoError(t, err)
		lastYear := 0
		for _, e := range events {
			if e.Day > log.today-statisticsDays {
				lastYear++
			}
		}
		assert.Equal(t, lastYear, log.lastYear)
		assert.InDelta(t, 250, lastYear, 50)
	})
}

func TestHalfOfTheCardsAreAnswered(t *testing.T) {
	eachDatabase(t, func(t *testing.T, _ database, storage ports.Storage) {
		p := &person{ID: domain.NameID("person")}
		require.NoError(t, fill(t.Context(), storage.Archive, p, fewCards))
		owner := domain.UserID(p.ID)
		require.Len(t, p.Cards, deckCards)

		decks, err := storage.Decks.Decks(t.Context(), owner, ports.Page{Limit: 500})
		require.NoError(t, err)
		require.Len(t, decks, filledDecks)
		memories, err := storage.Projections.MemoriesByCard(t.Context(), owner, "", 2*fewCards)
		require.NoError(t, err)
		require.Len(t, memories, fewCards)
		events, err := storage.ReviewLog.Events(t.Context(), owner, 0, 2*fewCards)
		require.NoError(t, err)
		after := map[domain.CardID]domain.Memory{}
		for _, e := range events {
			after[e.Card] = e.After
		}
		require.Len(t, after, len(events))
		require.GreaterOrEqual(t, len(events), fewCards/2)
		inFirst := 0
		for _, m := range memories {
			if m.Deck == domain.DeckID(p.Deck) {
				inFirst++
			}
			want, answered := after[m.Card]
			if !answered {
				want = domain.NewMemory()
			}
			require.Equal(t, want, m.Memory)
		}
		require.Equal(t, deckCards, inFirst)
	})
}

func TestCardsOfACollectionAreSharedOut(t *testing.T) {
	decks := make([]ports.ArchivedDeck, studyDecks)
	for i := range decks {
		decks[i].ID = domain.DeckID(system.IDs{}.NewID())
	}
	random, now := rand.New(rand.NewPCG(1, 2)), time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	count, seen := map[domain.DeckID]int{}, map[domain.CardID]bool{}
	for i := range fewCards {
		c := collection{cards: fewCards, steps: fewSteps}.card(i, decks, random, now)
		count[c.Deck]++
		seen[c.ID] = true
	}
	assert.Len(t, seen, fewCards)
	assert.Len(t, count, studyDecks)
	assert.InDelta(t, fewCards*studyDeckShare/100, count[decks[0].ID], 60)
}

func TestStatementsOfPostgreSQLNumberTheirParameters(t *testing.T) {
	assert.Equal(t, "UPDATE a SET b = $1 WHERE c = $2", numbered("UPDATE a SET b = ? WHERE c = ?"))
	assert.Equal(t, "SELECT 1", numbered("SELECT 1"))
}

// emptyStand returns a stand without processes.
func emptyStand(t *testing.T) *stand {
	t.Helper()
	s, err := (&lab{folder: t.TempDir()}).newStand()
	require.NoError(t, err)
	return s
}

func TestPostgresServer(t *testing.T) {
	given := engines.Postgres(t)

	t.Run("the one that is given is used, and keeps no database", func(t *testing.T) {
		t.Setenv(postgresURLVariable, given)
		s := emptyStand(t)
		db, err := onPostgres.create(t.Context(), s, served)
		require.NoError(t, err)
		address := string(db.(postgresDatabase))
		require.NoError(t, execute(t.Context(), address, "SELECT 1"))
		s.close()
		require.ErrorContains(t, execute(t.Context(), address, "SELECT 1"), "does not exist")
	})

	t.Run("one that is started waits for the disk, and is gone afterwards; where there is none that is told", func(t *testing.T) {
		t.Setenv(postgresURLVariable, "")
		s := emptyStand(t)
		defer s.close()
		first, err := onPostgres.create(t.Context(), s, served)
		if missing := new(notMeasured); errors.As(err, &missing) {
			require.ErrorContains(t, err, postgresURLVariable)
			return
		}
		require.NoError(t, err)
		second, err := onPostgres.create(t.Context(), s, "floor")
		require.NoError(t, err)
		require.NotEqual(t, first, second)
		require.Len(t, s.processes, 1, "both are on one server")

		connection, err := pgx.Connect(t.Context(), string(first.(postgresDatabase)))
		require.NoError(t, err)
		for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
			var value string
			require.NoError(t, connection.QueryRow(t.Context(), "SHOW "+setting).Scan(&value))
			require.Equal(t, "on", value, setting)
		}
		s.close()
		require.Error(t, connection.Ping(t.Context()))
		require.NoDirExists(t, s.data)
	})
}
