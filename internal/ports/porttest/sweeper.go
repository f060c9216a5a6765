package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// sweepCalls is how many calls of Sweep are enough for the little data of a test.
const sweepCalls = 100

func testSweeper(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a sweep of an empty store ends", sweepEmpty},
		{"expired sign-ins are removed, others stay", sweepSessions},
		{"expired tokens are removed, others stay", sweepTokens},
		{"everything that does not expire stays", sweepOthers},
		{"what was deleted stays deleted", sweepDeleted},
		{"many may sweep at once", sweepRace},
		{"a cancelled context sweeps nothing", sweepCancelled},
	})
	runCases(t, engine, sweepAccountCases())
}

// sweep sweeps until there is nothing more to do.
func sweep(t *testing.T, s ports.Storage, now time.Time) {
	t.Helper()
	for range sweepCalls {
		done, err := s.Sweeper.Sweep(t.Context(), now)
		require.NoError(t, err)
		if done {
			return
		}
	}
	require.Fail(t, "the sweep does not end")
}

func sweepEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	sweep(t, s, at(0))
	sweep(t, s, at(0))
}

// addExpiring inserts sign-ins and tokens of which those below 10 have expired at the time returned.
func addExpiring(t *testing.T, s ports.Storage) (now time.Time) {
	t.Helper()
	now = at(0)
	for n := range 20 {
		session, token := newSession(ada, n), newToken(bob, n)
		session.ExpiresAt = now.Add(time.Duration(n-10)*time.Hour + time.Minute)
		token.ExpiresAt = session.ExpiresAt
		addSession(t, s, session)
		addToken(t, s, token)
	}
	return now
}

func sweepSessions(t *testing.T, engine Engine) {
	s := engine.Open(t)
	now := addExpiring(t, s)
	sweep(t, s, now)
	for n := range 20 {
		session, err := s.Sessions.Session(t.Context(), ada, sessionID(n))
		if n < 10 {
			requireNotFound(t, err)
			continue
		}
		require.NoError(t, err)
		require.True(t, session.Live(now))
	}
}

func sweepTokens(t *testing.T, engine Engine) {
	s := engine.Open(t)
	now := addExpiring(t, s)
	sweep(t, s, now)
	for n := range 20 {
		_, err := consume(t, s, newToken(bob, n), at(0).AddDate(-1, 0, 0))
		if n < 10 {
			requireNotFound(t, err)
			continue
		}
		require.NoError(t, err)
	}
}

func sweepOthers(t *testing.T, engine Engine) {
	s := engine.Open(t)
	user, document := addUser(t, s, 1), addConfig(t, s, newConfig("frontend"))
	deck, theirs := addDeck(t, s, ada, 1), addDeck(t, s, bob, 1)
	card, foreign := addCard(t, s, deck, 1), addCard(t, s, theirs, 1)
	event := newEvent(ada, 1, card.ID)
	require.NoError(t, s.ReviewLog.Append(t.Context(), ada, []domain.Event{event}))
	sitting := newLearningSession(ada, 1)
	require.NoError(t, s.LearningSessions.InsertLearningSession(t.Context(), sitting))

	sweep(t, s, at(0).AddDate(50, 0, 0))
	requireUser(t, s, user)
	requireConfig(t, s, document)
	requireDeck(t, s, deck)
	requireDeck(t, s, theirs)
	requireCard(t, s, card)
	requireCard(t, s, foreign)
	requireMemory(t, s, event.After, ada, card.ID)
	requireMemory(t, s, domain.NewMemory(), bob, foreign.ID)
	requireLog(t, s, ada, event)
	requireSitting(t, s, sitting)
	requireCode(t, domain.CodeConflict, s.Decks.InsertDeck(t.Context(), newDeck(ada, 1)))
}

func sweepDeleted(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, card, event := deleteDeck(t, s)
	for _, now := range []time.Time{at(0), at(0).AddDate(50, 0, 0)} {
		sweep(t, s, now)
		_, err := s.Decks.Deck(t.Context(), ada, deck.ID)
		requireNotFound(t, err)
		_, err = s.Cards.Card(t.Context(), ada, card.ID)
		requireNotFound(t, err)
		requireLog(t, s, ada, event)
	}
}

func sweepRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	now := addExpiring(t, s)
	for _, err := range race(4, func(int) error { _, err := s.Sweeper.Sweep(t.Context(), now); return err }) {
		require.NoError(t, err)
	}
	sweep(t, s, now)
	_, err := s.Sessions.Session(t.Context(), ada, sessionID(9))
	requireNotFound(t, err)
	_, err = s.Sessions.Session(t.Context(), ada, sessionID(10))
	require.NoError(t, err)
}

func sweepCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	now := addExpiring(t, s)
	_, err := s.Sweeper.Sweep(cancelled(t), now)
	requireCancelled(t, map[string]error{"Sweep": err})
	_, err = s.Sessions.Session(t.Context(), ada, sessionID(0))
	require.NoError(t, err)
}
