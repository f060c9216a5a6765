package postgres

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// about returns a card with a question.
func about(id domain.CardID, question string) domain.Card {
	card := newCard(id, "d")
	card.Question = question
	return card
}

// seek returns the ids of the cards that are found, as a text.
func seek(t *testing.T, s ports.Storage, sought domain.SearchQuery, limit int) string {
	t.Helper()
	cards, err := s.CardSearch.SearchCards(t.Context(), owner, sought, limit)
	require.NoError(t, err)
	ids := make([]string, len(cards))
	for i, card := range cards {
		ids[i] = string(card.ID)
	}
	return strings.Join(ids, " ")
}

func all(words ...string) domain.SearchQuery {
	var sought domain.SearchQuery
	for _, word := range words {
		sought.Words = append(sought.Words, domain.SearchWord{Text: word})
	}
	return sought
}

func anyOf(words ...string) domain.SearchQuery {
	sought := all(words...)
	sought.Any = true
	return sought
}

func TestWordsAreOnlyWords(t *testing.T) {
	s := freshStore(t).Ports()
	addDeck(t, s, "d")
	require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", []domain.Card{about("c", "river sea"), about("e", "")}))
	for _, word := range []string{
		"river' | 'sea", "river'", `river\`, "'", `\`, ":*", "river:*", "river & sea", "!sea", "", " ", "river sea", "a\x00b", "a\xffb", strings.Repeat("x", 9000),
	} {
		t.Run(fmt.Sprintf("%.20q is no operator, and nothing has it", word), func(t *testing.T) {
			require.Empty(t, seek(t, s, all(word), 9))
			require.Empty(t, seek(t, s, all("river", word), 9))
			require.Equal(t, "c", seek(t, s, anyOf("river", word), 9))
			prefix := domain.SearchQuery{Words: []domain.SearchWord{{Text: "sea", Prefix: true}, {Text: word + "'", Prefix: true}}}
			require.Empty(t, seek(t, s, prefix, 9))
		})
	}
	t.Run("who looks for no word finds nothing", func(t *testing.T) {
		require.Empty(t, seek(t, s, domain.SearchQuery{}, 9))
		require.Empty(t, seek(t, s, domain.SearchQuery{Any: true}, 9))
	})
}

func TestManyThatHaveAWord(t *testing.T) {
	s := freshStore(t).Ports()
	addDeck(t, s, "d")
	cards := make([]domain.Card, 2*candidates)
	for i := range cards {
		cards[i] = about(domain.CardID(fmt.Sprintf("c%04d", i)), fmt.Sprintf("river n%d", i))
	}
	require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", cards))
	t.Run("as many as are asked for are found", func(t *testing.T) {
		require.Len(t, strings.Fields(seek(t, s, all("river"), 50)), 50)
	})
	for _, rare := range []int{0, candidates, 2*candidates - 1} {
		t.Run(fmt.Sprintf("one that has another word too is found among them, wherever it lies: %d", rare), func(t *testing.T) {
			word, id := fmt.Sprintf("n%d", rare), fmt.Sprintf("c%04d", rare)
			require.Equal(t, id, seek(t, s, all("river", word), 50))
			require.Equal(t, id, seek(t, s, anyOf("river", word), 1))
		})
	}
}

func TestTermsOfSomebodyElse(t *testing.T) {
	store := freshStore(t)
	s := store.Ports()
	addDeck(t, s, "d")
	require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", []domain.Card{about("c", "river")}))
	t.Run("who has the same prefix by chance finds nothing of others", func(t *testing.T) {
		command(t, store, fillCards, "another", 0)
		command(t, store, "INSERT INTO card_terms SELECT 'another', '0', terms FROM card_terms")
		require.Equal(t, "c", seek(t, s, all("river"), 9))
	})
}

func TestTermsAreWrittenWithTexts(t *testing.T) {
	store := freshStore(t)
	s := store.Ports()
	addDeck(t, s, "d")
	require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", []domain.Card{about("c", "river"), about("e", "sea")}))
	versions := func() []string {
		return texts(t, store, "SELECT card_id || xmin::text || ctid::text FROM card_terms ORDER BY 1")
	}
	before := versions()
	t.Run("answers and suspensions write none", func(t *testing.T) {
		event := domain.Event{
			ID: "v", User: owner, Seq: 1, Kind: domain.KindReview, Card: "c", Deck: "d", RecordedAt: start,
			After: domain.Memory{Phase: domain.PhaseReview, Due: start, Reps: 1, Seq: 1},
		}
		require.NoError(t, s.ReviewLog.Append(t.Context(), owner, []domain.Event{event}))
		require.NoError(t, s.Suspensions.Suspend(t.Context(), owner, "c", true))
		memory, err := s.Memories.Memory(t.Context(), owner, "c")
		require.NoError(t, err)
		require.Equal(t, int64(1), memory.Memory.Seq)
		require.Equal(t, before, versions())
	})
	t.Run("nor does a change that leaves the text", func(t *testing.T) {
		_, err := s.Cards.UpdateCard(t.Context(), owner, "c", func(c *domain.Card) error { c.UpdatedAt = start; return nil })
		require.NoError(t, err)
		require.Equal(t, before, versions())
	})
	t.Run("a card that moves and changes at once is found by its new text", func(t *testing.T) {
		addDeck(t, s, "other")
		_, err := s.Cards.UpdateCard(t.Context(), owner, "c", func(c *domain.Card) error { c.Deck, c.Question = "other", "lake"; return nil })
		require.NoError(t, err)
		require.Equal(t, "c", seek(t, s, all("lake"), 9))
		require.Empty(t, seek(t, s, all("river"), 9))
	})
	t.Run("none is left of cards that are gone", func(t *testing.T) {
		require.NoError(t, s.Cards.DeleteCard(t.Context(), owner, "e"))
		require.NoError(t, s.Decks.DeleteDeck(t.Context(), owner, "other"))
		require.Empty(t, versions())
	})
}

func TestBitmapsAreAllowedForSearchesOnly(t *testing.T) {
	store := freshStore(t)
	s := store.Ports()
	addDeck(t, s, "d")
	require.NoError(t, s.Cards.InsertCards(t.Context(), owner, "d", []domain.Card{about("c", "river")}))
	t.Run("what a search allows the planner ends with it", func(t *testing.T) {
		require.Equal(t, "c", seek(t, s, all("river"), 9))
		for range 4 { // the pool has as many connections
			require.Equal(t, []string{"off"}, texts(t, store, "SELECT current_setting('enable_bitmapscan')"))
		}
	})
}
