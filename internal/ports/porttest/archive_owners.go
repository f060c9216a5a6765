package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func archiveOwnersCases() []testCase {
	return []testCase{
		{"people with one thing of any kind are found in order, each once, in parts", archiveOwners},
		{"people are found by what was put, and not by what was removed", archiveOwnersPut},
		{"an empty store has no owners", archiveOwnersNone},
	}
}

func requireOwners(t *testing.T, s ports.Storage, want ...domain.UserID) {
	t.Helper()
	want = append([]domain.UserID{}, want...)
	place := func(id domain.UserID) ports.Cursor { return ports.Cursor{ID: string(id)} }
	requirePages(t, want, place, func(page ports.Page) ([]domain.UserID, error) {
		return s.Archive.Owners.Owners(t.Context(), domain.UserID(page.After.ID), page.Limit)
	})
}

func archiveOwners(t *testing.T, engine Engine) {
	s := engine.Open(t)
	// Each has one thing, or several of one kind; 5 has everything.
	for _, n := range []int{5, 2} {
		addUser(t, s, n)
	}
	for _, n := range []int{1, 5} {
		addSession(t, s, newSession(userID(n), 1))
		addSession(t, s, newSession(userID(n), 2))
	}
	for _, n := range []int{9, 5} {
		storeSettings(t, s, newSettings(userID(n)))
	}
	for _, n := range []int{5, 3} {
		require.NoError(t, s.LearningSessions.InsertLearningSession(t.Context(), newLearningSession(userID(n), 1)))
		require.NoError(t, s.LearningSessions.InsertLearningSession(t.Context(), newLearningSession(userID(n), 2)))
	}
	appendEvents(t, s, newEvents(userID(5), 1, cardID(1), cardID(2))...)
	appendEvents(t, s, newEvents(userID(8), 1, cardID(1), cardID(2))...)
	for _, n := range []int{7, 5} {
		addCards(t, s, addDeck(t, s, userID(n), 1), 1, 2)
	}
	for _, n := range []int{14, 5} {
		putNote(t, s, newNote(userID(n), 1))
		putNote(t, s, newNote(userID(n), 2))
	}
	addOwnersOfContent(t, s)
	addDeck(t, s, userID(4), 1)
	addDeck(t, s, userID(6), 1)
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), userID(6), deckID(1)), "the id stays, and is somebody's")
	addOwnersOfAccounts(t, s)
	addToken(t, s, newToken(userID(28), 1))
	addConfig(t, s, newConfig(string(userID(25))))
	_, err := s.Statistics.PutCachedMonth(t.Context(), userID(26), 0, ports.CachedMonth{Month: 24_315, Seq: 1, Data: []byte("1")})
	require.NoError(t, err)
	requireBegun(t, s, newRequest(userID(27), 1, 1), at(1))
	require.True(t, count(t, s, userID(29), usageDay, 1, 1))
	addAudit(t, s, newAudit("", 1))

	want := []domain.UserID{}
	for n := 1; n <= 17; n++ {
		want = append(want, userID(n))
	}
	requireOwners(t, s, want...)
	for after, rest := range map[domain.UserID][]domain.UserID{
		userID(4) + "0": want[4:], userID(4)[:30]: want, userID(0): want, userID(25): {}, "": want,
	} {
		got, err := s.Archive.Owners.Owners(t.Context(), after, 100)
		require.NoError(t, err)
		require.Equalf(t, rest, got, "behind %s, who is not there", after)
	}
}

// addOwnersOfAccounts gives some people one thing that belongs to an account without having one, and 5 all of them.
func addOwnersOfAccounts(t *testing.T, s ports.Storage) {
	t.Helper()
	for _, n := range []int{10, 5} {
		addAPIToken(t, s, newAPIToken(userID(n), 1))
		addAPIToken(t, s, newAPIToken(userID(n), 2))
	}
	for _, n := range []int{5, 11} {
		see(t, s, newPlace(userID(n), 1))
		see(t, s, newPlace(userID(n), 2))
	}
	for _, n := range []int{12, 5} {
		addAudit(t, s, newAudit(userID(n), 1))
		addAudit(t, s, newAudit(userID(n), 2))
	}
	for _, n := range []int{5, 13} {
		addDeletion(t, s, newDeletion(userID(n), 1))
	}
}

// addOwnersOfContent gives some people contents, parts of blobs or jobs only, and 5 all of them.
func addOwnersOfContent(t *testing.T, s ports.Storage) {
	t.Helper()
	for _, n := range []int{5, 15} {
		addContent(t, s, newContent(userID(n), 1))
		addContent(t, s, newContent(userID(n), 2))
	}
	for _, n := range []int{16, 5} {
		putPart(t, s, userID(n), newPart("a", 0))
		putPart(t, s, userID(n), newPart("a", 1))
	}
	for _, n := range []int{17, 5} {
		addJob(t, s, newJob(userID(n), 1))
		addJob(t, s, newJob(userID(n), 2))
	}
}

func archiveOwnersPut(t *testing.T, engine Engine) {
	s := engine.Open(t)
	a := s.Archive
	putItems(t, a.Sessions, userID(3), newSession(userID(3), 1))
	putItems(t, a.Decks, userID(1), ports.ArchivedDeck{Deck: newDeck(userID(1), 1)})
	putItems(t, a.Cards, userID(4), archived(newCard(newDeck(userID(4), 1), 1), newMemory(1)))
	putItems(t, a.Users, userID(2), newUser(2))
	putItems(t, a.LearningSettings, userID(6), newSettings(userID(6)))
	putItems(t, a.LearningSessions, userID(7), newLearningSession(userID(7), 1))
	putEvents(t, s, newEvent(userID(5), 1, cardID(1)))
	putItems(t, a.APITokens, userID(8), newAPIToken(userID(8), 1))
	putItems(t, a.SignInPlaces, userID(9), newPlace(userID(9), 1))
	putItems(t, a.Audits, userID(10), newAudit(userID(10), 1))
	putItems(t, a.Audits, "", newAudit("", 1))
	putItems(t, a.Deletions, userID(11), newDeletion(userID(11), 1))
	putItems(t, a.Notes, userID(12), newNote(userID(12), 1))
	part, job := newPart("a", 0), newJob(userID(15), 1)
	putItems(t, a.Contents, userID(13), ports.ArchivedContent{Content: newContent(userID(13), 1), ContentTexts: newTexts(1)})
	putItems(t, a.Blobs, userID(14), part)
	putItems(t, a.Jobs, userID(15), job)
	requireOwners(t, s, userID(1), userID(2), userID(3), userID(4), userID(5), userID(6), userID(7), userID(8), userID(9), userID(10), userID(11),
		userID(12), userID(13), userID(14), userID(15))
	require.NoError(t, a.Contents.Remove(t.Context(), userID(13), []string{string(contentID(1))}))
	require.NoError(t, a.Blobs.Remove(t.Context(), userID(14), []string{ports.BlobPartKey(&part)}))
	require.NoError(t, a.Jobs.Remove(t.Context(), userID(15), []string{ports.JobKey(&job)}))
	require.NoError(t, a.Notes.Remove(t.Context(), userID(12), []string{string(deckID(1))}))
	require.NoError(t, a.APITokens.Remove(t.Context(), userID(8), []string{string(apiTokenID(1))}))
	require.NoError(t, a.SignInPlaces.Remove(t.Context(), userID(9), []string{network(1)}))
	require.NoError(t, a.Audits.Remove(t.Context(), userID(10), []string{string(auditID(1))}))
	require.NoError(t, a.Deletions.Remove(t.Context(), userID(11), []string{string(userID(11))}))
	require.NoError(t, a.Sessions.Remove(t.Context(), userID(3), []string{string(sessionID(1))}))
	require.NoError(t, a.Users.Remove(t.Context(), userID(2), []string{string(userID(2))}))
	require.NoError(t, a.Cards.Remove(t.Context(), userID(4), []string{string(cardID(1))}))
	require.NoError(t, a.LearningSettings.Remove(t.Context(), userID(6), []string{string(userID(6))}))
	requireOwners(t, s, userID(1), userID(5), userID(7))
}

func archiveOwnersNone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	got, err := s.Archive.Owners.Owners(t.Context(), "", 10)
	requireEmpty(t, got, err)
}
