package domain

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

const (
	someUser = UserID("0190a000-0000-7000-8000-000000000001")
	someCard = CardID("0190a000-0000-7000-8000-000000000002")
	someDeck = DeckID("0190a000-0000-7000-8000-000000000003")
)

// answered returns an event of the card with the default settings, as recorded when it was answered.
func answered(at time.Time, rating Rating, buttons int) Event {
	return eventOf(Entry{Kind: KindReview, Card: someCard, StartedAt: at.Add(-5 * time.Second), FinishedAt: at, Rating: rating, Buttons: buttons}, nil, at)
}

func eventOf(entry Entry, target *Event, now time.Time) Event {
	return NewEvent(someUser, entry, someDeck, target, DefaultSettings(someUser), now)
}

// logOf appends events of the card in the given order of arrival and returns them.
func logOf(t *testing.T, events ...Event) []Event {
	t.Helper()
	p := DefaultSettings(someUser).Projector()
	var log []Event
	for _, e := range events {
		appended, err := p.Append(e, placeAfter(log))
		require.NoError(t, err)
		log = append(log, appended)
	}
	return log
}

// placeAfter returns the place at the end of a log of one card.
func placeAfter(log []Event) Place {
	place := Place{Seq: int64(len(log) + 1), History: func() ([]Event, error) { return log, nil }}
	if len(log) > 0 {
		place.Newest = &log[len(log)-1]
	}
	return place
}

func last(log []Event) Memory { return log[len(log)-1].After }

func TestTwoButtonsGraduateANewCardAtOnce(t *testing.T) {
	m := last(logOf(t, answered(noon, Good, 2)))
	assert.Equal(t, PhaseReview, m.Phase)
	assert.True(t, m.Due.After(noon.Add(24*time.Hour)), "due %v", m.Due)
	assert.Equal(t, 4, m.Due.Hour(), "due at the beginning of a day")
	assert.False(t, m.DueAt(noon.Add(time.Minute)))
	assert.InDelta(t, 1, NewScheduler(DefaultSchedule()).Retrievability(m, noon.Add(5*time.Minute)), 0.01)
}

func TestTwoButtonsBringAWrongAnswerBackAfterAMinute(t *testing.T) {
	m := last(logOf(t, answered(noon, Again, 2)))
	assert.Equal(t, PhaseLearning, m.Phase)
	assert.Equal(t, noon.Add(time.Minute), m.Due)

	lapsed := last(logOf(t, answered(noon, Good, 2), answered(noon.AddDate(0, 0, 3), Again, 2)))
	assert.Equal(t, PhaseRelearning, lapsed.Phase)
	assert.Equal(t, 1, lapsed.Lapses)
	assert.Equal(t, noon.AddDate(0, 0, 3).Add(time.Minute), lapsed.Due)
}

func TestFourButtonsGoThroughTheSteps(t *testing.T) {
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	steps := []struct {
		name    string
		ratings []Rating
		phase   Phase
		due     time.Duration
	}{
		{"Again starts over", []Rating{Good, Again}, PhaseLearning, time.Minute},
		{"Hard in the first step waits for the middle of two steps", []Rating{Hard}, PhaseLearning, 330 * time.Second},
		{"Hard in the second step waits for it again", []Rating{Good, Hard}, PhaseLearning, 10 * time.Minute},
		{"Good goes to the next step", []Rating{Good}, PhaseLearning, 10 * time.Minute},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			var events []Event
			for i, rating := range step.ratings {
				events = append(events, answered(minute(i), rating, 4))
			}
			m := last(logOf(t, events...))
			assert.Equal(t, step.phase, m.Phase)
			assert.Equal(t, minute(len(events)-1).Add(step.due), m.Due)
		})
	}
	t.Run("Good in the last step graduates", func(t *testing.T) {
		assert.Equal(t, PhaseReview, last(logOf(t, answered(noon, Good, 4), answered(minute(10), Good, 4))).Phase)
	})
	t.Run("Easy graduates at once", func(t *testing.T) {
		assert.Equal(t, PhaseReview, last(logOf(t, answered(noon, Easy, 4))).Phase)
	})
}

func TestAWrongAnswerNeverGraduates(t *testing.T) {
	first := answered(noon, Good, 4) // in the second of two steps
	for _, buttons := range []int{2, 4} {
		m := last(logOf(t, first, answered(noon.Add(time.Minute), Again, buttons)))
		assert.Equal(t, PhaseLearning, m.Phase, "%d buttons", buttons)
		assert.Equal(t, noon.Add(2*time.Minute), m.Due)
	}
	m := last(logOf(t, first, answered(noon.Add(time.Minute), Good, 2)))
	assert.Equal(t, PhaseReview, m.Phase, "for a client with one step it was the last one")
}

func TestElapsedDaysAreCountedByTheDayOfTheAnswer(t *testing.T) {
	before := time.Date(2026, 3, 11, 0, 5, 0, 0, time.UTC) // still the 10th: days begin at four
	m := last(logOf(t, answered(noon, Good, 2), answered(before, Good, 2)))
	assert.InEpsilon(t, 2.3065, m.Stability, 1e-2, "an answer on the same day hardly moves stability")
	after := last(logOf(t, answered(noon, Good, 2), answered(before.Add(4*time.Hour), Good, 2)))
	assert.Greater(t, after.Stability, 5.0)
}

func TestALateEventGivesTheMemoryOfItsPlace(t *testing.T) {
	a, b, c := answered(noon, Good, 2), answered(noon.AddDate(0, 0, 3), Again, 2), answered(noon.AddDate(0, 0, 9), Good, 2)
	inOrder := logOf(t, a, b, c)
	lateLast := logOf(t, a, c, b)
	s := NewScheduler(DefaultSchedule())
	assert.Equal(t, s.Replay(lateLast, 3), last(lateLast))
	assert.InEpsilon(t, last(inOrder).Stability, last(lateLast).Stability, 1e-12)
	assert.Equal(t, last(inOrder).LastReview, last(lateLast).LastReview)
	assert.Equal(t, 1, last(lateLast).Lapses)
	assert.Equal(t, int64(3), last(lateLast).Seq)
}

func TestAMemoryEqualsItsReplayWhateverTheOrderOfArrival(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var events []Event
		for i := range 2 + random.IntN(12) {
			at := noon.Add(time.Duration(random.IntN(60*24*60)) * time.Minute)
			e := answered(at, Rating(1+random.IntN(4)), 2+2*random.IntN(2))
			e.ID = EventID(fmt.Sprintf("0190a000-0000-7000-8000-%012d", i))
			events = append(events, e)
		}
		log := logOf(t, events...)
		require.Equal(t, NewScheduler(DefaultSchedule()).Replay(log, int64(len(log))), last(log))
	}
}

func TestAnUnreadableHistoryIsAnError(t *testing.T) {
	log := logOf(t, answered(noon, Good, 2))
	broken := errors.New("cannot read")
	late := answered(noon.Add(-time.Hour), Good, 2)
	place := placeAfter(log)
	place.History = func() ([]Event, error) { return nil, broken }
	_, err := DefaultSettings(someUser).Projector().Append(late, place)
	assert.ErrorIs(t, err, broken)
}

func TestBetterRatingsComeBackLater(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	s := NewScheduler(DefaultSchedule())
	for range 2000 {
		m := Memory{
			Phase: PhaseReview, Stability: 0.1 + random.Float64()*random.Float64()*2000, Difficulty: 1 + 9*random.Float64(),
			LastReview: noon, LastDay: DefaultCalendar().DayOf(noon), Reps: 3, Seq: 3,
		}
		var due [5]time.Time
		at := noon.AddDate(0, 0, random.IntN(400))
		fuzz := random.Float64()
		for rating := Again; rating <= Easy; rating++ {
			e := answered(at, rating, 4)
			e.Fuzz = fuzz
			due[rating] = s.Answer(m, e).Due
			require.True(t, due[rating].After(at), "due before the answer")
		}
		require.True(t, due[Hard].Before(due[Good]) && due[Good].Before(due[Easy]), "%v", due)
	}
}

func TestFuzzStaysInItsRange(t *testing.T) {
	for _, c := range []struct {
		ideal     float64
		low, high int
	}{{1, 1, 1}, {2.4, 2, 2}, {2.5, 2, 4}, {7, 5, 9}, {20, 17, 23}, {100, 93, 107}} {
		low, high := fuzzRange(c.ideal)
		assert.Equal(t, [2]int{c.low, c.high}, [2]int{low, high}, "ideal %v", c.ideal)
	}
	s := NewScheduler(DefaultSchedule())
	seen := map[int]bool{}
	for reps := range 500 {
		u := fuzzFraction(someCard, reps)
		require.True(t, 0 <= u && u < 1)
		seen[s.fuzzed(100, u).Days] = true
	}
	assert.Len(t, seen, 15, "all days from 93 to 107 are chosen")
}

func TestDueListsTheLeastRememberedFirst(t *testing.T) {
	s := NewScheduler(DefaultSchedule())
	card := func(id string, m Memory) CardMemory { return CardMemory{Card: CardID(id), Deck: someDeck, Memory: m} }
	weak := Memory{Phase: PhaseReview, Stability: 1, LastReview: noon.AddDate(0, 0, -20), Due: noon.AddDate(0, 0, -19)}
	strong := Memory{Phase: PhaseReview, Stability: 30, LastReview: noon.AddDate(0, 0, -31), Due: noon}
	later := Memory{Phase: PhaseReview, Stability: 30, LastReview: noon, Due: noon.Add(time.Millisecond)}
	due := s.Due([]CardMemory{card("d", later), card("c", strong), card("b", weak), card("a2", NewMemory()), card("a1", NewMemory())}, noon)
	var ids []CardID
	for _, recall := range due {
		ids = append(ids, recall.Card)
	}
	assert.Equal(t, []CardID{"a1", "a2", "b", "c"}, ids)
	assert.Zero(t, due[0].Retrievability)
}

func TestScoreIsTheMeanOverAllCards(t *testing.T) {
	var score Score
	assert.Zero(t, score.Value())
	for _, r := range []float64{1, 0.5, 0, 0} {
		score.Add(r)
	}
	assert.InDelta(t, 0.375, score.Value(), 1e-12)
	assert.Equal(t, 4, score.Cards)
}
