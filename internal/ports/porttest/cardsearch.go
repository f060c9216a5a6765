package porttest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testCardSearch(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"cards are found by the words of question and answer, as they are stored", searchCards},
		{"all words must be there, or with Any one of them", searchCardsWords},
		{"with Prefix longer words are found, else only the word", searchCardsPrefix},
		{"case, accents and plurals do not count, and scripts without spaces are found by pairs", searchCardsFolded},
		{"words count up to their limits", searchCardsLimits},
		{"words that are none find nothing, whatever they mean elsewhere", searchCardsHarmless},
		{"only a person's own cards are found", searchCardsOwn},
		{"cards that fit best come first", searchCardsOrder},
		{"no more cards are found than asked for", searchCardsLimit},
		{"a card with all words is found among very many that have one of them", searchCardsMany},
		{"a cancelled context finds no cards", searchCardsCancelled},
	})
	runCases(t, engine, cardSearchChangeCases())
}

// writeCards inserts cards into a deck whose questions are texts.
func writeCards(t *testing.T, s ports.Storage, deck domain.Deck, first int, questions ...string) []domain.Card {
	t.Helper()
	cards := make([]domain.Card, len(questions))
	for i, question := range questions {
		cards[i] = newCard(deck, first+i)
		cards[i].Question = question
	}
	require.NoError(t, s.Cards.InsertCards(t.Context(), deck.Owner, deck.ID, cards))
	return cards
}

// sought returns what a query looks for, with all its words; a star behind one says Prefix, and a bar before all of them Any.
func sought(t *testing.T, query string) domain.SearchQuery {
	t.Helper()
	query, some := strings.CutPrefix(query, "|")
	wanted := domain.SearchQuery{Any: some}
	for word := range strings.FieldsSeq(query) {
		word, prefix := strings.CutSuffix(word, "*")
		for _, term := range domain.SearchTerms(word) {
			wanted.Words = append(wanted.Words, domain.SearchWord{Text: term, Prefix: prefix})
		}
	}
	require.NotEmpty(t, wanted.Words)
	return wanted
}

// requireFoundCards checks which cards of a person a query finds, in whatever order.
func requireFoundCards(t *testing.T, s ports.Storage, owner domain.UserID, query string, want ...domain.Card) {
	t.Helper()
	got, err := s.CardSearch.SearchCards(t.Context(), owner, sought(t, query), domain.MaxFound)
	require.NoError(t, err)
	require.NotNil(t, got, "a list is never nil")
	require.ElementsMatchf(t, want, got, "found by %q", query)
}

func searchCards(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireFoundCards(t, s, ada, "mitochondria")
	deck := addDeck(t, s, ada, 1)
	cards := writeCards(t, s, deck, 1, "What do mitochondria make?", "Where are mitochondria?", "What is a nucleus?")
	requireFoundCards(t, s, ada, "mitochondria", cards[0], cards[1])
	requireFoundCards(t, s, ada, "nucleus", cards[2])
	requireFoundCards(t, s, ada, "answer", cards...)
	requireFoundCards(t, s, ada, "2", cards[1])
	requireFoundCards(t, s, ada, "chloroplast")
	requireFoundCards(t, s, ada, "deck")
	slate := newCard(deck, 9)
	slate.Answer = `[{"type":"paragraph","children":[{"text":"The pow"},{"text":"erhouse","bold":true}]}]`
	require.NoError(t, s.Cards.InsertCards(t.Context(), ada, deck.ID, []domain.Card{slate}))
	requireFoundCards(t, s, ada, "powerhouse", slate)
	requireFoundCards(t, s, ada, "children")
}

func searchCardsWords(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := writeCards(t, s, addDeck(t, s, ada, 1), 1, "red green blue", "green blue yellow", "blue yellow black", "white")
	for query, want := range map[string][]domain.Card{
		"blue": cards[:3], "blue green": cards[:2], "green blue red": cards[:1], "red black": {}, "blue pink": {}, "pink": {},
		"|blue": cards[:3], "|red black": {cards[0], cards[2]}, "|pink red": cards[:1], "|white pink black violet": cards[2:],
		"|pink violet": {}, "|red green blue yellow black white": cards,
	} {
		requireFoundCards(t, s, ada, query, want...)
	}
}

func searchCardsPrefix(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := writeCards(t, s, addDeck(t, s, ada, 1), 1, "photo", "photosynthesis", "photon and proton", "telephoto", "Straße", "Электричество")
	for query, want := range map[string][]domain.Card{
		"photo": cards[:1], "photo*": cards[:3], "photosyn*": {cards[1]}, "photosynthesis*": {cards[1]}, "photosynthesisx*": {},
		"phot": {}, "synthesis*": {}, "photo* proto*": {cards[2]}, "photo* proto": {}, "|proto* tele*": cards[2:4], "|proto tele*": cards[3:4],
		"strass*": {cards[4]}, "электр*": {cards[5]}, "p*": cards[:3],
	} {
		requireFoundCards(t, s, ada, query, want...)
	}
}

func searchCardsFolded(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := writeCards(t, s, addDeck(t, s, ada, 1), 1, "ÉCLAIR", "e\u0301clair", "Straße", "東京都に行く", "ภาษาไทย", "שלום עולם", "Ёлка", "don't",
		"cells", "x²", "C++ 11")
	for query, want := range map[string][]domain.Card{
		"eclair": cards[:2], "Éclair": cards[:2], "STRASSE": {cards[2]}, "straße": {cards[2]}, "東京": {cards[3]}, "京都": {cards[3]},
		"東京都": {cards[3]}, "都東": {}, "東*": {cards[3]}, "ภา": {cards[4]}, "שלום": {cards[5]}, "ёлка": {cards[6]}, "ЕЛКА": {cards[6]},
		"cell": {cards[8]}, "CELLS": {cards[8]}, "x2": {cards[9]}, "don": {cards[7]},
	} {
		requireFoundCards(t, s, ada, query, want...)
	}
}

func searchCardsLimits(t *testing.T, engine Engine) {
	s := engine.Open(t)
	var many strings.Builder
	for n := range domain.MaxTerms + 1 {
		fmt.Fprintf(&many, "w%d ", n)
	}
	long := strings.Repeat("\U00010330", 32) // 128 bytes
	cards := writeCards(t, s, addDeck(t, s, ada, 1), 1, many.String(), long+"\U00010331", strings.Repeat("x", 1000))
	requireFoundCards(t, s, ada, "w0", cards[0])
	requireFoundCards(t, s, ada, fmt.Sprint("w", domain.MaxTerms-1), cards[0])
	requireFoundCards(t, s, ada, fmt.Sprint("w", domain.MaxTerms))
	requireFoundCards(t, s, ada, "w39 w399 w3999", cards[0])
	requireFoundCards(t, s, ada, long, cards[1])
	requireFoundCards(t, s, ada, long+"\U00010331", cards[1])
	requireFoundCards(t, s, ada, strings.Repeat("x", 32), cards[2])
	requireFoundCards(t, s, ada, strings.Repeat("x", 31))
	requireFoundCards(t, s, ada, strings.Repeat("x", 31)+"*", cards[2])
	words := []string{}
	for n := range 16 {
		words = append(words, fmt.Sprintf("w%d*", n*100))
	}
	requireFoundCards(t, s, ada, strings.Join(words, " "), cards[0])
	requireFoundCards(t, s, ada, "|"+strings.Join(words, " "), cards[0])
}

// hostileWords are texts that are no words, and mean something to this or that engine.
func hostileWords() []string {
	return []string{
		`"`, `""`, "*", ".*", "a:b", "'", "''", "'; DROP TABLE cards; --", "%", "_", "ab_", "ab%", "^ab", "ab.*", "ab*", "(", ")", "(ab)", "[a-z]+",
		"-ab", "+ab", "ab OR cd", "ab AND cd", "NOT ab", "ab NEAR cd", "ab | cd", "ab & cd", "!ab", "ab:*", "terms:ab", "{ab", "$regex", `{"$ne":1}`,
		`\`, `ab\`, "ab\\*", "ab cd", " ", "ab\tcd", "~ab", "<->", "#ab", "@ab", "?", "\u201e", "\u3000", "null", "\x01", "\U0001f600",
	}
}

// requireHarmless checks that hostile words find nothing and do no harm to others.
func requireHarmless(t *testing.T, find func(domain.SearchQuery) (int, error)) {
	t.Helper()
	for _, text := range hostileWords() {
		word, begin := domain.SearchWord{Text: text}, domain.SearchWord{Text: text, Prefix: true}
		for _, c := range []struct {
			query domain.SearchQuery
			want  int
		}{
			{domain.SearchQuery{Words: []domain.SearchWord{word}}, 0},
			{domain.SearchQuery{Words: []domain.SearchWord{begin}}, 0},
			{domain.SearchQuery{Words: []domain.SearchWord{{Text: "ab"}, word}}, 0},
			{domain.SearchQuery{Words: []domain.SearchWord{begin, {Text: "ab"}}, Any: true}, 1},
		} {
			got, err := find(c.query)
			require.NoErrorf(t, err, "%q", text)
			require.Equalf(t, c.want, got, "found by %+v", c.query)
		}
	}
}

// hostileText holds the word ab, and none of hostileWords as a word.
const hostileText = `ab "cd" a:b.* 'ef' %_ (gh) -ij`

func searchCardsHarmless(t *testing.T, engine Engine) {
	s := engine.Open(t)
	card := writeCards(t, s, addDeck(t, s, ada, 1), 1, hostileText)[0]
	requireHarmless(t, func(query domain.SearchQuery) (int, error) {
		got, err := s.CardSearch.SearchCards(t.Context(), ada, query, 10)
		return len(got), err
	})
	for _, query := range []string{`"cd"`, "a:b.*", "'ef'", "(gh) -ij", `ab AND" NEAR(* cd`} {
		parsed, err := domain.ParseSearch(query)
		require.NoError(t, err)
		_, err = s.CardSearch.SearchCards(t.Context(), ada, parsed, 10)
		require.NoError(t, err)
	}
	requireFoundCards(t, s, ada, "cd ef gh ij", card)
}

func searchCardsOwn(t *testing.T, engine Engine) {
	s := engine.Open(t)
	theirs := writeCards(t, s, addDeck(t, s, bob, 1), 1, "shared word", "bob's")
	requireFoundCards(t, s, ada, "shared")
	mine := writeCards(t, s, addDeck(t, s, ada, 1), 1, "another shared word")
	putNote(t, s, openNote(ada, 1))
	completeContent(t, s, addContent(t, s, startedContent(ada, 1)), "shared", domain.ContentTexts{Raw: "shared"})
	requireFoundCards(t, s, ada, "shared", mine...)
	requireFoundCards(t, s, bob, "shared", theirs[0])
	requireFoundCards(t, s, ada, "bob")
	requireFoundCards(t, s, ada[:20], "shared")
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, cardID(1)))
	requireFoundCards(t, s, ada, "shared")
	requireFoundCards(t, s, bob, "shared", theirs[0])
}

func searchCardsOrder(t *testing.T, engine Engine) {
	s := engine.Open(t)
	cards := writeCards(t, s, addDeck(t, s, ada, 1), 1,
		"alphabet", "alpha", "alpha gamma", "alpha beta gamma", "beta", "alpha beta", "delta", "gamma and many other words that say little")
	for _, query := range []string{"|alpha beta gamma", "|alpha* beta", "alpha*", "alpha", "|gamma delta"} {
		wanted := sought(t, query)
		want := []domain.Card{}
		for _, card := range cards {
			held := 0
			for _, word := range wanted.Words {
				for _, term := range domain.SearchTerms(card.Question, card.Answer) {
					if word.Matches(term) {
						held++
						break
					}
				}
			}
			if held == len(wanted.Words) || wanted.Any && held > 0 {
				want = append(want, card)
			}
		}
		require.NotEmpty(t, want)
		domain.RankCards(wanted, want)
		got, err := s.CardSearch.SearchCards(t.Context(), ada, wanted, domain.MaxFound)
		require.NoError(t, err)
		require.Equalf(t, want, got, "found by %q, in order", query)
		got, err = s.CardSearch.SearchCards(t.Context(), ada, wanted, 1)
		require.NoError(t, err)
		require.Equalf(t, want[:1], got, "the best one for %q", query)
	}
}

func searchCardsLimit(t *testing.T, engine Engine) {
	s := engine.Open(t)
	writeCards(t, s, addDeck(t, s, ada, 1), 1, "word a", "word b", "word c", "word d", "word e")
	for limit, want := range map[int]int{1: 1, 2: 2, 4: 4, 5: 5, 6: 5, domain.MaxFound: 5} {
		for _, query := range []string{"word", "wor*", "|word e", "word answer"} {
			got, err := s.CardSearch.SearchCards(t.Context(), ada, sought(t, query), limit)
			require.NoError(t, err)
			require.Lenf(t, got, want, "at most %d by %q", limit, query)
		}
	}
}

func searchCardsMany(t *testing.T, engine Engine) {
	s := engine.Open(t)
	const many = 450
	for _, owner := range []domain.UserID{ada, bob} {
		questions := make([]string, many)
		for i := range questions {
			questions[i] = "common " + []string{"left", "right"}[i%2]
		}
		if owner == ada {
			questions[0], questions[many/2+1] = "common rare", "common left right"
		}
		writeCards(t, s, addDeck(t, s, owner, 1), 1, questions...)
	}
	got, err := s.CardSearch.SearchCards(t.Context(), ada, sought(t, "common"), domain.MaxFound)
	require.NoError(t, err)
	require.Len(t, got, domain.MaxFound)
	seen := map[domain.CardID]bool{}
	for _, card := range got {
		require.Contains(t, card.Question, "common")
		require.Equal(t, ada, card.Owner)
		require.False(t, seen[card.ID], "a card is found once")
		seen[card.ID] = true
	}
	for _, query := range []string{"common rare", "rare common", "rare", "common* rar*"} {
		got, err := s.CardSearch.SearchCards(t.Context(), ada, sought(t, query), domain.MaxFound)
		require.NoError(t, err)
		require.Lenf(t, got, 1, "found by %q", query)
		require.Equal(t, cardID(1), got[0].ID)
	}
	got, err = s.CardSearch.SearchCards(t.Context(), ada, sought(t, "left right"), domain.MaxFound)
	require.NoError(t, err)
	require.Len(t, got, 1)
	require.Equal(t, "common left right", got[0].Question)
}

func searchCardsCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	writeCards(t, s, addDeck(t, s, ada, 1), 1, "word")
	_, all := s.CardSearch.SearchCards(cancelled(t), ada, sought(t, "word"), 10)
	_, some := s.CardSearch.SearchCards(cancelled(t), ada, sought(t, "|word other"), 10)
	requireCancelled(t, map[string]error{"SearchCards": all, "SearchCards with Any": some})
}
