package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testAudits(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"an audit entry comes back as given", auditRoundTrip},
		{"times of an audit entry come back in UTC to the millisecond", auditTimes},
		{"texts of an audit entry come back byte for byte, empty ones too", auditTexts},
		{"an audit entry of an id that the subject has conflicts", auditTaken},
		{"of many audit entries of one id one is kept", auditRace},
		{"all audit entries are listed in order of time, then id, in pages", auditPages},
		{"the audit entries about a person, or about nobody, are listed by themselves", auditPagesOf},
		{"without audit entries their lists are empty", auditListEmpty},
		{"a cancelled context stores and lists no audit entry", auditCancelled},
	})
}

func auditPlace(a domain.AuditEntry) ports.Cursor { return ports.Cursor{At: a.At, ID: string(a.ID)} }

func addAudit(t *testing.T, s ports.Storage, entry domain.AuditEntry) domain.AuditEntry {
	t.Helper()
	require.NoError(t, s.Audits.InsertAudit(t.Context(), entry))
	return entry
}

// requireAudits checks all audit entries about a person.
func requireAudits(t *testing.T, s ports.Storage, subject domain.UserID, want ...domain.AuditEntry) {
	t.Helper()
	got, err := s.Audits.AuditsOf(t.Context(), subject, ports.Page{Limit: 1000})
	require.NoError(t, err)
	require.Equal(t, append([]domain.AuditEntry{}, want...), got)
}

// requireAllAudits checks all audit entries.
func requireAllAudits(t *testing.T, s ports.Storage, want ...domain.AuditEntry) {
	t.Helper()
	got, err := s.Audits.Audits(t.Context(), ports.Page{Limit: 1000})
	require.NoError(t, err)
	require.Equal(t, append([]domain.AuditEntry{}, want...), got)
}

func auditRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine, ofNobody := addAudit(t, s, newAudit(ada, 1)), newAudit("", 2)
	ofNobody.Actor, ofNobody.Object = domain.Operator("ada"), "frontend"
	addAudit(t, s, ofNobody)
	requireAudits(t, s, ada, mine)
	requireAudits(t, s, "", ofNobody)
	requireAllAudits(t, s, mine, ofNobody)
}

func auditTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range instants() {
		entry := newAudit(userID(i), i)
		entry.At = instant
		addAudit(t, s, entry)
		entry.At = instant.UTC()
		requireAudits(t, s, entry.Subject, entry)
	}
}

func auditTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := []domain.AuditEntry{}
	for i, text := range append(texts(), "") {
		entry := newAudit(ada, i)
		entry.Actor, entry.Action, entry.Object, entry.Address = text, domain.Action(text), text, text
		want = append(want, addAudit(t, s, entry))
	}
	requireAudits(t, s, ada, want...)
}

func auditTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine, ofNobody := addAudit(t, s, newAudit(ada, 1)), addAudit(t, s, newAudit("", 2))
	for _, entry := range []domain.AuditEntry{mine, ofNobody} {
		again := entry
		again.Action, again.At = domain.ActionDisabled, at(99)
		requireCode(t, domain.CodeConflict, s.Audits.InsertAudit(t.Context(), again))
	}
	theirs := newAudit(bob, 3)
	theirs.ID = mine.ID
	addAudit(t, s, theirs)
	requireAllAudits(t, s, mine, ofNobody, theirs)
}

func auditRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	entry := func(i int) domain.AuditEntry {
		a := newAudit(ada, i)
		a.ID = auditID(1)
		return a
	}
	got := race(racers, func(i int) error { return s.Audits.InsertAudit(t.Context(), entry(i)) })
	requireAudits(t, s, ada, entry(requireOneWinner(t, got, domain.CodeConflict)))
}

// addAuditList inserts entries about Ada, Bob and nobody in turn, and returns their list.
func addAuditList(t *testing.T, s ports.Storage) []domain.AuditEntry {
	t.Helper()
	list := mixed(func(n int, when time.Time) domain.AuditEntry {
		entry := newAudit([]domain.UserID{bob, "", ada}[n%3], n)
		entry.At = when
		return entry
	})
	for _, i := range shuffled() {
		addAudit(t, s, list[i])
	}
	return list
}

func auditPages(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addAuditList(t, s)
	requirePages(t, list, auditPlace, func(page ports.Page) ([]domain.AuditEntry, error) { return s.Audits.Audits(t.Context(), page) })
	place := ports.Cursor{At: at(3), ID: string(auditID(3))}
	got, err := s.Audits.Audits(t.Context(), ports.Page{After: place, Limit: 2})
	require.NoError(t, err)
	require.Equal(t, list[4:6], got, "behind one that is not there")
}

func auditPagesOf(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addAuditList(t, s)
	for _, subject := range []domain.UserID{ada, ""} {
		list := mixed(func(n int, when time.Time) domain.AuditEntry {
			entry := newAudit(subject, n+100)
			entry.At = when
			return entry
		})
		for _, i := range shuffled() {
			addAudit(t, s, list[i])
		}
		want := []domain.AuditEntry{}
		all, err := s.Audits.Audits(t.Context(), ports.Page{Limit: 1000})
		require.NoError(t, err)
		for _, entry := range all {
			if entry.Subject == subject {
				want = append(want, entry)
			}
		}
		require.Greater(t, len(want), len(list), "some of those before are about the subject")
		requirePages(t, want, auditPlace, func(page ports.Page) ([]domain.AuditEntry, error) {
			return s.Audits.AuditsOf(t.Context(), subject, page)
		})
		got, err := s.Audits.AuditsOf(t.Context(), subject, ports.Page{After: ports.Cursor{At: at(3), ID: string(auditID(103))}, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, list[4:5], got, "behind one that is not there")
	}
}

func auditListEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list, err := s.Audits.Audits(t.Context(), ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	entry := addAudit(t, s, newAudit(ada, 1))
	for _, subject := range []domain.UserID{bob, "", ada[:20]} {
		list, err = s.Audits.AuditsOf(t.Context(), subject, ports.Page{Limit: 10})
		requireEmpty(t, list, err)
	}
	list, err = s.Audits.AuditsOf(t.Context(), ada, ports.Page{After: auditPlace(entry), Limit: 10})
	requireEmpty(t, list, err)
}

func auditCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	entry := addAudit(t, s, newAudit(ada, 1))
	ctx := cancelled(t)
	_, all := s.Audits.Audits(ctx, ports.Page{Limit: 10})
	_, mine := s.Audits.AuditsOf(ctx, ada, ports.Page{Limit: 10})
	requireCancelled(t, map[string]error{
		"InsertAudit": s.Audits.InsertAudit(ctx, newAudit(ada, 2)), "Audits": all, "AuditsOf": mine,
	})
	requireAllAudits(t, s, entry)
}
