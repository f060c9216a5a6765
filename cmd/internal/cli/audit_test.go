package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

func auditUser(n int) domain.UserID {
	return domain.UserID(fmt.Sprintf("0190a000-0000-7000-8000-%012d", n))
}

func auditCard(n int) domain.CardID {
	return domain.CardID(fmt.Sprintf("0190a000-0000-7000-8001-%012d", n))
}

// learned makes a database in which three people have answered a card each, and returns its folder and its ports.
func learned(t *testing.T) (string, ports.Storage) {
	t.Helper()
	folder := t.TempDir()
	store, err := sqlite.Open(t.Context(), filepath.Join(folder, "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	storage := store.Ports()
	service := learning.New(storage, system.Clock{}, system.IDs{})
	now := time.Now()
	for n := 1; n <= 3; n++ {
		deck, err := domain.NewDeck(domain.DeckID(fmt.Sprintf("0190a000-0000-7000-8002-%012d", n)), auditUser(n), domain.DeckText{Name: "Deck"}, now)
		require.NoError(t, err)
		require.NoError(t, storage.Decks.InsertDeck(t.Context(), deck))
		card := domain.NewCard(auditCard(n), auditUser(n), deck.ID, domain.CardText{Question: "q", Answer: "a"}, now)
		require.NoError(t, storage.Cards.InsertCards(t.Context(), auditUser(n), deck.ID, []domain.Card{card}))
		_, err = service.Record(t.Context(), domain.Identity{User: auditUser(n)}, domain.Entry{
			Kind: domain.KindReview, Card: card.ID, StartedAt: now.Add(-time.Minute), FinishedAt: now, Rating: domain.Good, Buttons: 4,
		})
		require.NoError(t, err)
	}
	return folder, storage
}

// forge changes the memory of the second person's card by hand.
func forge(t *testing.T, storage ports.Storage) {
	t.Helper()
	card, err := storage.Memories.Memory(t.Context(), auditUser(2), auditCard(2))
	require.NoError(t, err)
	forged := card.Memory
	forged.Lapses = 7
	done, err := storage.Projections.Restore(t.Context(), auditUser(2), auditCard(2), card.Memory.Seq, forged)
	require.NoError(t, err)
	require.True(t, done)
}

func TestVerifyNamesWhatDiffersAndRebuildMendsIt(t *testing.T) {
	folder, storage := learned(t)
	environ := []string{"DATA_DIR=" + folder}
	stdout, err := run(t, environ, "verify")
	require.NoError(t, err)
	assert.Contains(t, stdout, "3 people, 3 cards, 3 events")
	assert.Contains(t, stdout, "0 cards differ")

	forge(t, storage)
	difference := fmt.Sprintf("user %s card %s: lapses is 7, the log says 0\n", auditUser(2), auditCard(2))
	stdout, err = run(t, environ, "verify")
	require.ErrorContains(t, err, "1 cards differ from their logs; \"spacey rebuild\" mends them")
	assert.NotErrorIs(t, err, process.ErrUsage, "the exit code is 1")
	assert.Contains(t, stdout, difference)

	stdout, err = run(t, environ, "verify", "-user", string(auditUser(1)))
	require.NoError(t, err)
	assert.Contains(t, stdout, "1 people, 1 cards")

	stdout, err = run(t, environ, "rebuild")
	require.NoError(t, err)
	assert.Contains(t, stdout, difference)
	assert.Contains(t, stdout, "1 cards differ, 1 of them mended")
	_, err = run(t, environ, "verify")
	require.NoError(t, err)
}

func TestAnAuditGoesOnWhereItWasStopped(t *testing.T) {
	folder, storage := learned(t)
	forge(t, storage)
	environ := []string{"DATA_DIR=" + folder}
	stdout, err := run(t, environ, "verify", "-after", string(auditUser(2)))
	require.NoError(t, err)
	assert.Contains(t, stdout, "1 people, 1 cards", "only the third is left")

	checkpoint := filepath.Join(folder, "checkpoint")
	require.NoError(t, os.WriteFile(checkpoint, []byte(string(auditUser(1))+"\n"), 0o600))
	stdout, err = run(t, environ, "rebuild", "-checkpoint", checkpoint)
	require.NoError(t, err)
	assert.Contains(t, stdout, "going on behind user "+string(auditUser(1)))
	assert.Contains(t, stdout, "2 people, 2 cards")
	assert.NoFileExists(t, checkpoint, "it is done")
}

func TestAuditsRefuseOtherCallsAndSayWhy(t *testing.T) {
	for _, args := range [][]string{{"everything"}, {"-user", "me"}, {"-speed", "9"}, {"-after"}} {
		_, err := run(t, nil, append([]string{"verify"}, args...)...)
		assert.ErrorIs(t, err, process.ErrUsage, "%q", args)
		assert.ErrorContains(t, err, "spacey verify -help")
	}
	_, err := run(t, []string{"DATA_DIR=" + t.TempDir()}, "verify")
	require.ErrorContains(t, err, "there is no database to work on")
	stdout, err := run(t, nil, "rebuild", "-help")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(stdout, "Usage: spacey rebuild"))
}
