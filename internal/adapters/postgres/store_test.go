package postgres

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const owner = domain.UserID("00000000-0000-7000-8000-00000000000a")

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func addDeck(t *testing.T, s ports.Storage, id domain.DeckID) domain.Deck {
	t.Helper()
	deck := domain.Deck{ID: id, Owner: owner, Name: "Deck", Description: "About", Color: "red", PublishedAt: start, CreatedAt: start, Rev: 1}
	require.NoError(t, s.Decks.InsertDeck(t.Context(), deck))
	return deck
}

func newCard(id domain.CardID, deck domain.DeckID) domain.Card {
	return domain.Card{ID: id, Owner: owner, Deck: deck, Question: "Q", Answer: "A", CreatedAt: start, Rev: 1}
}

func TestDeletedDecks(t *testing.T) {
	store := freshStore(t)
	s := store.Ports()
	store.now = func() time.Time { return start }
	deck := addDeck(t, s, "d")
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), owner, "d"))
	sweep := func(now time.Time) {
		t.Helper()
		done, err := s.Sweeper.Sweep(t.Context(), now)
		require.NoError(t, err)
		require.True(t, done)
	}
	t.Run("nothing that a person wrote is left", func(t *testing.T) {
		require.Equal(t, []string{""}, texts(t, store, "SELECT name || description || color || coalesce(published_at::text, '') FROM decks"))
	})
	t.Run("the id stays taken for a day", func(t *testing.T) {
		sweep(start.Add(buriedFor))
		require.Equal(t, domain.CodeConflict, domain.CodeOf(s.Decks.InsertDeck(t.Context(), deck)))
		sweep(start.Add(buriedFor + time.Millisecond))
		require.NoError(t, s.Decks.InsertDeck(t.Context(), deck))
	})
}

func TestSweepIsBounded(t *testing.T) {
	store := freshStore(t)
	s := store.Ports()
	for _, fill := range []string{
		"INSERT INTO sessions (user_id, id, expires_at) SELECT 'u', n::text, $1 FROM generate_series(0, $2) AS n",
		"INSERT INTO one_time_tokens (hash, user_id, purpose, expires_at) SELECT n::text, 'u', 'p', $1 FROM generate_series(0, $2) AS n",
		`INSERT INTO decks (user_id, id, name, description, color, created_at, rev, deleted_at)
			SELECT 'u', n::text, '', '', '', $1, 1, $1 FROM generate_series(0, $2) AS n`,
		`INSERT INTO api_tokens (user_id, id, name, hash, scopes, created_at, expires_at)
			SELECT 'u', n::text, '', '', '{}', $1, $1 FROM generate_series(0, $2) AS n`,
		"INSERT INTO sign_in_places (user_id, network, first_seen, last_seen) SELECT 'u', n::text, $1, $1 FROM generate_series(0, $2) AS n",
		"INSERT INTO sign_in_attempts (key, failures, last_at, expires_at, rev) SELECT n::text, 1, $1, $1, 1 FROM generate_series(0, $2) AS n",
		`INSERT INTO audit_entries (user_id, id, at, actor, action, object, address)
			SELECT 'u', n::text, $1, '', '', '', '' FROM generate_series(0, $2) AS n`,
		`INSERT INTO idempotent_requests (user_id, key, fingerprint, status, created_at, lease_ends, expires_at)
			SELECT 'u', n::text, '', 0, $1, $1, $1 FROM generate_series(0, $2) AS n`,
	} {
		command(t, store, fill, start, sweepLimit)
	}
	left := func() []string {
		return texts(t, store, `SELECT count(*)::text FROM sessions UNION ALL SELECT count(*)::text FROM one_time_tokens
			UNION ALL SELECT count(*)::text FROM decks UNION ALL SELECT count(*)::text FROM api_tokens
			UNION ALL SELECT count(*)::text FROM sign_in_places UNION ALL SELECT count(*)::text FROM sign_in_attempts
			UNION ALL SELECT count(*)::text FROM audit_entries UNION ALL SELECT count(*)::text FROM idempotent_requests`)
	}
	late := start.Add(2 * domain.AuditLifetime)
	for _, c := range []struct {
		done bool
		left string
	}{{false, "1"}, {true, "0"}} {
		t.Run(fmt.Sprintf("%s of %d is left of each kind, and the sweep is done: %v", c.left, sweepLimit+1, c.done), func(t *testing.T) {
			done, err := s.Sweeper.Sweep(t.Context(), late)
			require.NoError(t, err)
			require.Equal(t, c.done, done)
			require.Equal(t, slices.Repeat([]string{c.left}, 8), left())
		})
	}
}

func TestUnstorableTexts(t *testing.T) {
	s := freshStore(t).Ports()
	addDeck(t, s, "d")
	for name, text := range map[string]string{"a text with U+0000": "a\x00b", "a text that is not UTF-8": "a\xffb"} {
		t.Run(name+" is invalid, and nothing of it is stored", func(t *testing.T) {
			card := newCard("c", "d")
			card.Answer = text
			insert := s.Cards.InsertCards(t.Context(), owner, "d", []domain.Card{newCard("b", "d"), card})
			_, read := s.Users.UserByEmail(t.Context(), text)
			_, update := s.Decks.UpdateDeck(t.Context(), owner, "d", func(d *domain.Deck) error { d.Name = text; return nil })
			for _, err := range []error{insert, read, update} {
				require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
			}
			cards, err := s.Cards.Cards(t.Context(), owner, "", ports.Page{Limit: 9})
			require.NoError(t, err)
			require.Empty(t, cards)
		})
	}
}
