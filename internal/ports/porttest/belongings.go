package porttest

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// belongings is what is stored of a person, by who removes it.
type belongings struct {
	account  accountBelongings
	decks    deckBelongings
	learning learningBelongings
	notes    []domain.Note
	content  contentBelongings
	// used is whether language models were used for the person.
	used bool
	// memories are those of cards that are not new. They go with the cards, and with what was learned.
	memories map[domain.CardID]domain.Memory
	deletion []domain.Deletion
}

type accountBelongings struct {
	users    []domain.User
	sessions []domain.Session
	tokens   []domain.APIToken
	mailed   []domain.OneTimeToken
	places   []domain.SignInPlace
	audits   []domain.AuditEntry
	requests []domain.IdempotentRequest
}

type deckBelongings struct {
	decks []ports.ArchivedDeck
	cards []domain.Card
}

type learningBelongings struct {
	events   []domain.Event
	sittings []domain.LearningSession
	settings []domain.Settings
	months   []ports.CachedMonth
}

type contentBelongings struct {
	contents []ports.ArchivedContent
	blobs    []domain.BlobPart
	jobs     []domain.Job
}

// onShelf returns all that is on a shelf of a person.
func onShelf[T any](t *testing.T, shelf ports.Shelf[T], owner domain.UserID) []T {
	t.Helper()
	got, err := shelf.Page(t.Context(), owner, "", 10_000)
	require.NoError(t, err)
	return got
}

// belongingsOf returns what is stored of a person, of the requests those of the keys 1 and 2.
func belongingsOf(t *testing.T, s ports.Storage, owner domain.UserID) belongings {
	t.Helper()
	a, got := s.Archive, belongings{memories: map[domain.CardID]domain.Memory{}}
	got.account = accountBelongings{
		users: onShelf(t, a.Users, owner), sessions: onShelf(t, a.Sessions, owner), tokens: onShelf(t, a.APITokens, owner),
		mailed: []domain.OneTimeToken{}, places: onShelf(t, a.SignInPlaces, owner), audits: onShelf(t, a.Audits, owner),
		requests: []domain.IdempotentRequest{},
	}
	for _, token := range onShelf(t, a.OneTimeTokens, "") {
		if token.Owner == owner {
			got.account.mailed = append(got.account.mailed, token)
		}
	}
	for n := 1; n <= 2; n++ {
		probe := newRequest(owner, n, 1)
		probe.Fingerprint = "another"
		if stored, mine := begin(t, s, probe, at(2)); !mine {
			got.account.requests = append(got.account.requests, stored)
			continue
		}
		require.NoError(t, s.Idempotency.DropRequest(t.Context(), owner, probe.Key))
	}
	got.decks = deckBelongings{decks: onShelf(t, a.Decks, owner), cards: []domain.Card{}}
	for _, card := range onShelf(t, a.Cards, owner) {
		got.decks.cards = append(got.decks.cards, card.Card)
		if !card.Memory.IsNew() {
			got.memories[card.ID] = card.Memory
		}
	}
	events, err := s.ReviewLog.Events(t.Context(), owner, 0, 10_000)
	require.NoError(t, err)
	months, err := s.Statistics.CachedMonths(t.Context(), owner, 0, math.MaxInt32)
	require.NoError(t, err)
	got.learning = learningBelongings{
		events: events, months: months, sittings: onShelf(t, a.LearningSessions, owner), settings: onShelf(t, a.LearningSettings, owner),
	}
	got.notes, got.deletion = onShelf(t, a.Notes, owner), onShelf(t, a.Deletions, owner)
	got.content = contentBelongings{contents: onShelf(t, a.Contents, owner), blobs: onShelf(t, a.Blobs, owner), jobs: onShelf(t, a.Jobs, owner)}
	got.used = !count(t, s, owner, usageDay, 1, inhabitUsage)
	return got
}

// nothing is what is stored of a person of whom nothing is.
func nothing() belongings {
	return belongings{
		account: accountBelongings{
			users: []domain.User{}, sessions: []domain.Session{}, tokens: []domain.APIToken{}, mailed: []domain.OneTimeToken{},
			places: []domain.SignInPlace{}, audits: []domain.AuditEntry{}, requests: []domain.IdempotentRequest{},
		},
		decks: deckBelongings{decks: []ports.ArchivedDeck{}, cards: []domain.Card{}},
		learning: learningBelongings{
			events: []domain.Event{}, sittings: []domain.LearningSession{}, settings: []domain.Settings{}, months: []ports.CachedMonth{},
		},
		content: contentBelongings{contents: []ports.ArchivedContent{}, blobs: []domain.BlobPart{}, jobs: []domain.Job{}},
		notes:   []domain.Note{}, memories: map[domain.CardID]domain.Memory{}, deletion: []domain.Deletion{},
	}
}

// inhabitUsage is how much the person of inhabit has used. To look whether it was erased uses one of it again, so it is more than how
// often a test looks.
const inhabitUsage = 50

// inhabit gives the nth person something of everything.
func inhabit(t *testing.T, s ports.Storage, n int) domain.UserID {
	t.Helper()
	owner := addUser(t, s, n).ID
	for i := 1; i <= 2; i++ {
		addSession(t, s, newSession(owner, i))
		addAPIToken(t, s, newAPIToken(owner, i))
		addToken(t, s, newToken(owner, 100*n+i))
		require.False(t, see(t, s, newPlace(owner, i)))
		addAudit(t, s, newAudit(owner, 100*n+i))
		require.NoError(t, s.LearningSessions.InsertLearningSession(t.Context(), newLearningSession(owner, i)))
	}
	requireBegun(t, s, newRequest(owner, 1, 1), at(1))
	answerRequest(t, s, requireBegun(t, s, newRequest(owner, 2, 1), at(1)), 200, []byte("answer"))
	addDeletion(t, s, newDeletion(owner, n))

	published := publishedDeck(owner, 1, n)
	require.NoError(t, s.Decks.InsertDeck(t.Context(), published))
	gone, other := addDeck(t, s, owner, 2), addDeck(t, s, owner, 3)
	cards := addCards(t, s, published, 1, 2, 3)
	cards = append(cards, addCard(t, s, other, 4), addCard(t, s, gone, 5))
	appendEvents(t, s, newEvents(owner, 1, cards[0].ID, cards[3].ID, cards[4].ID)...)
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), owner, gone.ID))
	putEvents(t, s, allKinds(owner, 4)...)
	suspend(t, s, cards[1], true)
	storeSettings(t, s, newSettings(owner))
	putNote(t, s, newNote(owner, 1))
	putNote(t, s, openNote(owner, 2))
	inhabitContent(t, s, owner)
	require.True(t, count(t, s, owner, usageDay, inhabitUsage, inhabitUsage))
	for _, month := range []int{0, 24_315} {
		put(t.Context(), t, s, owner, 0, cachedMonth(month, 3))
	}
	return owner
}

// inhabitContent gives a person a content that is completed, by whose words it is found, and one that is not, with parts of files and jobs.
func inhabitContent(t *testing.T, s ports.Storage, owner domain.UserID) {
	t.Helper()
	completeContent(t, s, addContent(t, s, newContent(owner, 1)), "Inhabited", newTexts(1))
	addContent(t, s, startedContent(owner, 2))
	for n := range 3 {
		putPart(t, s, owner, newPart(string(contentID(1)), n))
	}
	putPart(t, s, owner, newPart("left over", 0))
	addJob(t, s, newJob(owner, 1))
	other := newJob(owner, 1)
	other.Kind, other.DueAt = otherJob, at(9000)
	addJob(t, s, other)
}

// eraseCalls is how many calls are enough for the little data of a test.
const eraseCalls = 100

// erasure returns the method that erases a part.
func erasure(s ports.Storage, part domain.Part) func(context.Context, domain.UserID) (bool, error) {
	return map[domain.Part]func(context.Context, domain.UserID) (bool, error){
		domain.PartAccount: s.Erasure.EraseAccount, domain.PartDecks: s.Erasure.EraseDecks, domain.PartLearning: s.Erasure.EraseLearning,
		domain.PartGeneration: s.Erasure.EraseGeneration,
	}[part]
}

// erase erases parts until there is nothing more to do. It returns how many calls that took.
func erase(t *testing.T, s ports.Storage, owner domain.UserID, parts ...domain.Part) int {
	t.Helper()
	calls := 0
	for _, part := range parts {
		for done := false; !done; calls++ {
			require.Less(t, calls, eraseCalls*len(parts), "erasing does not end")
			var err error
			done, err = erasure(s, part)(t.Context(), owner)
			require.NoError(t, err)
		}
	}
	return calls
}
