package porttest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func deckUpdateCases() []testCase {
	return []testCase{
		{"an update of a deck is stored and counted", deckUpdate},
		{"an update cannot change id, owner, creation and revision of a deck", deckUpdateFixed},
		{"an update of a deck that its function refuses stores nothing", deckUpdateRefused},
		{"concurrent updates of a deck lose nothing", deckUpdateRace},
	}
}

func deckUpdate(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want, other := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	for _, published := range []time.Time{at(5), {}} {
		want.Name, want.Description, want.Color = want.Name+"!", "", "red"
		want.PublishedAt, want.UpdatedAt = published, want.UpdatedAt.Add(time.Millisecond)
		got, err := s.Decks.UpdateDeck(t.Context(), ada, want.ID, func(d *domain.Deck) error {
			d.Name, d.Description, d.Color = want.Name, want.Description, want.Color
			d.PublishedAt, d.UpdatedAt = want.PublishedAt, want.UpdatedAt
			return nil
		})
		require.NoError(t, err)
		want.Rev++
		require.Equal(t, want, got)
		requireDeck(t, s, want)
	}
	requireDeck(t, s, other)
}

func deckUpdateFixed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addDeck(t, s, ada, 1)
	got, err := s.Decks.UpdateDeck(t.Context(), ada, want.ID, func(d *domain.Deck) error {
		d.ID, d.Owner, d.CreatedAt, d.Rev, d.Name = deckID(9), bob, at(999), 77, "New"
		return nil
	})
	require.NoError(t, err)
	want.Name, want.Rev = "New", 2
	require.Equal(t, want, got)
	requireDeck(t, s, want)
	for _, owner := range []domain.UserID{ada, bob} {
		_, err = s.Decks.Deck(t.Context(), owner, deckID(9))
		requireNotFound(t, err)
	}
	_, err = s.Decks.Deck(t.Context(), bob, want.ID)
	requireNotFound(t, err)
}

func deckUpdateRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addDeck(t, s, ada, 1)
	_, err := s.Decks.UpdateDeck(t.Context(), ada, want.ID, func(d *domain.Deck) error {
		d.Name = "New"
		return errEdit
	})
	require.Same(t, errEdit, err, "the error is returned as it is")
	requireDeck(t, s, want)
}

func deckUpdateRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	got := race(racers, func(int) error {
		_, err := s.Decks.UpdateDeck(t.Context(), ada, deck.ID, func(d *domain.Deck) error { d.Description += "x"; return nil })
		return err
	})
	done := requireMostDone(t, got)
	deck.Description, deck.Rev = deck.Description+strings.Repeat("x", done), int64(1+done)
	requireDeck(t, s, deck)
}
