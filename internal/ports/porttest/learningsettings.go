package porttest

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testLearningSettings(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a person who has set nothing has the default settings", settingsDefault},
		{"every field of settings comes back as given", settingsRoundTrip},
		{"limits that are not set, zero and set come back as such", settingsLimits},
		{"weights come back bit for bit", settingsWeights},
		{"schedules without steps have none", settingsNoSteps},
		{"times of settings come back in UTC to the millisecond, zero as zero", settingsTimes},
	})
	runCases(t, engine, settingsUpdateCases())
	runCases(t, engine, settingsPendingCases())
}

// ptr returns a pointer to a number of its own.
func ptr(n int) *int { return &n }

// newSettings returns settings as a change leaves them, in which every field is set.
func newSettings(owner domain.UserID) domain.Settings {
	first, second := domain.DefaultSchedule(), domain.DefaultSchedule()
	second.Version, second.Algorithm, second.Retention, second.MaxInterval = 2, domain.AlgorithmSM2, 0.1+0.7, 365
	second.LearningSteps = []time.Duration{time.Second, time.Hour, 24*time.Hour - time.Second}
	second.RelearningSteps = []time.Duration{7 * time.Minute, 3 * time.Minute}
	second.CreatedAt = at(50)
	for i := range second.Weights {
		second.Weights[i] += 0.1 / float64(i+3)
	}
	third := first
	third.Version, third.Restores, third.CreatedAt = 3, 1, at(60)
	return domain.Settings{
		Owner: owner, TimeZone: "America/Argentina/ComodRivadavia", RolloverHour: 23,
		Limits: domain.Limits{New: ptr(7), Reviews: ptr(9999)},
		Decks:  map[domain.DeckID]domain.Limits{deckID(1): {New: ptr(3), Reviews: ptr(4)}, deckID(2): {New: ptr(5)}},
		Leech:  domain.Leech{Threshold: 99, Action: domain.LeechSuspend}, LoadBalancing: false,
		Schedules: []domain.Schedule{first, second, third}, Pending: true, UpdatedAt: at(61),
	}
}

// storeSettings makes settings a person's own and checks that they come back.
func storeSettings(t *testing.T, s ports.Storage, want domain.Settings) domain.Settings {
	t.Helper()
	got, err := s.LearningSettings.UpdateLearningSettings(t.Context(), want.Owner, func(settings *domain.Settings) error {
		want.Rev = settings.Rev + 1
		*settings = want
		return nil
	})
	require.NoError(t, err)
	want.UpdatedAt = want.UpdatedAt.UTC()
	require.Equal(t, want, got)
	requireSettings(t, s, want)
	return got
}

func requireSettings(t *testing.T, s ports.Storage, want domain.Settings) {
	t.Helper()
	got, err := s.LearningSettings.LearningSettings(t.Context(), want.Owner)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func settingsDefault(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireSettings(t, s, domain.DefaultSettings(ada))
	storeSettings(t, s, newSettings(bob))
	requireSettings(t, s, domain.DefaultSettings(ada))
}

func settingsRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	storeSettings(t, s, newSettings(ada))
	storeSettings(t, s, domain.DefaultSettings(ada))
	edge := newSettings(ada)
	edge.RolloverHour, edge.LoadBalancing, edge.Pending, edge.TimeZone = 0, true, false, "Asia/Kathmandu"
	edge.Leech = domain.Leech{Threshold: 1, Action: domain.LeechTag}
	storeSettings(t, s, edge)
}

func settingsLimits(t *testing.T, engine Engine) {
	s := engine.Open(t)
	values := []*int{nil, ptr(0), ptr(9999)}
	settings := domain.DefaultSettings(ada)
	for i, fresh := range values {
		for j, reviews := range values {
			settings.Decks[deckID(3*i+j)] = domain.Limits{New: fresh, Reviews: reviews}
		}
	}
	for _, limit := range values {
		settings.Limits = domain.Limits{New: limit, Reviews: values[1]}
		storeSettings(t, s, settings)
		settings.Limits = domain.Limits{New: values[2], Reviews: limit}
		storeSettings(t, s, settings)
	}
	settings.Decks = map[domain.DeckID]domain.Limits{}
	storeSettings(t, s, settings)
}

func settingsWeights(t *testing.T, engine Engine) {
	s := engine.Open(t)
	settings := newSettings(ada)
	weights := &settings.Schedules[1].Weights
	copy(weights[:], []float64{0, 0.1 + 0.2, 1.0 / 3, math.Nextafter(1, 2), math.Nextafter(1, 0),
		1e-300, math.MaxFloat64, math.SmallestNonzeroFloat64})
	settings.Schedules[1].Retention = math.Nextafter(0.9, 1)
	storeSettings(t, s, settings)
	got, err := s.LearningSettings.LearningSettings(t.Context(), ada)
	require.NoError(t, err)
	for i, want := range weights {
		require.Equalf(t, math.Float64bits(want), math.Float64bits(got.Schedules[1].Weights[i]), "weight %d: %v", i, want)
	}
}

func settingsNoSteps(t *testing.T, engine Engine) {
	s := engine.Open(t)
	_, err := s.LearningSettings.UpdateLearningSettings(t.Context(), ada, func(settings *domain.Settings) error {
		settings.Schedules = append(settings.Schedules, settings.Schedule(), settings.Schedule())
		settings.Schedules[1].LearningSteps, settings.Schedules[2].RelearningSteps = []time.Duration{}, []time.Duration{}
		return nil
	})
	require.NoError(t, err)
	got, err := s.LearningSettings.LearningSettings(t.Context(), ada)
	require.NoError(t, err)
	require.Len(t, got.Schedules, 3)
	require.Empty(t, got.Schedules[1].LearningSteps)
	require.Equal(t, domain.DefaultSchedule().RelearningSteps, got.Schedules[1].RelearningSteps)
	require.Empty(t, got.Schedules[2].RelearningSteps)
	require.Equal(t, domain.DefaultSchedule().LearningSteps, got.Schedules[2].LearningSteps)
}

func settingsTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for _, instant := range append(instants(), time.Time{}) {
		_, err := s.LearningSettings.UpdateLearningSettings(t.Context(), ada, func(settings *domain.Settings) error {
			settings.UpdatedAt, settings.Schedules[0].CreatedAt = instant, instant
			return nil
		})
		require.NoError(t, err)
		got, err := s.LearningSettings.LearningSettings(t.Context(), ada)
		require.NoError(t, err)
		require.Equal(t, instant.UTC(), got.UpdatedAt)
		require.Equal(t, instant.UTC(), got.Schedules[0].CreatedAt)
	}
}
