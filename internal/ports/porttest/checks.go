package porttest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// racers is how many goroutines write at once where only one may win, or none may be lost.
const racers = 20

// errEdit is what an edit function says that does not want its change stored.
var errEdit = errors.New("the edit function does not want it")

func requireCode(t *testing.T, want domain.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equalf(t, want, domain.CodeOf(err), "the code of: %v", err)
}

func requireNotFound(t *testing.T, err error) {
	t.Helper()
	requireCode(t, domain.CodeNotFound, err)
}

// cancelled returns a context that has ended.
func cancelled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// requireCancelled checks calls that were made in a context that had ended.
func requireCancelled(t *testing.T, calls map[string]error) {
	t.Helper()
	for name, err := range calls {
		require.ErrorIsf(t, err, context.Canceled, "%s in a cancelled context", name)
	}
}

// race calls do from many goroutines at once and returns what each got.
func race(n int, do func(i int) error) []error {
	got := make([]error, n)
	begin := make(chan struct{})
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			<-begin
			got[i] = do(i)
		})
	}
	close(begin)
	running.Wait()
	return got
}

// requireOneWinner checks that one racer got no error and all others one of the codes. It returns the winner.
func requireOneWinner(t *testing.T, got []error, losers ...domain.Code) int {
	t.Helper()
	winner := -1
	for i, err := range got {
		if err == nil {
			require.Equal(t, -1, winner, "there are two winners")
			winner = i
			continue
		}
		require.Containsf(t, losers, domain.CodeOf(err), "the code of: %v", err)
	}
	require.NotEqual(t, -1, winner, "there is no winner")
	return winner
}

// requireMostDone checks that every racer succeeded or was told that the store is busy. It returns how many succeeded.
func requireMostDone(t *testing.T, got []error) int {
	t.Helper()
	done := 0
	for _, err := range got {
		if err == nil {
			done++
			continue
		}
		requireCode(t, domain.CodeBusy, err)
	}
	require.Positive(t, done, "nobody succeeded")
	return done
}

// requirePages reads a list in pages of every size and checks that they are, put together, what is wanted.
func requirePages[T any](t *testing.T, want []T, place func(T) ports.Cursor, list func(ports.Page) ([]T, error)) {
	t.Helper()
	for _, limit := range []int{1, 2, 3, max(len(want), 1), len(want) + 10} {
		all := []T{}
		page := ports.Page{Limit: limit}
		for range len(want) + 1 {
			part, err := list(page)
			require.NoError(t, err)
			require.NotNil(t, part, "a list is never nil")
			require.Len(t, part, min(limit, max(len(want)-len(all), 0)), "pages of %d: a page in the middle is full", limit)
			if len(part) == 0 {
				break
			}
			all = append(all, part...)
			page.After = place(part[len(part)-1])
		}
		require.Equalf(t, want, all, "pages of %d put together", limit)
	}
}

// requireEmpty checks that a list is there and has nothing in it.
func requireEmpty[T any](t *testing.T, list []T, err error) {
	t.Helper()
	require.NoError(t, err)
	require.NotNil(t, list, "a list is never nil")
	require.Empty(t, list)
}

func deckPlace(d domain.Deck) ports.Cursor { return ports.Cursor{At: d.CreatedAt, ID: string(d.ID)} }
func cardPlace(c domain.Card) ports.Cursor { return ports.Cursor{At: c.CreatedAt, ID: string(c.ID)} }

// addDeck inserts the nth deck of a person.
func addDeck(t *testing.T, s ports.Storage, owner domain.UserID, n int) domain.Deck {
	t.Helper()
	deck := newDeck(owner, n)
	require.NoError(t, s.Decks.InsertDeck(t.Context(), deck))
	return deck
}

// addCards inserts cards into a deck.
func addCards(t *testing.T, s ports.Storage, deck domain.Deck, numbers ...int) []domain.Card {
	t.Helper()
	cards := make([]domain.Card, len(numbers))
	for i, n := range numbers {
		cards[i] = newCard(deck, n)
	}
	require.NoError(t, s.Cards.InsertCards(t.Context(), deck.Owner, deck.ID, cards))
	return cards
}

// addCard inserts the nth card of a person into a deck.
func addCard(t *testing.T, s ports.Storage, deck domain.Deck, n int) domain.Card {
	t.Helper()
	return addCards(t, s, deck, n)[0]
}

// deckMemories returns what DeckMemories yields, by card; a card that is yielded twice is a failure.
func deckMemories(t *testing.T, s ports.Storage, owner domain.UserID, decks ...domain.DeckID) map[domain.CardID]domain.CardMemory {
	t.Helper()
	got := map[domain.CardID]domain.CardMemory{}
	for memory, err := range s.Memories.DeckMemories(t.Context(), owner, decks) {
		require.NoError(t, err)
		require.NotContains(t, got, memory.Card, "a card is yielded once")
		got[memory.Card] = memory
	}
	return got
}

// requireCard checks that a card is stored as given.
func requireCard(t *testing.T, s ports.Storage, want domain.Card) {
	t.Helper()
	got, err := s.Cards.Card(t.Context(), want.Owner, want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func requireDeck(t *testing.T, s ports.Storage, want domain.Deck) {
	t.Helper()
	got, err := s.Decks.Deck(t.Context(), want.Owner, want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func requireMemory(t *testing.T, s ports.Storage, want domain.Memory, owner domain.UserID, card domain.CardID) {
	t.Helper()
	got, err := s.Memories.Memory(t.Context(), owner, card)
	require.NoError(t, err)
	require.Equal(t, card, got.Card)
	require.Equal(t, want, got.Memory)
}

// requireEvent checks that an event is stored as given.
func requireEvent(t *testing.T, s ports.Storage, want domain.Event) {
	t.Helper()
	got, err := s.ReviewLog.EventsByID(t.Context(), want.User, want.ID)
	require.NoError(t, err)
	require.Equal(t, []domain.Event{want}, got)
}

// requireNoEvents checks that a person's log has none of the events.
func requireNoEvents(t *testing.T, s ports.Storage, owner domain.UserID, ids ...domain.EventID) {
	t.Helper()
	got, err := s.ReviewLog.EventsByID(t.Context(), owner, ids...)
	requireEmpty(t, got, err)
}

// requireLog checks that a person's whole log is this.
func requireLog(t *testing.T, s ports.Storage, owner domain.UserID, want ...domain.Event) {
	t.Helper()
	got, err := s.ReviewLog.Events(t.Context(), owner, 0, 1000)
	require.NoError(t, err)
	require.Equal(t, append([]domain.Event{}, want...), got)
}
