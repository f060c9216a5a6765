package domain

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBalanceChoosesTheEmptiestDay(t *testing.T) {
	random := rand.New(rand.NewPCG(14, 1))
	s := NewScheduler(DefaultSchedule())
	for range 5000 {
		stability := 2.5 + 3000*random.Float64()*random.Float64()
		interval := s.fuzzed(stability, 0)
		low, high := today+Day(interval.Low), today+Day(interval.High)
		loads := map[Day]int{}
		for day := low - 3; day <= high+3; day++ {
			loads[day] = random.IntN(4)
		}
		fuzz := Balance(low, high, random.Float64(), func(day Day) int { return loads[day] })
		require.True(t, fuzz >= 0 && fuzz < 1)
		chosen := today + Day(s.fuzzed(stability, fuzz).Days)
		require.True(t, low <= chosen && chosen <= high)
		for day := low; day <= high; day++ {
			require.LessOrEqual(t, loads[chosen], loads[day])
		}
	}
}

func TestBalanceChoosesTheNearestOfDaysThatAreAlike(t *testing.T) {
	s := NewScheduler(DefaultSchedule())
	day := func(fuzz float64) int { return s.fuzzed(100, fuzz).Days } // of 93 to 107
	even := func(Day) int { return 3 }
	for _, fuzz := range []float64{0, 0.3, 0.5, 0.999} {
		assert.Equal(t, day(fuzz), day(Balance(93, 107, fuzz, even)), "fuzz %v", fuzz)
	}
	twoFree := func(d Day) int {
		if d == 95 || d == 104 {
			return 0
		}
		return 1
	}
	assert.Equal(t, 95, day(Balance(93, 107, 0.2, twoFree)))
	assert.Equal(t, 104, day(Balance(93, 107, 0.7, twoFree)))
}

func TestTheChosenDayIsTheDueDay(t *testing.T) {
	p := DefaultSettings(someUser).Projector()
	log := logOf(t, answered(noon, Easy, 2), answered(noon.AddDate(0, 0, 8), Good, 2))
	next := answered(noon.AddDate(0, 0, 40), Good, 2)
	for offset := range 5 {
		var wanted Day
		place := placeAfter(log)
		place.Choose = func(low, high Day, _ float64) float64 {
			wanted = low + Day(offset)
			require.LessOrEqual(t, wanted, high)
			return Balance(low, high, 0.5, func(day Day) int {
				if day == wanted {
					return 0
				}
				return 1
			})
		}
		e, err := p.Append(next, place)
		require.NoError(t, err)
		assert.Equal(t, DefaultCalendar().Start(wanted), e.After.Due)
		replayed, err := p.Replay(append(log, e))
		require.NoError(t, err)
		assert.Equal(t, e.After, replayed, "a replay chooses the same day")
	}
}

func TestAChoiceThatIsNoneLeavesItToTheCard(t *testing.T) {
	p := DefaultSettings(someUser).Projector()
	log := logOf(t, answered(noon, Easy, 2))
	next := answered(noon.AddDate(0, 0, 8), Good, 2)
	for _, choice := range []float64{-1, 1, 7} {
		place := placeAfter(log)
		place.Choose = func(_, _ Day, _ float64) float64 { return choice }
		e, err := p.Append(next, place)
		require.NoError(t, err)
		assert.InDelta(t, fuzzFraction(someCard, 1), e.Fuzz, 0)
	}
}

func TestThereIsNothingToChooseForAStepOrALateAnswer(t *testing.T) {
	p := DefaultSettings(someUser).Projector()
	log := logOf(t, answered(noon, Easy, 2))
	for name, e := range map[string]Event{"a step": answered(noon.AddDate(0, 0, 8), Again, 2), "a late answer": answered(noon.Add(-time.Hour), Easy, 2)} {
		t.Run(name, func(t *testing.T) {
			place := placeAfter(log)
			place.Choose = func(_, _ Day, _ float64) float64 { assert.Fail(t, "asked for a day"); return 0 }
			_, err := p.Append(e, place)
			require.NoError(t, err)
		})
	}
}

func TestAPreviewIsWhatTheAnswerThenDoes(t *testing.T) {
	settings := DefaultSettings(someUser)
	log := logOf(t, answered(noon, Good, 4), answered(noon.Add(10*time.Minute), Good, 4))
	now := noon.AddDate(0, 0, 3)
	previews := settings.Projector().Current().Previews(someCard, last(log), 4, settings.Calendar(), now)
	require.Len(t, previews, 4)
	for i, preview := range previews {
		assert.Equal(t, Rating(i+1), preview.Rating)
		e, err := settings.Projector().Append(answered(now, preview.Rating, 4), placeAfter(log))
		require.NoError(t, err)
		after := e.After
		after.Seq = preview.After.Seq
		assert.Equal(t, after, preview.After)
		assert.Equal(t, preview.After.Due, preview.Interval.Due(e))
		if i > 0 {
			assert.True(t, previews[i-1].After.Due.Before(preview.After.Due))
		}
	}
	two := settings.Projector().Current().Previews(someCard, NewMemory(), 2, settings.Calendar(), now)
	require.Len(t, two, 2)
	assert.Equal(t, []Rating{Again, Good}, []Rating{two[0].Rating, two[1].Rating})
	assert.Equal(t, time.Minute, two[0].Interval.Pause)
}
