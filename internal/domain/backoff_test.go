package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

var patience = BackOff{Free: 3, First: time.Second, Longest: 10 * time.Second, Forget: time.Hour}

// failed returns what is remembered after so many failures at noon.
func failed(times int) Attempts {
	var a Attempts
	for range times {
		patience.Count(&a, noon)
	}
	return a
}

func TestEachFailureThatIsNotFreeDoublesTheWait(t *testing.T) {
	for failures, want := range map[int]time.Duration{
		0: 0, 3: 0, 4: time.Second, 5: 2 * time.Second, 6: 4 * time.Second, 7: 8 * time.Second, 8: 10 * time.Second, 40: 10 * time.Second, 1000: 10 * time.Second,
	} {
		assert.Equal(t, want, patience.Wait(failed(failures), noon), "after %d failures", failures)
	}
}

func TestAWaitPasses(t *testing.T) {
	a := failed(6)
	assert.Equal(t, time.Second, patience.Wait(a, noon.Add(3*time.Second)))
	assert.Zero(t, patience.Wait(a, noon.Add(4*time.Second)))
	assert.Zero(t, patience.Wait(a, noon.Add(time.Minute)), "it is never negative")
	assert.Equal(t, 8*time.Second, patience.Wait(failed(7), noon), "and the next failure costs more all the same")
}

func TestFailuresAreForgotten(t *testing.T) {
	a := failed(8)
	assert.Equal(t, noon.Add(time.Hour), a.ExpiresAt)
	assert.Zero(t, patience.Wait(a, a.ExpiresAt))

	t.Run("even when the wait is not over", func(t *testing.T) {
		strict := BackOff{First: time.Hour, Longest: time.Hour, Forget: time.Minute}
		var once Attempts
		strict.Count(&once, noon)
		assert.NotZero(t, strict.Wait(once, noon.Add(time.Minute-1)))
		assert.Zero(t, strict.Wait(once, noon.Add(time.Minute)))
	})
	t.Run("each one keeps the others", func(t *testing.T) {
		kept := a
		patience.Count(&kept, noon.Add(59*time.Minute))
		assert.Equal(t, 9, kept.Failures)
		assert.Equal(t, noon.Add(59*time.Minute), kept.LastAt)
		assert.Equal(t, noon.Add(119*time.Minute), kept.ExpiresAt)
	})
	t.Run("after that the next one is the first again", func(t *testing.T) {
		late := a
		patience.Count(&late, a.ExpiresAt)
		assert.Equal(t, 1, late.Failures)
		assert.Zero(t, patience.Wait(late, a.ExpiresAt))
	})
}

func TestAWaitIsNotLongerThanThoughtWhenClocksDiffer(t *testing.T) {
	a := failed(8)
	assert.Equal(t, 12*time.Second, patience.Wait(a, noon.Add(-2*time.Second)), "another replica's clock is behind by two seconds")
}

func TestAWaitOfHoursDoesNotOverflow(t *testing.T) {
	slow := BackOff{First: 24 * time.Hour, Longest: 1000 * 24 * time.Hour, Forget: 2000 * 24 * time.Hour}
	for failures := range 100 {
		wait := slow.Wait(Attempts{Failures: failures, LastAt: noon, ExpiresAt: noon.Add(slow.Forget)}, noon)
		assert.Equal(t, failures == 0, wait == 0, "%d", failures)
		assert.LessOrEqual(t, wait, slow.Longest)
	}
}
