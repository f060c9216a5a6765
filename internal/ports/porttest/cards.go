package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testCards(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a card comes back as given", cardRoundTrip},
		{"times of a card come back in UTC to the millisecond", cardTimes},
		{"texts of a card come back byte for byte", cardTexts},
		{"texts of 64 KiB come back byte for byte", cardLongTexts},
		{"an unknown card is not found", cardUnknown},
		{"another person's card is not found and stays as it is", cardForeign},
		{"two people may have a card of one id", cardSameID},
		{"cards are listed by creation, then id, in pages", cardPages},
		{"cards of an unknown, foreign or empty deck are an empty list", cardListEmpty},
		{"a deleted card is gone with its memory, its events stay", cardDelete},
		{"a cancelled context stores, changes and deletes no card", cardCancelled},
	})
	runCases(t, engine, cardInsertCases())
	runCases(t, engine, cardUpdateCases())
	runCases(t, engine, cardMoveCases())
}

func cardRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	for _, card := range addCards(t, s, deck, 1, 2) {
		requireCard(t, s, card)
	}
}

func cardTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	cards := []domain.Card{}
	for i, instant := range instants() {
		card := newCard(deck, i)
		card.CreatedAt, card.UpdatedAt = instant, instant
		cards = append(cards, card)
	}
	require.NoError(t, s.Cards.InsertCards(t.Context(), ada, deck.ID, cards))
	for _, card := range cards {
		card.CreatedAt, card.UpdatedAt = card.CreatedAt.UTC(), card.UpdatedAt.UTC()
		requireCard(t, s, card)
	}
}

func cardTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	cards := []domain.Card{}
	for i, text := range texts() {
		card := newCard(deck, i)
		card.Question, card.Answer = text, `{"text":"`+text+`"}`
		cards = append(cards, card)
	}
	require.NoError(t, s.Cards.InsertCards(t.Context(), ada, deck.ID, cards))
	for _, card := range cards {
		requireCard(t, s, card)
	}
}

func cardLongTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	card := newCard(deck, 1)
	card.Question, card.Answer = longText(), longText()
	require.Len(t, card.Question, domain.MaxCardText)
	require.NoError(t, s.Cards.InsertCards(t.Context(), ada, deck.ID, []domain.Card{card}))
	got, err := s.Cards.Card(t.Context(), ada, card.ID)
	require.NoError(t, err)
	require.True(t, got == card, "a long text came back changed, %d bytes", len(got.Question))
	got, err = s.Cards.UpdateCard(t.Context(), ada, card.ID, func(c *domain.Card) error { c.Answer += "!"; return nil })
	require.NoError(t, err)
	require.True(t, got.Answer == card.Answer+"!", "a long text was updated otherwise, %d bytes", len(got.Answer))
}

func cardUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addCard(t, s, addDeck(t, s, ada, 1), 1)
	_, err := s.Cards.Card(t.Context(), ada, cardID(2))
	requireNotFound(t, err)
	_, err = s.Cards.UpdateCard(t.Context(), ada, cardID(2), func(*domain.Card) error { return nil })
	requireNotFound(t, err)
	requireNotFound(t, s.Cards.DeleteCard(t.Context(), ada, cardID(2)))
	_, err = s.Cards.Card(t.Context(), ada, cardID(2))
	requireNotFound(t, err)
}

func cardForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	card := addCard(t, s, deck, 1)
	addDeck(t, s, bob, 2)
	_, err := s.Cards.Card(t.Context(), bob, card.ID)
	requireNotFound(t, err)
	_, err = s.Cards.UpdateCard(t.Context(), bob, card.ID, func(c *domain.Card) error { c.Answer, c.Deck = "bob's", deckID(2); return nil })
	requireNotFound(t, err)
	requireNotFound(t, s.Cards.DeleteCard(t.Context(), bob, card.ID))
	list, err := s.Cards.Cards(t.Context(), bob, "", ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	requireCard(t, s, card)
}

func cardSameID(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine := addCard(t, s, addDeck(t, s, ada, 1), 1)
	theirDeck := addDeck(t, s, bob, 1)
	theirs := newCard(theirDeck, 1)
	theirs.Question = "Bob's"
	require.NoError(t, s.Cards.InsertCards(t.Context(), bob, theirDeck.ID, []domain.Card{theirs}))
	requireCard(t, s, mine)
	requireCard(t, s, theirs)
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, mine.ID))
	requireCard(t, s, theirs)
}

func cardPages(t *testing.T, engine Engine) {
	s := engine.Open(t)
	decks := []domain.Deck{addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)}
	all, parts := []domain.Card{}, [][]domain.Card{{}, {}}
	for i, n := range []int{6, 3, 1, 2, 5, 8, 4} {
		card := newCard(decks[i%2], n)
		card.CreatedAt = at([]int{1, 2, 3, 3, 3, 3, 5}[i])
		all, parts[i%2] = append(all, card), append(parts[i%2], card)
	}
	theirs := addDeck(t, s, bob, 1)
	for _, i := range []int{4, 0, 6, 2, 3, 1, 5} {
		require.NoError(t, s.Cards.InsertCards(t.Context(), ada, all[i].Deck, all[i:i+1]))
		addCard(t, s, theirs, i)
	}
	for deck, want := range map[domain.DeckID][]domain.Card{"": all, decks[0].ID: parts[0], decks[1].ID: parts[1]} {
		requirePages(t, want, cardPlace, func(page ports.Page) ([]domain.Card, error) {
			return s.Cards.Cards(t.Context(), ada, deck, page)
		})
	}
}

func cardListEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list, err := s.Cards.Cards(t.Context(), ada, "", ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	full, empty, theirs := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2), addDeck(t, s, bob, 3)
	card := addCard(t, s, full, 1)
	addCard(t, s, theirs, 2)
	for _, deck := range []domain.DeckID{empty.ID, theirs.ID, deckID(4)} {
		list, err = s.Cards.Cards(t.Context(), ada, deck, ports.Page{Limit: 10})
		requireEmpty(t, list, err)
	}
	for _, deck := range []domain.DeckID{full.ID, ""} {
		list, err = s.Cards.Cards(t.Context(), ada, deck, ports.Page{After: cardPlace(card), Limit: 10})
		requireEmpty(t, list, err)
	}
}

func cardDelete(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	cards := addCards(t, s, deck, 1, 2)
	event := newEvent(ada, 1, cards[0].ID)
	require.NoError(t, s.ReviewLog.Append(t.Context(), ada, []domain.Event{event}))
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, cards[0].ID))

	_, err := s.Cards.Card(t.Context(), ada, cards[0].ID)
	requireNotFound(t, err)
	_, err = s.Cards.UpdateCard(t.Context(), ada, cards[0].ID, func(*domain.Card) error { return nil })
	requireNotFound(t, err)
	_, err = s.Memories.Memory(t.Context(), ada, cards[0].ID)
	requireNotFound(t, err)
	requireNotFound(t, s.Cards.DeleteCard(t.Context(), ada, cards[0].ID))
	list, err := s.Cards.Cards(t.Context(), ada, "", ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, cards[1:], list)
	require.Len(t, deckMemories(t, s, ada, deck.ID), 1)
	requireLog(t, s, ada, event)
	requireCard(t, s, cards[1])
}

func cardCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	card := addCard(t, s, deck, 1)
	ctx := cancelled(t)
	_, read := s.Cards.Card(ctx, ada, card.ID)
	_, list := s.Cards.Cards(ctx, ada, "", ports.Page{Limit: 10})
	_, update := s.Cards.UpdateCard(ctx, ada, card.ID, func(c *domain.Card) error { c.Answer = "other"; return nil })
	requireCancelled(t, map[string]error{
		"InsertCards": s.Cards.InsertCards(ctx, ada, deck.ID, []domain.Card{newCard(deck, 2)}), "Card": read, "Cards": list,
		"UpdateCard": update, "DeleteCard": s.Cards.DeleteCard(ctx, ada, card.ID),
	})
	got, err := s.Cards.Cards(t.Context(), ada, "", ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.Card{card}, got)
}
