package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// learners lets people answer cards, each for themselves, until the function it returns is called, which returns how many
// answers each has recorded.
func learners(t *testing.T, storage ports.Storage, people int) (stop func() []int64) {
	t.Helper()
	service := learning.New(storage, system.Clock{}, system.IDs{})
	counts := make([]int64, people)
	ended := make(chan struct{})
	var running, begun sync.WaitGroup
	for n := range people {
		owner, now := auditUser(n), time.Now()
		deck, err := domain.NewDeck(domain.DeckID(fmt.Sprintf("0190a000-0000-7000-8002-%012d", n)), owner, domain.DeckText{Name: "Deck"}, now)
		require.NoError(t, err)
		require.NoError(t, storage.Decks.InsertDeck(t.Context(), deck))
		card := domain.NewCard(auditCard(n), owner, deck.ID, domain.CardText{Question: "q", Answer: "a"}, now)
		require.NoError(t, storage.Cards.InsertCards(t.Context(), owner, deck.ID, []domain.Card{card}))
		begun.Add(1)
		running.Go(func() {
			for {
				now := time.Now()
				_, err := service.Record(t.Context(), domain.Identity{User: owner}, domain.Entry{
					Kind: domain.KindReview, Card: card.ID, StartedAt: now.Add(-time.Second), FinishedAt: now, Rating: domain.Good, Buttons: 4,
				})
				if !assert.NoError(t, err) {
					begun.Done()
					return
				}
				if counts[n]++; counts[n] == 1 {
					begun.Done()
				}
				select {
				case <-ended:
					return
				default:
				}
			}
		})
	}
	begun.Wait()
	return func() []int64 {
		close(ended)
		running.Wait()
		return counts
	}
}

func TestBackupsWhilePeopleLearnAreConsistent(t *testing.T) {
	folder := t.TempDir()
	store, err := sqlite.Open(t.Context(), filepath.Join(folder, "spacey.db"), nil)
	require.NoError(t, err)
	require.NoError(t, store.Migrate(t.Context()))
	const people, backups = 4, 5
	stop := learners(t, store.Ports(), people)
	files := []string{}
	for n := range backups {
		files = append(files, filepath.Join(t.TempDir(), fmt.Sprintf("%d.db", n)))
		stdout, err := run(t, []string{"DATA_DIR=" + folder}, "backup", files[n])
		require.NoError(t, err)
		assert.Contains(t, stdout, "backed up SQLite, "+filepath.Join(folder, "spacey.db")+" to "+files[n])
		assert.Contains(t, stdout, "0 accounts, 4 decks, 4 cards, ")
	}
	counts := stop()
	require.NoError(t, store.Close())

	before := int64(0)
	for _, file := range files {
		data := filepath.Join(t.TempDir(), "data")
		_, err := run(t, []string{"DATA_DIR=" + data}, "restore", file)
		require.NoError(t, err)
		stdout, err := run(t, []string{"DATA_DIR=" + data}, "verify")
		require.NoError(t, err, stdout)
		assert.Contains(t, stdout, "4 people, 4 cards")
		contents, err := sqlite.Inspect(t.Context(), file)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, contents.Events, max(before, people), "each is later than the one before")
		assert.LessOrEqual(t, contents.Events, counts[0]+counts[1]+counts[2]+counts[3])
		before = contents.Events
	}
}

func TestRestoreGivesEverythingBack(t *testing.T) {
	folder, storage := learned(t)
	environ := []string{"DATA_DIR=" + folder}
	backup := filepath.Join(t.TempDir(), "backup.db")
	stdout, err := run(t, environ, "backup", backup)
	require.NoError(t, err)
	assert.Contains(t, stdout, "schema version 5, 0 accounts, 3 decks, 3 cards, 3 events")

	t.Run("not while the database is in use", func(t *testing.T) {
		_, err := run(t, environ, "restore", backup)
		require.ErrorContains(t, err, "is in use")
		assert.NotErrorIs(t, err, process.ErrUsage, "the exit code is 1")
		_, err = storage.Memories.Memory(t.Context(), auditUser(1), auditCard(1))
		require.NoError(t, err)
	})
	t.Run("what was deleted since is there again, and the former database is kept", func(t *testing.T) {
		data := t.TempDir()
		environ := []string{"DATA_DIR=" + data}
		_, err := run(t, environ, "restore", backup)
		require.NoError(t, err)
		store, err := sqlite.Open(t.Context(), filepath.Join(data, "spacey.db"), nil)
		require.NoError(t, err)
		require.NoError(t, store.Ports().Cards.DeleteCard(t.Context(), auditUser(1), auditCard(1)))
		require.NoError(t, store.Close())

		stdout, err := run(t, environ, "restore", backup)
		require.NoError(t, err)
		assert.Contains(t, stdout, "restored SQLite, "+filepath.Join(data, "spacey.db")+" from "+backup)
		former, err := filepath.Glob(filepath.Join(data, "spacey.db.before-restore-*"))
		require.NoError(t, err)
		require.Len(t, former, 1)
		assert.Contains(t, stdout, "the former database is "+former[0])
		contents, err := sqlite.Inspect(t.Context(), former[0])
		require.NoError(t, err)
		assert.Equal(t, int64(2), contents.Cards)

		store, err = sqlite.Open(t.Context(), filepath.Join(data, "spacey.db"), nil)
		require.NoError(t, err)
		defer store.Close()
		_, err = store.Ports().Cards.Card(t.Context(), auditUser(1), auditCard(1))
		require.NoError(t, err)
	})
	t.Run("an older backup that cannot be brought up to date is not put in place", func(t *testing.T) {
		old := filepath.Join(t.TempDir(), "old.db")
		_, err := run(t, environ, "backup", old)
		require.NoError(t, err)
		alter(t, old, "DELETE FROM goose_db_version WHERE version_id > 1") // the migration finds tables that it should make
		data := filepath.Join(t.TempDir(), "data")
		_, err = run(t, []string{"DATA_DIR=" + data}, "restore", old)
		require.Error(t, err)
		assert.NoFileExists(t, filepath.Join(data, "spacey.db"))
	})
}

func TestBackupAndRestoreRefuseOtherCallsAndSayWhy(t *testing.T) {
	folder, _ := learned(t)
	environ := []string{"DATA_DIR=" + folder}
	for _, command := range []string{"backup", "restore"} {
		t.Run(command+" wants one file", func(t *testing.T) {
			for _, args := range [][]string{{}, {"a.db", "b.db"}, {"-"}, {"-speed", "a.db"}, {"a.db", "-speed"}} {
				_, err := run(t, environ, append([]string{command}, args...)...)
				require.ErrorIs(t, err, process.ErrUsage, "%q", args)
				assert.ErrorContains(t, err, "spacey "+command+" -help")
			}
		})
		t.Run(command+" explains itself", func(t *testing.T) {
			stdout, err := run(t, nil, command, "-help")
			require.NoError(t, err)
			assert.Contains(t, stdout, "Usage: spacey "+command)
		})
		t.Run(command+" is not for other engines, and says what is", func(t *testing.T) {
			_, err := run(t, []string{"STORAGE=mongo"}, command, "a.db")
			assert.ErrorContains(t, err, "mongodump")
			_, err = run(t, []string{"STORAGE=postgres"}, command, "a.db")
			assert.ErrorContains(t, err, "pg_dump")
		})
	}
	t.Run("a database that is not there is not made", func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		_, err := run(t, []string{"DATA_DIR=" + data}, "backup", "a.db")
		require.ErrorContains(t, err, "there is no database to back up")
		assert.NoDirExists(t, data)
	})
	t.Run("a file that is there is kept without -force", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "backup.db")
		require.NoError(t, os.WriteFile(file, []byte("letter"), 0o600))
		_, err := run(t, environ, "backup", file)
		require.ErrorContains(t, err, "-force replaces it")
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, "letter", string(content))
		for _, args := range [][]string{{"backup", "-force", file}, {"backup", file, "-force"}} {
			_, err = run(t, environ, args...)
			require.NoError(t, err)
		}
		_, err = sqlite.Inspect(t.Context(), file)
		require.NoError(t, err)
	})
	t.Run("a backup that is none changes nothing", func(t *testing.T) {
		data := filepath.Join(t.TempDir(), "data")
		letter := filepath.Join(t.TempDir(), "letter.db")
		require.NoError(t, os.WriteFile(letter, bytes.Repeat([]byte("Dear Ada. "), 500), 0o600))
		_, err := run(t, []string{"DATA_DIR=" + data}, "restore", letter)
		require.ErrorContains(t, err, letter+" is no database")
		assert.NoDirExists(t, data)
	})
}

func TestSizesAreForPeople(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 KiB", 1: "1 KiB", 4096: "4 KiB", 3 << 19: "1.5 MiB", 5 << 29: "2.5 GiB"} {
		assert.Equal(t, want, size(bytes))
	}
}

func TestProgressIsToldOfLongWorkOnly(t *testing.T) {
	var stdout bytes.Buffer
	tell := tellProgress(&stdout, time.Now())
	tell("copying", 1<<20, 1<<21)
	tell("checking the copy", 0, 0)
	assert.Empty(t, stdout.String())

	tell = tellProgress(&stdout, time.Now().Add(-time.Hour))
	tell("copying", 1<<20, 1<<21)
	tell("copying", 2<<20, 1<<21)
	tell("checking the copy", 0, 0)
	assert.Equal(t, "... copying, 1.0 MiB of about 2.0 MiB\n... checking the copy\n", stdout.String())
}
