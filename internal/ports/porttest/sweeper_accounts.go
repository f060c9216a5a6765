package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func sweepAccountCases() []testCase {
	return []testCase{
		{"API tokens are removed a month after they expired, others stay", sweepAPITokens},
		{"places are removed when nobody was seen there for long, others stay", sweepPlaces},
		{"audit entries are removed when they are old, others stay", sweepAudits},
		{"expired attempts are removed, others stay", sweepAttempts},
		{"expired requests are removed, others stay, answered or not", sweepRequests},
		{"deletions are never swept", sweepDeletions},
		{"what was used is forgotten after some days, notes stay", sweepGeneration},
	}
}

// ages returns times around an age before at(0): those below half have passed it.
func ages(age time.Duration) []time.Time {
	times := []time.Time{}
	for _, hours := range []int{-10_000, -50, -1, 1, 50, 10_000} {
		times = append(times, at(0).Add(-age+time.Duration(hours)*time.Hour))
	}
	return times
}

func sweepAPITokens(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := []domain.APIToken{}
	times := append(ages(30*24*time.Hour), time.Time{})
	for i, expires := range times {
		token := newAPIToken(ada, i)
		token.ExpiresAt = expires
		addAPIToken(t, s, token)
		if i >= 3 {
			want = append(want, token)
		}
	}
	sweep(t, s, at(0))
	requireAPITokens(t, s, ada, want...)
	sweep(t, s, at(0).AddDate(50, 0, 0))
	requireAPITokens(t, s, ada, want[len(want)-1])
}

func sweepPlaces(t *testing.T, engine Engine) {
	s := engine.Open(t)
	times := ages(domain.SignInPlaceLifetime)
	for i, seen := range times {
		place := newPlace(ada, i)
		place.FirstSeen, place.LastSeen = at(0).AddDate(-20, 0, 0), seen
		require.False(t, see(t, s, place))
	}
	sweep(t, s, at(0))
	for i := range times {
		requireKnown(t, s, i >= 3, ada, network(i))
	}
	require.False(t, see(t, s, newPlace(ada, 0)), "a place that was forgotten is new")
}

func sweepAudits(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := map[domain.UserID][]domain.AuditEntry{}
	for i, instant := range ages(domain.AuditLifetime) {
		for _, subject := range []domain.UserID{ada, ""} {
			entry := newAudit(subject, i)
			entry.At = instant
			addAudit(t, s, entry)
			if i >= 3 {
				want[subject] = append(want[subject], entry)
			}
		}
	}
	sweep(t, s, at(0))
	requireAudits(t, s, ada, want[ada]...)
	requireAudits(t, s, "", want[""]...)
}

func sweepAttempts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	times := ages(0)
	stored := []domain.Attempts{}
	for i, expires := range times {
		attempts := newAttempts(uuid(1, i), 1)
		attempts.LastAt, attempts.ExpiresAt = at(0).AddDate(-5, 0, 0), expires
		stored = append(stored, addAttempts(t, s, attempts))
	}
	sweep(t, s, at(0))
	for i, attempts := range stored {
		if i < 3 {
			attempts = domain.Attempts{Key: attempts.Key}
		}
		requireAttempts(t, s, attempts)
	}
}

func sweepRequests(t *testing.T, engine Engine) {
	s := engine.Open(t)
	stored := []domain.IdempotentRequest{}
	for i, expires := range ages(0) {
		request := newRequest([]domain.UserID{ada, ""}[i%2], i, 0)
		request.CreatedAt, request.ExpiresAt = expires.AddDate(-2, 0, 0), expires
		request.LeaseEnds = expires.AddDate(-2, 0, 1)
		stored = append(stored, requireBegun(t, s, request, request.CreatedAt))
		if i > 3 {
			stored[i] = answerRequest(t, s, stored[i], 200, []byte("answer"))
		}
	}
	sweep(t, s, at(0))
	for i, request := range stored {
		if i >= 3 {
			requireStored(t, s, request)
			continue
		}
		// By then it would not have expired.
		probe := later(request, 1)
		probe.Fingerprint = "another"
		requireBegun(t, s, probe, request.CreatedAt)
	}
}

func sweepDeletions(t *testing.T, engine Engine) {
	s := engine.Open(t)
	fresh, done := addDeletion(t, s, newDeletion(ada, 1)), newDeletion(bob, 2)
	done.Cleared, done.Finished = domain.Parts(), domain.Parts()
	addDeletion(t, s, done)
	sweep(t, s, at(0).AddDate(50, 0, 0))
	requireDeletions(t, s, fresh, done)
}

func sweepGeneration(t *testing.T, engine Engine) {
	s := engine.Open(t)
	today := domain.Day(at(0).Unix() / 86_400)
	kept := map[domain.Day]bool{
		0: false, today - 100: false, today - 4: false, today - 2: true, today - 1: true, today: true, today + 1: true, today + 100: true,
	}
	for day := range kept {
		require.True(t, count(t, s, ada, day, 3, 3))
	}
	old, late := newNote(ada, 1), openNote(ada, 2)
	old.AddedAt, old.UpdatedAt = at(0).AddDate(-9, 0, 0), at(0).AddDate(-9, 0, 0)
	putNote(t, s, old)
	putNote(t, s, late)
	sweep(t, s, at(0))
	for day, stays := range kept {
		requireUsed(t, s, map[bool]int{true: 3, false: 0}[stays], ada, day)
	}
	requireNotes(t, s, ada, old, late)
}
