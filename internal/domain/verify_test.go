package domain

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestEveryFieldOfAMemoryIsCompared(t *testing.T) {
	memory := Memory{
		Phase: PhaseReview, Step: 1, Stability: 10, Difficulty: 5, Due: noon.AddDate(0, 0, 10), LastReview: noon, LastDay: today, Reps: 3, Lapses: 1, Seq: 8,
	}
	assert.Empty(t, Differences(someCard, memory, memory))
	for field, change := range map[string]func(*Memory){
		"phase":      func(m *Memory) { m.Phase = PhaseLearning },
		"step":       func(m *Memory) { m.Step++ },
		"stability":  func(m *Memory) { m.Stability *= 1 + 1e-8 },
		"difficulty": func(m *Memory) { m.Difficulty *= 1 - 1e-8 },
		"due":        func(m *Memory) { m.Due = m.Due.Add(time.Millisecond) },
		"lastReview": func(m *Memory) { m.LastReview = time.Time{} },
		"lastDay":    func(m *Memory) { m.LastDay-- },
		"reps":       func(m *Memory) { m.Reps++ },
		"lapses":     func(m *Memory) { m.Lapses++ },
		"seq":        func(m *Memory) { m.Seq++ },
	} {
		t.Run(field, func(t *testing.T) {
			changed := memory
			change(&changed)
			found := Differences(someCard, changed, memory)
			if assert.Len(t, found, 1) {
				assert.Equal(t, field, found[0].Field)
				assert.Equal(t, someCard, found[0].Card)
				assert.NotEqual(t, found[0].Stored, found[0].Replayed)
			}
			assert.False(t, SameMemory(memory, changed))
		})
	}
}

func TestADifferenceOfRoundingIsNone(t *testing.T) {
	memory := Memory{Stability: 1000, Difficulty: 5, Due: noon}
	near := Memory{Stability: 1000 * (1 + 5e-10), Difficulty: 5 * (1 - 5e-10), Due: noon.In(time.FixedZone("x", 3600))}
	assert.True(t, SameMemory(memory, near), "neither is the time zone that a time is written in")
	assert.True(t, SameMemory(NewMemory(), NewMemory()))
}

func TestWhatIsNoNumberIsNeverTheSame(t *testing.T) {
	for _, wrong := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		assert.False(t, SameMemory(Memory{Stability: wrong}, Memory{Stability: 3}), "%v", wrong)
		assert.False(t, SameMemory(Memory{Difficulty: 3}, Memory{Difficulty: wrong}), "%v", wrong)
	}
	assert.False(t, SameMemory(Memory{Stability: math.NaN()}, Memory{Stability: math.NaN()}))
}
