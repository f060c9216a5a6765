package porttest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func apiTokenKind() kind[domain.APIToken] {
	return kind[domain.APIToken]{
		name: "API tokens", owner: ada, other: bob,
		shelf: func(a ports.Archive) ports.Shelf[domain.APIToken] { return a.APITokens },
		item: func(owner domain.UserID, key string, version int) domain.APIToken {
			return domain.APIToken{
				ID: domain.APITokenID(key), Owner: owner, Name: fmt.Sprint(" Prögram ", version), Hash: fmt.Sprint("hash", version),
				Scopes: []domain.Scope{domain.Scope(fmt.Sprint("scope", version)), "x"}[:1+version%2], CreatedAt: at(version),
				ExpiresAt: optional(version),
			}
		},
		key:    func(a domain.APIToken) string { return string(a.ID) },
		stored: requireAPIToken,
		gone: func(t *testing.T, s ports.Storage, a domain.APIToken) {
			_, err := s.APITokens.APIToken(t.Context(), a.Owner, a.ID)
			requireNotFound(t, err)
		},
	}
}

func placeKind() kind[domain.SignInPlace] {
	return kind[domain.SignInPlace]{
		name: "places", owner: ada, other: bob,
		shelf: func(a ports.Archive) ports.Shelf[domain.SignInPlace] { return a.SignInPlaces },
		item: func(owner domain.UserID, key string, version int) domain.SignInPlace {
			return domain.SignInPlace{Owner: owner, Network: key, FirstSeen: at(version), LastSeen: at(version + 9000)}
		},
		key: func(p domain.SignInPlace) string { return p.Network },
		stored: func(t *testing.T, s ports.Storage, p domain.SignInPlace) {
			requireKnown(t, s, true, p.Owner, p.Network)
		},
		gone: func(t *testing.T, s ports.Storage, p domain.SignInPlace) {
			requireKnown(t, s, false, p.Owner, p.Network)
		},
	}
}

// auditKind is the kind of the audit entries about somebody, or about nobody.
func auditKind(name string, owner, other domain.UserID) kind[domain.AuditEntry] {
	entries := func(t *testing.T, s ports.Storage, subject domain.UserID) []domain.AuditEntry {
		t.Helper()
		got, err := s.Audits.AuditsOf(t.Context(), subject, ports.Page{Limit: 1000})
		require.NoError(t, err)
		return got
	}
	return kind[domain.AuditEntry]{
		name: name, owner: owner, other: other,
		shelf: func(a ports.Archive) ports.Shelf[domain.AuditEntry] { return a.Audits },
		item: func(owner domain.UserID, key string, version int) domain.AuditEntry {
			return domain.AuditEntry{
				ID: domain.AuditEntryID(key), At: at(version), Subject: owner, Actor: fmt.Sprint("actor", version),
				Action: domain.Action(fmt.Sprint("action", version)), Object: fmt.Sprint("object", version), Address: fmt.Sprint("192.0.2.", version),
			}
		},
		key: func(a domain.AuditEntry) string { return string(a.ID) },
		stored: func(t *testing.T, s ports.Storage, a domain.AuditEntry) {
			require.Contains(t, entries(t, s, a.Subject), a)
		},
		gone: func(t *testing.T, s ports.Storage, a domain.AuditEntry) {
			for _, entry := range entries(t, s, a.Subject) {
				require.NotEqual(t, a.ID, entry.ID)
			}
		},
	}
}

func archiveDeletionCases() []testCase {
	return []testCase{
		{"a deletion is alone on its shelf, and comes back as it was put", archiveDeletion},
		{"a deletion that is put replaces that of its owner, and is gone when it is removed", archiveDeletionReplaced},
	}
}

// archivedDeletion returns a version of a deletion.
func archivedDeletion(owner domain.UserID, version int) domain.Deletion {
	parts := domain.Parts()
	return domain.Deletion{
		Owner: owner, RequestedAt: at(version), Cleared: parts[:version%4], Finished: parts[version%4:], Rev: int64(10 * version),
	}
}

func archiveDeletion(t *testing.T, engine Engine) {
	s := engine.Open(t)
	shelf := s.Archive.Deletions
	requireShelf(t, shelf, ada, nil)
	require.NoError(t, shelf.Put(t.Context(), ada, nil))
	mine, theirs := archivedDeletion(ada, 3), archivedDeletion(bob, 4)
	putItems(t, shelf, ada, mine)
	putItems(t, shelf, bob, theirs)
	for _, want := range []domain.Deletion{mine, theirs} {
		requireOnlyOnShelf(t, shelf, want.Owner, want)
	}
	requireDeletions(t, s, mine, theirs)
}

func archiveDeletionReplaced(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addDeletion(t, s, newDeletion(ada, 1))
	theirs := addDeletion(t, s, newDeletion(bob, 100))
	for version := 5; version >= 3; version-- {
		putItems(t, s.Archive.Deletions, ada, archivedDeletion(ada, version))
		requireDeletions(t, s, archivedDeletion(ada, version), theirs)
	}
	got, err := s.Deletions.UpdateDeletion(t.Context(), ada, func(*domain.Deletion) error { return nil })
	require.NoError(t, err)
	require.Equal(t, int64(31), got.Rev, "it goes on from the revision that was put")
	require.NoError(t, s.Archive.Deletions.Remove(t.Context(), ada, nil))
	require.NoError(t, s.Archive.Deletions.Remove(t.Context(), ada, []string{string(bob)}), "that is another person's")
	requireDeletions(t, s, got, theirs)
	for range 2 {
		require.NoError(t, s.Archive.Deletions.Remove(t.Context(), ada, []string{string(ada)}))
		requireShelf(t, s.Archive.Deletions, ada, nil)
		requireDeletions(t, s, theirs)
	}
}

// archivePlaceSeen looks at the shelf, since no other port tells when a place was first seen.
func archivePlaceSeen(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := newPlace(ada, 1)
	require.False(t, see(t, s, want))
	for n := range 2 {
		again := newPlace(ada, 1)
		again.FirstSeen, again.LastSeen = at(500+n), at(1000+n)
		require.True(t, see(t, s, again))
		want.LastSeen = again.LastSeen
		requireShelf(t, s.Archive.SignInPlaces, ada, []domain.SignInPlace{want})
	}
	for i, instant := range instants() {
		place := newPlace(bob, i)
		place.FirstSeen, place.LastSeen = instant, instant
		require.False(t, see(t, s, place))
		place.FirstSeen, place.LastSeen = instant.UTC(), instant.UTC()
		got, err := s.Archive.SignInPlaces.Page(t.Context(), bob, "", 100)
		require.NoError(t, err)
		require.Contains(t, got, place)
	}
}
