package ports

import "time"

// QuotaWindow is the time in which all requests of a quota are given back.
const QuotaWindow = time.Minute

// Quota is how many requests there are for a key. They may come at once; they are given back one by one, evenly over a
// minute. This is the generic cell rate algorithm: all that must be remembered of a key is one time.
type Quota struct {
	// Key is who the requests are counted for.
	Key []byte
	// PerMinute is how many requests there are, at least 1. Of ten thousand and more there may be one in a thousand more.
	PerMinute int
}

// Spacing is the time in which one request is given back, in whole microseconds, so that whoever counts in these counts
// the same.
func (q Quota) Spacing() time.Duration {
	return max((QuotaWindow / time.Duration(q.PerMinute)).Truncate(time.Microsecond), time.Microsecond)
}

// Allowance is what is left of a quota.
type Allowance struct {
	// Granted reports whether the present request is within the quota.
	Granted bool
	// Limit is how many requests there are in a minute, Remaining how many are left at once.
	Limit, Remaining int
	// Reset is how long it takes until all of them are there again.
	Reset time.Duration
	// RetryAfter is how long it takes until a request that was refused would be granted; 0 when it was granted.
	RetryAfter time.Duration
}

// Ask returns what a request would leave. debt is how long it would take to give back all that was used before, 0 to
// QuotaWindow.
func (q Quota) Ask(debt time.Duration) Allowance {
	after := debt + q.Spacing()
	a := Allowance{Granted: after <= QuotaWindow, Limit: q.PerMinute, Reset: after}
	if !a.Granted {
		a.Reset, a.RetryAfter = debt, after-QuotaWindow
		return a
	}
	a.Remaining = min(int((QuotaWindow-after)/q.Spacing()), q.PerMinute-1)
	return a
}

// Stricter returns the one of two allowances that decides: a refusal, of two refusals the longer one, else the one with
// fewer requests left.
func (a Allowance) Stricter(b Allowance) Allowance {
	switch {
	case a.Granted != b.Granted:
		if b.Granted {
			return a
		}
		return b
	case b.RetryAfter > a.RetryAfter || b.Remaining < a.Remaining:
		return b
	}
	return a
}
