package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testLearningSessions(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a sitting comes back as given, finished or not", sittingRoundTrip},
		{"times of a sitting come back in UTC to the millisecond, zero as zero", sittingTimes},
		{"an unknown sitting is not found", sittingUnknown},
		{"another person's sitting is not found and stays as it is", sittingForeign},
		{"two people may have a sitting of one id", sittingSameID},
		{"a sitting of an id that is taken conflicts", sittingTaken},
		{"the end of a sitting is noted, and overwritten", sittingFinish},
		{"a cancelled context stores and finishes no sitting", sittingCancelled},
	})
}

func addSitting(t *testing.T, s ports.Storage, sitting domain.LearningSession) domain.LearningSession {
	t.Helper()
	require.NoError(t, s.LearningSessions.InsertLearningSession(t.Context(), sitting))
	return sitting
}

func requireSitting(t *testing.T, s ports.Storage, want domain.LearningSession) {
	t.Helper()
	got, err := s.LearningSessions.LearningSession(t.Context(), want.Owner, want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func sittingRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second := newLearningSession(ada, 1), newLearningSession(ada, 2)
	second.FinishedAt = at(60)
	addSitting(t, s, first)
	addSitting(t, s, second)
	requireSitting(t, s, first)
	requireSitting(t, s, second)
}

func sittingTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range instants() {
		sitting := newLearningSession(ada, i)
		sitting.StartedAt = instant
		addSitting(t, s, sitting)
		sitting.StartedAt = instant.UTC()
		requireSitting(t, s, sitting)
		require.NoError(t, s.LearningSessions.FinishLearningSession(t.Context(), ada, sitting.ID, instant))
		sitting.FinishedAt = instant.UTC()
		requireSitting(t, s, sitting)
	}
}

func sittingUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addSitting(t, s, newLearningSession(ada, 1))
	requireNotFound(t, s.LearningSessions.FinishLearningSession(t.Context(), ada, learningSessionID(2), at(9)))
	_, err := s.LearningSessions.LearningSession(t.Context(), ada, learningSessionID(2))
	requireNotFound(t, err)
}

func sittingForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	sitting := addSitting(t, s, newLearningSession(ada, 1))
	_, err := s.LearningSessions.LearningSession(t.Context(), bob, sitting.ID)
	requireNotFound(t, err)
	requireNotFound(t, s.LearningSessions.FinishLearningSession(t.Context(), bob, sitting.ID, at(9)))
	requireSitting(t, s, sitting)
}

func sittingSameID(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine, theirs := newLearningSession(ada, 1), newLearningSession(bob, 1)
	theirs.StartedAt = at(50)
	addSitting(t, s, mine)
	addSitting(t, s, theirs)
	require.NoError(t, s.LearningSessions.FinishLearningSession(t.Context(), ada, mine.ID, at(99)))
	mine.FinishedAt = at(99)
	requireSitting(t, s, mine)
	requireSitting(t, s, theirs)
}

func sittingTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	sitting := addSitting(t, s, newLearningSession(ada, 1))
	again := sitting
	again.Deck = deckID(7)
	requireCode(t, domain.CodeConflict, s.LearningSessions.InsertLearningSession(t.Context(), again))
	requireSitting(t, s, sitting)
}

func sittingFinish(t *testing.T, engine Engine) {
	s := engine.Open(t)
	sitting, other := addSitting(t, s, newLearningSession(ada, 1)), addSitting(t, s, newLearningSession(ada, 2))
	for _, end := range []time.Time{at(90), at(95), at(85), at(85)} {
		require.NoError(t, s.LearningSessions.FinishLearningSession(t.Context(), ada, sitting.ID, end))
		sitting.FinishedAt = end
		requireSitting(t, s, sitting)
	}
	requireSitting(t, s, other)
}

func sittingCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	sitting := addSitting(t, s, newLearningSession(ada, 1))
	ctx := cancelled(t)
	_, read := s.LearningSessions.LearningSession(ctx, ada, sitting.ID)
	requireCancelled(t, map[string]error{
		"InsertLearningSession": s.LearningSessions.InsertLearningSession(ctx, newLearningSession(ada, 2)), "LearningSession": read,
		"FinishLearningSession": s.LearningSessions.FinishLearningSession(ctx, ada, sitting.ID, at(99)),
	})
	requireSitting(t, s, sitting)
	_, err := s.LearningSessions.LearningSession(t.Context(), ada, learningSessionID(2))
	requireNotFound(t, err)
}
