package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func studyChoiceCases() []testCase {
	return []testCase{
		{"a deck has the cards to study that are in it", studyDeck},
		{"all decks but some have theirs", studyExcept},
		{"suspended cards are not studied until they may be asked again", studySuspended},
		{"another person's cards are not studied", studyForeign},
		{"cards that are gone are not studied", studyGone},
		{"an answer brings a card to the queue of its phase", studyAnswered},
		{"a limit counts the cards that are to be studied only", studyLimit},
	}
}

func studyDeck(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	review := addDue(t, s, first, 1, domain.PhaseReview, at(30))
	other := addDue(t, s, second, 2, domain.PhaseReview, at(20))
	fresh := domain.StudyCard{Card: addCard(t, s, first, 3), Memory: domain.NewMemory()}
	addCard(t, s, second, 4)
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99)}, other, review)
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99), Deck: first.ID}, review)
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99), Deck: second.ID}, other)
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99), Deck: deckID(9)})
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseNew, DueBy: at(99), Deck: first.ID}, fresh)
	moved, err := moveCard(t, s, review.Card, second.ID)
	require.NoError(t, err)
	review.Card = moved
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99), Deck: first.ID})
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99), Deck: second.ID}, other, review)
}

func studyExcept(t *testing.T, engine Engine) {
	s := engine.Open(t)
	reviews, fresh := []domain.StudyCard{}, []domain.StudyCard{}
	for n := 1; n <= 3; n++ {
		deck := addDeck(t, s, ada, n)
		reviews = append(reviews, addDue(t, s, deck, n, domain.PhaseReview, at(n)))
		fresh = append(fresh, domain.StudyCard{Card: addCard(t, s, deck, 10+n), Memory: domain.NewMemory()})
	}
	for _, c := range []struct {
		except []domain.DeckID
		left   []int
	}{
		{[]domain.DeckID{deckID(2)}, []int{0, 2}},
		{[]domain.DeckID{deckID(3), deckID(1)}, []int{1}},
		{[]domain.DeckID{deckID(9)}, []int{0, 1, 2}},
		{[]domain.DeckID{}, []int{0, 1, 2}},
		{[]domain.DeckID{deckID(1), deckID(2), deckID(3)}, nil},
	} {
		for phase, cards := range map[domain.Phase][]domain.StudyCard{domain.PhaseReview: reviews, domain.PhaseNew: fresh} {
			want := []domain.StudyCard{}
			for _, i := range c.left {
				want = append(want, cards[i])
			}
			requireStudy(t, s, ada, ports.StudyQuery{Phase: phase, DueBy: at(99), Except: c.except}, want...)
			requireStudy(t, s, ada, ports.StudyQuery{Phase: phase, DueBy: at(99), Except: c.except, Limit: 1}, want[:min(1, len(want))]...)
		}
	}
}

func studySuspended(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	queues := map[domain.Phase][]domain.StudyCard{}
	for i, phase := range duePhases {
		queues[phase] = []domain.StudyCard{addDue(t, s, deck, 2*i+1, phase, at(1)), addDue(t, s, deck, 2*i+2, phase, at(2))}
	}
	for _, card := range addCards(t, s, deck, 20, 21) {
		queues[domain.PhaseNew] = append(queues[domain.PhaseNew], domain.StudyCard{Card: card, Memory: domain.NewMemory()})
	}
	for phase, cards := range queues {
		query := ports.StudyQuery{Phase: phase, DueBy: at(99)}
		suspend(t, s, cards[0].Card, true)
		requireStudy(t, s, ada, query, cards[1])
		query.Deck = deck.ID
		requireStudy(t, s, ada, query, cards[1])
		suspend(t, s, cards[0].Card, false)
		requireStudy(t, s, ada, query, cards...)
	}
}

func studyForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine, theirs := addDeck(t, s, ada, 1), addDeck(t, s, bob, 1)
	other := addDeck(t, s, bob, 2)
	card := addDue(t, s, mine, 1, domain.PhaseReview, at(1))
	addDue(t, s, theirs, 1, domain.PhaseReview, at(1))
	addDue(t, s, other, 2, domain.PhaseReview, at(1))
	addCard(t, s, other, 3)
	for _, deck := range []domain.DeckID{"", mine.ID} {
		requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99), Deck: deck}, card)
		requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseNew, DueBy: at(99), Deck: deck})
	}
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99), Deck: other.ID})
}

func studyGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, lost := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	gone, freshGone := addDue(t, s, deck, 1, domain.PhaseReview, at(1)), addCard(t, s, deck, 2)
	addDue(t, s, lost, 3, domain.PhaseReview, at(2))
	addCard(t, s, lost, 4)
	stays := addDue(t, s, deck, 5, domain.PhaseReview, at(3))
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, gone.Card.ID))
	require.NoError(t, s.Cards.DeleteCard(t.Context(), ada, freshGone.ID))
	require.NoError(t, s.Decks.DeleteDeck(t.Context(), ada, lost.ID))
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99)}, stays)
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseNew, DueBy: at(99)})
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99), Deck: lost.ID})
}

func studyAnswered(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	card := addCard(t, s, deck, 1)
	answer, reset := newEvent(ada, 1, card.ID), newEventOf(domain.KindReset, ada, 2, card.ID)
	reset.After = domain.Memory{Phase: domain.PhaseNew, Seq: 2}
	far := at(1_000_000)
	appendEvents(t, s, answer)
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseNew, DueBy: far})
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseRelearning, DueBy: far}, domain.StudyCard{Card: card, Memory: answer.After})
	appendEvents(t, s, reset)
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseRelearning, DueBy: far})
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseNew, DueBy: far}, domain.StudyCard{Card: card, Memory: reset.After})
	review := dueMemory(1, domain.PhaseReview, at(5))
	require.True(t, restore(t, s, card, 2, review))
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseNew, DueBy: far})
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseReview, DueBy: far}, domain.StudyCard{Card: card, Memory: review})
}

func studyLimit(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck, skipped := addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)
	want := []domain.StudyCard{}
	for n := 1; n <= 2; n++ { // the first cards of all are not to be studied
		suspend(t, s, addDue(t, s, deck, n, domain.PhaseReview, at(n)).Card, true)
		addDue(t, s, skipped, 10+n, domain.PhaseReview, at(n))
		addDue(t, s, deck, 20+n, domain.PhaseLearning, at(n))
	}
	for n := 3; n <= 5; n++ {
		want = append(want, addDue(t, s, deck, n, domain.PhaseReview, at(n)))
	}
	query := ports.StudyQuery{Phase: domain.PhaseReview, DueBy: at(99), Except: []domain.DeckID{skipped.ID}, Limit: 2}
	requireStudy(t, s, ada, query, want[:2]...)
	query.Deck, query.Except = deck.ID, nil
	requireStudy(t, s, ada, query, want[:2]...)
}
