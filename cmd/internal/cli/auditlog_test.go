package cli

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// insertAudit stores an entry about the first person.
func insertAudit(t *testing.T, storage ports.Storage, at time.Time, action domain.Action) {
	t.Helper()
	require.NoError(t, storage.Audits.InsertAudit(t.Context(), domain.AuditEntry{
		ID: domain.AuditEntryID(system.IDs{}.NewID()), At: at, Subject: auditUser(1), Actor: string(auditUser(1)), Action: action,
		Object: "o", Address: "203.0.113.7",
	}))
}

func TestAuditTellsTheWholeLog(t *testing.T) {
	environ, storage := installed(t)
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for n := range 2*listPage + 1 {
		insertAudit(t, storage, day.Add(time.Duration(n/2)*time.Minute), domain.ActionSignedIn)
	}
	require.NoError(t, storage.Audits.InsertAudit(t.Context(), domain.AuditEntry{
		ID: "0190a000-0000-7000-8000-000000000001", At: day.Add(-time.Millisecond), Actor: "operator:root\x1b", Action: domain.ActionConfigSet, Object: "frontend",
	}))
	t.Run("in the order of time, over all pages, of everybody", func(t *testing.T) {
		stdout, err := run(t, environ, "audit")
		require.NoError(t, err)
		lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
		require.Len(t, lines, 2*listPage+2)
		assert.IsNonDecreasing(t, lines, "the time comes first")
		assert.Equal(t, []string{"2026-02-28T23:59:59.999Z", "config_set", "-", "operator:root\ufffd", "frontend", "-"}, strings.Fields(lines[0]))
		user := string(auditUser(1))
		assert.Equal(t, []string{"2026-03-01T00:00:00.000Z", "signed_in", user, user, "o", "203.0.113.7"}, strings.Fields(lines[1]))
	})
	t.Run("of one person too, where a page ends between two entries of one time", func(t *testing.T) {
		insertAudit(t, storage, day.Add(-time.Hour), domain.ActionSignedUp)
		stdout, err := run(t, environ, "user", "audit", string(auditUser(1)))
		require.NoError(t, err)
		assert.Equal(t, 2*listPage+2, strings.Count(stdout, "\n"))
	})
	for since, count := range map[string]int{
		"2026-03-01": 2*listPage + 1, "2026-03-01T01:00:00+01:00": 2*listPage + 1, "2026-03-01T00:00:00.001Z": 2*listPage - 1, "1h": 0,
	} {
		t.Run("from "+since+" on", func(t *testing.T) {
			stdout, err := run(t, environ, "audit", "-since", since)
			require.NoError(t, err)
			assert.Equal(t, count, strings.Count(stdout, "\n"))
		})
	}
}

func TestAuditRefusesOtherCalls(t *testing.T) {
	for _, args := range [][]string{{"everything"}, {"-since", "yesterday"}, {"-since", "-1h"}, {"-since"}} {
		_, err := run(t, nil, append([]string{"audit"}, args...)...)
		assert.ErrorIs(t, err, process.ErrUsage, "%q", args)
		assert.ErrorContains(t, err, "spacey audit -help")
	}
	stdout, err := run(t, nil, "audit", "-help")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(stdout, "Usage: spacey audit"))
}

// shared is a buffer that one writes and others read.
type shared struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func TestAuditFollowsTheLogUntilItIsStopped(t *testing.T) {
	environ, storage := installed(t)
	now := system.Clock{}.Now()
	insertAudit(t, storage, now, domain.ActionSignedIn)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var stdout shared
	done := make(chan error, 1)
	go func() { done <- runAuditLog(ctx, []string{"-follow"}, environ, &stdout) }()
	told := func(action domain.Action) func() bool {
		return func() bool { return strings.Contains(stdout.String(), string(action)) }
	}
	require.Eventually(t, told(domain.ActionSignedIn), time.Minute, 5*time.Millisecond)
	insertAudit(t, storage, now.Add(-10*time.Second), domain.ActionSignedOut) // it comes late
	require.Eventually(t, told(domain.ActionSignedOut), time.Minute, 5*time.Millisecond)
	insertAudit(t, storage, now.Add(time.Hour), domain.ActionExported)
	require.Eventually(t, told(domain.ActionExported), time.Minute, 5*time.Millisecond)
	stop()
	require.NoError(t, <-done, "to be stopped is no failure")
	assert.Equal(t, 3, strings.Count(stdout.String(), "\n"), "each is told once")
}

func TestAFollowerRemembersOnlyWhatMayComeAgain(t *testing.T) {
	_, storage := installed(t)
	now := system.Clock{}.Now()
	for n := range 2*rememberedAtOnce + 10 {
		insertAudit(t, storage, now.Add(time.Duration(n)*time.Second), domain.ActionSignedIn)
	}
	var stdout strings.Builder
	f := &auditFollower{audits: storage.Audits, stdout: &stdout, told: map[domain.AuditEntryID]time.Time{}}
	for range 3 {
		require.NoError(t, f.catchUp(t.Context()))
		assert.Equal(t, 2*rememberedAtOnce+10, strings.Count(stdout.String(), "\n"))
		assert.Len(t, f.told, int(followWindow/time.Second)+1)
		assert.Equal(t, f.newest.Add(-followWindow), f.from)
	}
}
