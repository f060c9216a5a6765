package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func dueTimesCases() []testCase {
	return []testCase{
		{"due times are listed in order, the first time included and the second not", dueTimesRange},
		{"due times end at a limit", dueTimesLimit},
		{"due times are those of cards in review that may be asked", dueTimesChoice},
	}
}

func requireDueTimes(t *testing.T, s ports.Storage, owner domain.UserID, from, before time.Time, limit int, want ...time.Time) {
	t.Helper()
	got, err := s.StudyQueue.DueTimes(t.Context(), owner, from, before, limit)
	require.NoError(t, err)
	require.Equal(t, append([]time.Time{}, want...), got)
}

// addDueTimes adds cards in review of two decks, and returns their due times in order.
func addDueTimes(t *testing.T, s ports.Storage) []time.Time {
	t.Helper()
	decks := []domain.Deck{addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)}
	times := []time.Time{at(10), at(20), at(20), at(20).Add(time.Millisecond), at(30)}
	for i, n := range []int{3, 0, 2, 4, 1} {
		addDue(t, s, decks[i%2], n+1, domain.PhaseReview, times[n])
	}
	return times
}

func dueTimesRange(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireDueTimes(t, s, ada, at(0), at(1_000), 100)
	times := addDueTimes(t, s)
	milli := time.Millisecond
	for _, c := range []struct {
		from, before time.Time
		first, end   int
	}{
		{at(0), at(31), 0, 5},
		{at(10), at(30), 0, 4},
		{at(10).Add(milli), at(30).Add(milli), 1, 5},
		{at(20), at(20).Add(milli), 1, 3},
		{at(20).Add(milli), at(30), 3, 4},
		{at(20), at(20), 0, 0},
		{at(31), at(99), 0, 0},
		{at(10).In(time.FixedZone("Kathmandu", 5*3600+45*60)), at(20), 0, 1},
	} {
		requireDueTimes(t, s, ada, c.from, c.before, 100, times[c.first:c.end]...)
	}
}

func dueTimesLimit(t *testing.T, engine Engine) {
	s := engine.Open(t)
	times := addDueTimes(t, s)
	for _, limit := range []int{1, 2, 3, 5, 50} {
		requireDueTimes(t, s, ada, at(0), at(99), limit, times[:min(limit, len(times))]...)
	}
}

func dueTimesChoice(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, lost := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	addDue(t, s, deck, 1, domain.PhaseLearning, at(1))
	addDue(t, s, deck, 2, domain.PhaseRelearning, at(2))
	addCard(t, s, deck, 3)
	suspended := addDue(t, s, deck, 4, domain.PhaseReview, at(4))
	suspend(t, s, suspended.Card, true)
	gone := addDue(t, s, deck, 5, domain.PhaseReview, at(5))
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, gone.Card.ID))
	addDue(t, s, lost, 6, domain.PhaseReview, at(6))
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, lost.ID))
	addDue(t, s, addDeck(t, s, bob, 1), 7, domain.PhaseReview, at(7))
	addDue(t, s, deck, 8, domain.PhaseReview, at(8))
	requireDueTimes(t, s, ada, time.UnixMilli(0), at(99), 100, at(8))
	suspend(t, s, suspended.Card, false)
	requireDueTimes(t, s, ada, at(0), at(99), 100, at(4), at(8))
}
