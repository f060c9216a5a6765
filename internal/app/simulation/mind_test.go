package simulation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestMemories(t *testing.T) {
	const day = 24 * time.Hour
	noon := time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC)
	person := NewPerson(1, 1)
	seen := func(strength float64) (*mind, *trace) {
		m := newMind(person, []domain.CardID{"card"})
		t := m.traces["card"]
		t.strength, t.seen = strength, noon
		return m, t
	}
	t.Run("fade with time, to 1/e after the strength", func(t *testing.T) {
		m, trace := seen(10)
		assert.InDelta(t, 1, m.recall(trace, noon), 1e-9)
		assert.InDelta(t, 0.36788, m.recall(trace, noon.Add(10*day)), 1e-5)
		assert.Less(t, m.recall(trace, noon.Add(40*day)), 0.02)
	})
	t.Run("fade faster on a bad day", func(t *testing.T) {
		m, trace := seen(10)
		usual := m.recall(trace, noon.Add(5*day))
		m.form = 0.7
		assert.Less(t, m.recall(trace, noon.Add(5*day)), usual)
	})
	t.Run("grow more by a recall that was less likely", func(t *testing.T) {
		soon, atOnce := seen(10)
		soon.learn(atOnce, true, soon.recall(atOnce, noon.Add(time.Minute)), noon.Add(time.Minute))
		late, spaced := seen(10)
		late.learn(spaced, true, late.recall(spaced, noon.Add(2*day)), noon.Add(2*day))
		assert.Greater(t, spaced.strength, 1.3*atOnce.strength)
	})
	t.Run("shrink by a failure, but not to nothing", func(t *testing.T) {
		m, trace := seen(100)
		m.learn(trace, false, 0.5, noon)
		assert.Less(t, trace.strength, 60.0)
		assert.Greater(t, trace.strength, 5.0)
	})
	t.Run("begin when a card is seen for the first time", func(t *testing.T) {
		m, trace := seen(0)
		m.learn(trace, false, 0.02, noon)
		assert.Greater(t, m.recall(trace, noon.Add(10*time.Minute)), 0.95)
	})
	t.Run("of different cards differ", func(t *testing.T) {
		m := newMind(person, []domain.CardID{"easy", "hard"})
		assert.NotEqual(t, m.traces["easy"].ease, m.traces["hard"].ease)
	})
}

func TestButtons(t *testing.T) {
	pressed := func(number int, right bool, recall, took float64) map[domain.Rating]int {
		person := NewPerson(1, number)
		person.traits.pace, person.traits.hardBelow, person.traits.easyAbove = 5, 0.7, 0.96
		m, ratings := newMind(person, nil), map[domain.Rating]int{}
		for range 1000 {
			ratings[m.rate(right, recall, took)]++
		}
		return ratings
	}
	t.Run("of who was wrong are Again", func(t *testing.T) {
		assert.Equal(t, map[domain.Rating]int{domain.Again: 1000}, pressed(1, false, 0.99, 1))
	})
	t.Run("of two are Good for whoever was right", func(t *testing.T) {
		assert.Equal(t, map[domain.Rating]int{domain.Good: 1000}, pressed(2, true, 0.4, 20))
	})
	t.Run("of four are mostly Hard for a faint memory, and always after a long time", func(t *testing.T) {
		assert.Greater(t, pressed(1, true, 0.5, 5)[domain.Hard], 900)
		assert.Equal(t, 1000, pressed(1, true, 0.9, 13)[domain.Hard])
	})
	t.Run("of four are often Easy for a fresh memory and a quick answer, never for a slow one", func(t *testing.T) {
		assert.Greater(t, pressed(1, true, 0.99, 3)[domain.Easy], 500)
		assert.Zero(t, pressed(1, true, 0.99, 6)[domain.Easy])
	})
}
