package domain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var today = DefaultCalendar().DayOf(noon)

// dueOn returns a memory in review that falls due some days from today.
func dueOn(days int, stability float64) Memory {
	return Memory{Phase: PhaseReview, Stability: stability, Difficulty: 5, Due: DefaultCalendar().Start(today + Day(days)), Reps: 4}
}

// randomMoves returns a change of schedule of some cards: overdue ones, new ones, cards that are settled already.
func randomMoves(random *rand.Rand) []Move {
	moves := make([]Move, random.IntN(300))
	horizon := 1 + random.IntN(60)
	for i := range moves {
		m := Move{Card: CardID(fmt.Sprintf("card %03d", i)), Before: NewMemory(), After: NewMemory()}
		if random.IntN(10) > 0 {
			stability := math.Round(20 * random.Float64())
			m.Before, m.After = dueOn(random.IntN(90)-20, stability), dueOn(random.IntN(horizon)-5, stability)
			m.Settled = random.IntN(6) == 0
		}
		if random.IntN(20) == 0 {
			m.After.Phase = PhaseRelearning
		}
		moves[i] = m
	}
	return moves
}

// usual returns the room of a day, as the promise says: a fifth more than the mean of the next 30 days after the change, or
// three fifths of that before it.
func usual(moves []Move) int {
	var before, after int
	for _, m := range moves {
		if m.Before.Phase == PhaseReview && DefaultCalendar().DayOf(m.Before.Due) < today+30 {
			before++
		}
		if m.After.Phase == PhaseReview && DefaultCalendar().DayOf(m.After.Due) < today+30 {
			after++
		}
	}
	return int(math.Ceil(max(0.6*float64(before)/30, 1.2*float64(after)/30)))
}

func TestASpreadFillsNoDayBeyondItsRoom(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	for range 500 {
		moves := randomMoves(random)
		room, load, settled := usual(moves), map[Day]int{}, map[Day]int{}
		Spread(moves, DefaultCalendar(), today)
		for _, m := range moves {
			if m.After.Phase == PhaseReview {
				load[m.dueDay(DefaultCalendar(), today)]++
				if m.Settled {
					settled[m.dueDay(DefaultCalendar(), today)]++
				}
			}
		}
		for day, cards := range load {
			if day >= today+Horizon {
				continue
			}
			require.True(t, room == 0 || cards <= max(room, settled[day]), "%d cards on day %d, room for %d", cards, day-today, room)
		}
	}
}

func TestASpreadOnlyDelaysCardsInReviewThatAreNotSettled(t *testing.T) {
	random := rand.New(rand.NewPCG(10, 9))
	moved := 0
	for range 500 {
		moves := randomMoves(random)
		before := slices.Clone(moves)
		Spread(moves, DefaultCalendar(), today)
		for i, m := range moves {
			if m.DueDay > 0 {
				moved++
				require.True(t, m.After.Phase == PhaseReview && !m.Settled)
				require.Greater(t, m.DueDay, before[i].dueDay(DefaultCalendar(), today), "moved to a later day")
			}
			m.DueDay = 0
			require.Equal(t, before[i], m, "nothing but the day is changed")
		}
	}
	assert.Greater(t, moved, 1000)
}

func TestASpreadLeavesAloneWhatIsDueAfterTheHorizon(t *testing.T) {
	review := func(day Day) Memory {
		return Memory{Phase: PhaseReview, Stability: 9, Difficulty: 5, Due: DefaultCalendar().Start(day), LastReview: noon, Reps: 3, Seq: 3}
	}
	moves := []Move{{Card: "soon", Before: review(today + 1), After: review(today + 2)}}
	for i := range 100 {
		moves = append(moves, Move{Card: CardID(fmt.Sprint(i)), Before: review(today + 40), After: review(today + 41)})
	}
	Spread(moves, DefaultCalendar(), today)
	for _, m := range moves {
		require.Zero(t, m.DueDay, "a hundred cards on a day far off are no backlog")
	}
}

func TestASpreadKeepsTheOrderOfStability(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 9))
	for range 300 {
		moves := randomMoves(random)
		natural := map[CardID]Day{}
		for _, m := range moves {
			natural[m.Card] = m.dueDay(DefaultCalendar(), today)
		}
		Spread(moves, DefaultCalendar(), today)
		for i, a := range moves {
			for _, b := range moves[i+1:] {
				if a.Settled || b.Settled || a.After.Phase != PhaseReview || b.After.Phase != PhaseReview || natural[a.Card] != natural[b.Card] {
					continue
				}
				weak, strong := a, b
				if a.After.Stability > b.After.Stability {
					weak, strong = b, a
				}
				require.True(t, weak.After.Stability == strong.After.Stability || weak.dueDay(DefaultCalendar(), today) <= strong.dueDay(DefaultCalendar(), today))
			}
		}
	}
}

func TestABacklogOfOneDayIsSpreadOverTheNext(t *testing.T) {
	moves := make([]Move, 60)
	for i := range moves {
		moves[i] = Move{Card: CardID(fmt.Sprintf("%02d", i)), Before: dueOn(i%30, float64(60-i)), After: dueOn(-3, float64(60-i))}
	}
	Spread(moves, DefaultCalendar(), today)
	days, later := Loads(moves, DefaultCalendar(), today)
	for i, day := range days {
		want := 3 // a fifth more than two a day
		if i >= 20 {
			want = 0
		}
		assert.Equal(t, DayLoad{Day: today + Day(i), Before: 2, After: want}, day)
	}
	assert.Equal(t, DayLoad{Day: today + Horizon}, later)
	assert.Zero(t, moves[59].DueDay, "the least stable card stays")
	assert.Equal(t, today+19, moves[0].DueDay, "the most stable one waits longest")
}

func TestNothingIsMovedWhereNothingIsDue(t *testing.T) {
	moves := []Move{{Card: "a", Before: dueOn(40, 9), After: dueOn(50, 9)}, {Card: "b", Before: dueOn(40, 9), After: dueOn(50, 9)}}
	Spread(moves, DefaultCalendar(), today)
	assert.Zero(t, moves[0].DueDay)
	assert.Zero(t, moves[1].DueDay)
	Spread(nil, DefaultCalendar(), today)
}

func TestLoadsCountEachCardInReviewOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(12, 9))
	for range 200 {
		moves := randomMoves(random)
		Spread(moves, DefaultCalendar(), today)
		days, sum := Loads(moves, DefaultCalendar(), today)
		require.Len(t, days, Horizon)
		for _, day := range days {
			sum.Before, sum.After = sum.Before+day.Before, sum.After+day.After
		}
		var before, after int
		for _, m := range moves {
			if m.Before.Phase == PhaseReview {
				before++
			}
			if m.After.Phase == PhaseReview {
				after++
			}
		}
		require.Equal(t, DayLoad{Day: today + Horizon, Before: before, After: after}, sum)
	}
}

func TestAMoveIsOneWhenTheMemoryChanges(t *testing.T) {
	same := Move{Before: dueOn(3, 9), After: dueOn(3, 9)}
	assert.False(t, same.Moved())
	same.After.Seq = 7
	assert.False(t, same.Moved(), "the number of the event is no change")
	assert.True(t, Move{Before: dueOn(3, 9), After: dueOn(4, 9)}.Moved())
	assert.True(t, Move{Before: dueOn(3, 9), After: dueOn(3, 9), DueDay: today}.Moved())
}
