package ports

import (
	"testing"
	"time"
)

func TestQuota(t *testing.T) {
	t.Run("all requests may come at once, and no more", func(t *testing.T) {
		for _, perMinute := range []int{1, 7, 10, 600, 1000} {
			q, debt := Quota{PerMinute: perMinute}, time.Duration(0)
			for left := perMinute - 1; left >= 0; left-- {
				a := q.Ask(debt)
				if !a.Granted || a.Remaining != left || a.Limit != perMinute || a.RetryAfter != 0 {
					t.Fatalf("of %d requests %d are left, not what this says: %+v", perMinute, left, a)
				}
				debt = a.Reset
			}
			if a := q.Ask(debt); a.Granted || a.Remaining != 0 {
				t.Errorf("one more than %d is granted: %+v", perMinute, a)
			}
		}
	})
	t.Run("however many they are, each takes some time", func(t *testing.T) {
		if spacing := (Quota{PerMinute: 1 << 40}).Spacing(); spacing <= 0 {
			t.Error(spacing)
		}
	})
	t.Run("a request is given back after its share of the minute", func(t *testing.T) {
		ten := Quota{PerMinute: 10}
		refused := ten.Ask(time.Minute)
		equal(t, Allowance{Limit: 10, Reset: time.Minute, RetryAfter: 6 * time.Second}, refused)
		equal(t, false, ten.Ask(time.Minute-refused.RetryAfter+time.Microsecond).Granted)
		equal(t, Allowance{Granted: true, Limit: 10, Reset: time.Minute}, ten.Ask(time.Minute-refused.RetryAfter))
	})
	t.Run("of two allowances the stricter one decides", func(t *testing.T) {
		few, many := Allowance{Granted: true, Remaining: 1}, Allowance{Granted: true, Remaining: 2}
		short, long := Allowance{RetryAfter: time.Second}, Allowance{RetryAfter: time.Minute}
		for _, c := range []struct{ strict, loose Allowance }{{few, many}, {short, few}, {long, short}} {
			equal(t, c.strict, c.strict.Stricter(c.loose))
			equal(t, c.strict, c.loose.Stricter(c.strict))
		}
	})
}

func equal[T comparable](t *testing.T, want, got T) {
	t.Helper()
	if want != got {
		t.Errorf("want %+v, got %+v", want, got)
	}
}
