package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testErasure(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"an erased account is gone with all that belongs to it, and nothing else", eraseAccount},
		{"erased decks are gone with their cards and tombstones, and nothing else", eraseDecks},
		{"what was learned is gone when it is erased, and nothing else", eraseLearning},
		{"erased notes are gone with what was counted, content, files and jobs, and nothing else", eraseGeneration},
		{"erasing what is gone, or was never there, is done at once", eraseAgain},
		{"a person of whom everything was erased is no owner, and does not come back", eraseAll},
		{"what was erased can be stored again", eraseAnew},
		{"a cancelled context erases nothing", eraseCancelled},
	})
	runCases(t, engine, eraseManyCases())
}

// inhabitTwo gives two people something of everything. The second one's belongings must stay.
func inhabitTwo(t *testing.T, s ports.Storage) (owner, other domain.UserID, mine, theirs belongings) {
	t.Helper()
	owner, other = inhabit(t, s, 1), inhabit(t, s, 2)
	addAudit(t, s, newAudit("", 300))
	requireBegun(t, s, newRequest("", 1, 1), at(1))
	mine, theirs = belongingsOf(t, s, owner), belongingsOf(t, s, other)
	require.Len(t, mine.account.requests, 2)
	require.Len(t, mine.memories, 2)
	require.Len(t, mine.notes, 2)
	require.Len(t, mine.content.contents, 2)
	require.Len(t, mine.content.blobs, 4)
	require.Len(t, mine.content.jobs, 2)
	require.True(t, mine.used)
	require.Len(t, mine.decks.decks, 3, "a tombstone too")
	return owner, other, mine, theirs
}

// requireOthers checks that nothing is missing of a person, nor of what belongs to nobody.
func requireOthers(t *testing.T, s ports.Storage, other domain.UserID, theirs belongings) {
	t.Helper()
	require.Equal(t, theirs, belongingsOf(t, s, other))
	requireAudits(t, s, "", newAudit("", 300))
	requireStored(t, s, plainRequest(newRequest("", 1, 1)))
	got, err := s.PublishedDecks.PublishedDecks(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Contains(t, got, publishedDeck(other, 1, 2))
}

func eraseAccount(t *testing.T, engine Engine) {
	s := engine.Open(t)
	owner, other, mine, theirs := inhabitTwo(t, s)
	erase(t, s, owner, domain.PartAccount)
	want := mine
	want.account = nothing().account
	require.Equal(t, want, belongingsOf(t, s, owner))
	requireOthers(t, s, other, theirs)

	_, err := s.Users.User(t.Context(), owner)
	requireNotFound(t, err)
	_, err = s.Users.UserByEmail(t.Context(), domain.EmailKey(newUser(1).Email))
	requireNotFound(t, err)
	users, err := s.Users.ListUsers(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, theirs.account.users, users)
	for n := 1; n <= 2; n++ {
		_, err = s.Sessions.Session(t.Context(), owner, sessionID(n))
		requireNotFound(t, err)
		_, err = s.APITokens.APIToken(t.Context(), owner, apiTokenID(n))
		requireNotFound(t, err)
		_, err = consume(t, s, newToken(owner, 100+n), at(0))
		requireNotFound(t, err)
		requireKnown(t, s, false, owner, network(n))
		requireKnown(t, s, true, other, network(n))
	}
	requireSessions(t, s, owner)
	requireAPITokens(t, s, owner)
	requireAudits(t, s, owner)
	requireAllAudits(t, s, newAudit(other, 201), newAudit(other, 202), newAudit("", 300))
}

func eraseDecks(t *testing.T, engine Engine) {
	s := engine.Open(t)
	owner, other, mine, theirs := inhabitTwo(t, s)
	erase(t, s, owner, domain.PartDecks)
	want := mine
	want.decks, want.memories = nothing().decks, nothing().memories
	require.Equal(t, want, belongingsOf(t, s, owner))
	requireOthers(t, s, other, theirs)

	for n := 1; n <= 3; n++ {
		_, err := s.Decks.Deck(t.Context(), owner, deckID(n))
		requireNotFound(t, err)
		require.Empty(t, deckMemories(t, s, owner, deckID(n)))
	}
	for n := 1; n <= 5; n++ {
		_, err := s.Cards.Card(t.Context(), owner, cardID(n))
		requireNotFound(t, err)
		_, err = s.Memories.Memory(t.Context(), owner, cardID(n))
		requireNotFound(t, err)
	}
	decks, err := s.Decks.Decks(t.Context(), owner, ports.Page{Limit: 10})
	requireEmpty(t, decks, err)
	cards, err := s.Cards.Cards(t.Context(), owner, "", ports.Page{Limit: 10})
	requireEmpty(t, cards, err)
	published, err := s.PublishedDecks.PublishedDecks(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.Deck{publishedDeck(other, 1, 2)}, published)
	requireStudy(t, s, owner, ports.StudyQuery{Phase: domain.PhaseNew, Limit: 10})
	requireStudy(t, s, owner, ports.StudyQuery{Phase: domain.PhaseRelearning, DueBy: at(1_000_000), Limit: 10})
}

func eraseLearning(t *testing.T, engine Engine) {
	s := engine.Open(t)
	owner, other, mine, theirs := inhabitTwo(t, s)
	events := mine.learning.events
	erase(t, s, owner, domain.PartLearning)
	want := mine
	want.learning, want.memories = nothing().learning, nothing().memories
	require.Equal(t, want, belongingsOf(t, s, owner))
	requireOthers(t, s, other, theirs)

	head, err := s.ReviewLog.Head(t.Context(), owner, cardID(1))
	require.NoError(t, err)
	require.Zero(t, head.Seq)
	require.Empty(t, head.Newest)
	for _, event := range events {
		requireNoEvents(t, s, owner, event.ID)
		requireDay(t, s, owner, event.Day)
	}
	found, err := s.ReviewLog.CardEvents(t.Context(), owner, cardID(1), cardID(2), cardID(4), cardID(5))
	requireEmpty(t, found, err)
	recent, err := s.RecentEvents.RecordedSince(t.Context(), at(0), ports.Page{Limit: 100})
	require.NoError(t, err)
	require.Len(t, recent, len(theirs.learning.events), "only another person's")
	requireFacts(t, s, owner, 0)
	count, err := s.Projections.CountEvents(t.Context(), owner)
	require.NoError(t, err)
	require.Zero(t, count)
	requireSettings(t, s, domain.DefaultSettings(owner))
	pending, err := s.LearningSettings.PendingSettings(t.Context(), at(1000), 10)
	require.NoError(t, err)
	require.Equal(t, []domain.UserID{other}, pending)
	for n := 1; n <= 2; n++ {
		_, err = s.LearningSessions.LearningSession(t.Context(), owner, learningSessionID(n))
		requireNotFound(t, err)
	}
	for _, n := range []int{1, 3, 4} {
		requireMemory(t, s, domain.NewMemory(), owner, cardID(n))
		ids, err := s.StudyQueue.StudyIDs(t.Context(), owner, ports.StudyQuery{Phase: domain.PhaseNew, Limit: 10})
		require.NoError(t, err)
		require.Contains(t, ids, cardID(n), "the card is new again")
	}
	requireStudy(t, s, owner, ports.StudyQuery{Phase: domain.PhaseRelearning, DueBy: at(1_000_000), Limit: 10})
}

func eraseGeneration(t *testing.T, engine Engine) {
	s := engine.Open(t)
	owner, other, mine, theirs := inhabitTwo(t, s)
	erase(t, s, owner, domain.PartGeneration)
	want := mine
	want.notes, want.content, want.used = nothing().notes, nothing().content, nothing().used
	require.Equal(t, want, belongingsOf(t, s, owner))
	requireOthers(t, s, other, theirs)
	for n := 1; n <= 2; n++ {
		_, err := s.Notes.Note(t.Context(), owner, noteID(n))
		requireNotFound(t, err)
	}
	requireNotes(t, s, owner)
	for n := 1; n <= 2; n++ {
		requireNoContent(t, s, owner, contentID(n))
		_, err := s.ContentLists.ContentTexts(t.Context(), owner, contentID(n))
		requireNotFound(t, err)
	}
	requireContents(t, s, owner)
	requireFoundContents(t, s, owner, "inhabited")
	requireFoundContents(t, s, other, "inhabited", 1)
	requireNoPart(t, s, owner, string(contentID(1)), 2)
	requireTaken(t, s, newJob(other, 1), 5)
	requireNoJob(t, s, 5)
	elsewhere := newNote(owner, 3) // no id is taken any more
	elsewhere.ID = noteID(1)
	putNote(t, s, elsewhere)
	requireNotes(t, s, owner, elsewhere)
}

func eraseAgain(t *testing.T, engine Engine) {
	s := engine.Open(t)
	require.Equal(t, len(domain.Parts()), erase(t, s, ada, domain.Parts()...), "there was never anything")
	owner, other, _, theirs := inhabitTwo(t, s)
	erase(t, s, owner, domain.Parts()...)
	want := nothing()
	want.deletion = []domain.Deletion{newDeletion(owner, 1)}
	for range 2 {
		require.Equal(t, len(domain.Parts()), erase(t, s, owner, domain.Parts()...), "there is nothing more")
		require.Equal(t, want, belongingsOf(t, s, owner))
	}
	requireOthers(t, s, other, theirs)
}

func eraseAll(t *testing.T, engine Engine) {
	s := engine.Open(t)
	owner, other, _, theirs := inhabitTwo(t, s)
	requireOwners(t, s, owner, other)
	erase(t, s, owner, domain.PartDecks, domain.PartAccount, domain.PartGeneration, domain.PartLearning)
	requireOwners(t, s, owner, other) // the deletion is still there
	require.NoError(t, s.Deletions.RemoveDeletion(t.Context(), owner))
	requireOwners(t, s, other)
	learners, err := s.Projections.Learners(t.Context(), "", 10)
	require.NoError(t, err)
	require.Equal(t, []domain.UserID{other}, learners)
	sweep(t, s, at(0))
	require.Equal(t, nothing(), belongingsOf(t, s, owner))
	requireOwners(t, s, other)
	requireOthers(t, s, other, theirs)
}

func eraseAnew(t *testing.T, engine Engine) {
	s := engine.Open(t)
	owner, other, mine, theirs := inhabitTwo(t, s)
	for range 2 {
		erase(t, s, owner, domain.Parts()...)
		require.NoError(t, s.Deletions.RemoveDeletion(t.Context(), owner))
		inhabit(t, s, 1)
		again := belongingsOf(t, s, owner)
		for i := range again.decks.decks { // when a deck was deleted is the time of the machine
			again.decks.decks[i].DeletedAt = mine.decks.decks[i].DeletedAt
			again.decks.decks[i].UpdatedAt = mine.decks.decks[i].UpdatedAt
		}
		require.Equal(t, mine, again)
	}
	requireOthers(t, s, other, theirs)
}

func eraseCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	owner, other, mine, theirs := inhabitTwo(t, s)
	calls := map[string]error{}
	for _, part := range domain.Parts() {
		_, calls["erasing "+string(part)] = erasure(s, part)(cancelled(t), owner)
	}
	requireCancelled(t, calls)
	require.Equal(t, mine, belongingsOf(t, s, owner))
	requireOthers(t, s, other, theirs)
}
