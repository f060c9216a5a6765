package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func archiveUserCases() []testCase {
	return []testCase{
		{"an account is alone on its shelf, and comes back as it was put", archiveUser},
		{"an account that is put replaces that of its id, and frees its e-mail", archiveUserReplaced},
		{"an account is not put with the e-mail of another one", archiveUserTaken},
		{"an account is removed with its e-mail", archiveUserRemoved},
	}
}

// requireOnlyOnShelf checks a shelf of one thing, whose key is its owner.
func requireOnlyOnShelf[T any](t *testing.T, shelf ports.Shelf[T], owner domain.UserID, want T) {
	t.Helper()
	for after, items := range map[string][]T{"": {want}, string(owner[:30]): {want}, string(owner): {}, string(owner) + "0": {}} {
		got, err := shelf.Page(t.Context(), owner, after, 1)
		require.NoError(t, err)
		require.Equalf(t, items, got, "behind %q", after)
	}
}

// archivedUser returns a version of an account.
func archivedUser(n, version int) domain.User {
	user := newUser(version)
	user.ID, user.CreatedAt, user.UpdatedAt, user.Rev = userID(n), optional(version), optional(version+2), int64(10*version)
	return user
}

func archiveUser(t *testing.T, engine Engine) {
	s := engine.Open(t)
	shelf := s.Archive.Users
	requireShelf(t, shelf, userID(1), nil)
	require.NoError(t, shelf.Put(t.Context(), userID(1), nil))
	for n := 1; n <= 3; n++ {
		putItems(t, shelf, userID(n), archivedUser(n, n))
	}
	for n := 1; n <= 3; n++ {
		requireOnlyOnShelf(t, shelf, userID(n), archivedUser(n, n))
		requireUser(t, s, archivedUser(n, n))
	}
	requireShelf(t, shelf, userID(4), nil)
	taken := newUser(9)
	taken.Email = newUser(2).Email
	requireCode(t, domain.CodeEmailTaken, s.Users.InsertUser(t.Context(), taken))
}

func archiveUserReplaced(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, other := addUser(t, s, 1), addUser(t, s, 2)
	for version := 5; version >= 3; version-- {
		putItems(t, s.Archive.Users, first.ID, archivedUser(1, version))
		requireOnlyOnShelf(t, s.Archive.Users, first.ID, archivedUser(1, version))
	}
	requireUser(t, s, archivedUser(1, 3))
	requireUser(t, s, other)
	_, err := s.Users.UserByEmail(t.Context(), domain.EmailKey(first.Email))
	requireNotFound(t, err)
	heir := newUser(9)
	heir.Email = first.Email
	require.NoError(t, s.Users.InsertUser(t.Context(), heir))
	requireUser(t, s, heir)
	letters := archivedUser(1, 3)
	letters.Email, letters.Name = "PERSON3@example.ORG", "The same account"
	putItems(t, s.Archive.Users, first.ID, letters)
	requireUser(t, s, letters)
}

func archiveUserTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second := addUser(t, s, 1), addUser(t, s, 2)
	changed, fresh := second, newUser(3)
	changed.Email, changed.Name, fresh.Email = "PERSON1@Example.org", "Changed", first.Email
	for _, user := range []domain.User{changed, fresh} {
		requireCode(t, domain.CodeEmailTaken, s.Archive.Users.Put(t.Context(), user.ID, []domain.User{user}))
	}
	requireUser(t, s, first)
	requireUser(t, s, second)
	requireShelf(t, s.Archive.Users, fresh.ID, nil)
	_, err := s.Users.User(t.Context(), fresh.ID)
	requireNotFound(t, err)
}

func archiveUserRemoved(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second := addUser(t, s, 1), addUser(t, s, 2)
	require.NoError(t, s.Archive.Users.Remove(t.Context(), first.ID, nil))
	require.NoError(t, s.Archive.Users.Remove(t.Context(), first.ID, []string{string(second.ID)}), "that is another person's")
	requireUser(t, s, first)
	for range 2 {
		require.NoError(t, s.Archive.Users.Remove(t.Context(), first.ID, []string{string(first.ID)}))
		requireShelf(t, s.Archive.Users, first.ID, nil)
		_, err := s.Users.User(t.Context(), first.ID)
		requireNotFound(t, err)
	}
	requireUser(t, s, second)
	heir := newUser(9)
	heir.Email = first.Email
	putItems(t, s.Archive.Users, heir.ID, heir)
	requireUser(t, s, heir)
}

func archiveSettingsCases() []testCase {
	return []testCase{
		{"settings are alone on their shelf, and come back as they were put", archiveSettings},
		{"settings that are put replace those that were, and are pending as they say", archiveSettingsReplaced},
		{"settings that are removed are the default ones again", archiveSettingsRemoved},
	}
}

// archivedSettings returns settings with a revision.
func archivedSettings(owner domain.UserID, rev int64) domain.Settings {
	settings := newSettings(owner)
	settings.Rev, settings.RolloverHour = rev, int(rev%24)
	return settings
}

func archiveSettings(t *testing.T, engine Engine) {
	s := engine.Open(t)
	shelf := s.Archive.LearningSettings
	requireShelf(t, shelf, ada, nil)
	require.NoError(t, shelf.Put(t.Context(), ada, nil))
	theirs := domain.DefaultSettings(bob)
	theirs.Rev = 3
	putItems(t, shelf, ada, archivedSettings(ada, 70))
	putItems(t, shelf, bob, theirs)
	for _, want := range []domain.Settings{archivedSettings(ada, 70), theirs} {
		requireOnlyOnShelf(t, shelf, want.Owner, want)
		requireSettings(t, s, want)
	}
}

func archiveSettingsReplaced(t *testing.T, engine Engine) {
	s := engine.Open(t)
	storeSettings(t, s, newSettings(ada))
	storeSettings(t, s, newSettings(bob))
	settings := archivedSettings(ada, 90)
	requirePending := func(want ...domain.UserID) {
		t.Helper()
		got, err := s.LearningSettings.PendingSettings(t.Context(), at(1000), 10)
		require.NoError(t, err)
		require.ElementsMatch(t, want, got)
	}
	requirePending(ada, bob)
	settings.Pending = false
	putItems(t, s.Archive.LearningSettings, ada, settings)
	requirePending(bob)
	settings.Pending, settings.Rev, settings.UpdatedAt = true, 4, at(999)
	settings.Decks, settings.Limits = map[domain.DeckID]domain.Limits{deckID(7): {}}, domain.Limits{}
	putItems(t, s.Archive.LearningSettings, ada, settings)
	requirePending(ada, bob)
	requireOnlyOnShelf(t, s.Archive.LearningSettings, ada, settings)
	storeSettings(t, s, newSettings(ada)) // goes on from the revision that was put
	got, err := s.LearningSettings.LearningSettings(t.Context(), ada)
	require.NoError(t, err)
	require.Equal(t, int64(5), got.Rev)
}

func archiveSettingsRemoved(t *testing.T, engine Engine) {
	s := engine.Open(t)
	settings, theirs := storeSettings(t, s, newSettings(ada)), storeSettings(t, s, newSettings(bob))
	require.NoError(t, s.Archive.LearningSettings.Remove(t.Context(), ada, nil))
	require.NoError(t, s.Archive.LearningSettings.Remove(t.Context(), ada, []string{string(bob)}), "those are another person's")
	requireSettings(t, s, settings)
	for range 2 {
		require.NoError(t, s.Archive.LearningSettings.Remove(t.Context(), ada, []string{string(ada)}))
		requireShelf(t, s.Archive.LearningSettings, ada, nil)
		requireSettings(t, s, domain.DefaultSettings(ada))
	}
	requireSettings(t, s, theirs)
}
