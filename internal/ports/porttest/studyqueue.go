package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testStudyQueue(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"an empty store has nothing to study", studyNothing},
		{"a card to be studied comes with its content and memory as given", studyContent},
		{"cards of a phase are studied by due time, then creation, then id, up to a limit", studyOrder},
		{"new cards are studied by creation, then id, at any time", studyNew},
		{"a card is due at its time, and not a millisecond before", studyDueBy},
		{"a cancelled context finds nothing to study", studyCancelled},
	})
	runCases(t, engine, studyChoiceCases())
	runCases(t, engine, dueTimesCases())
}

// duePhases are the phases of cards that have a due time.
var duePhases = []domain.Phase{domain.PhaseLearning, domain.PhaseReview, domain.PhaseRelearning}

// dueMemory returns a memory of a phase and a due time, the nth of a card.
func dueMemory(n int, phase domain.Phase, due time.Time) domain.Memory {
	memory := newMemory(int64(n))
	memory.Phase, memory.Due = phase, due
	return memory
}

// addDue inserts the nth card of a person, of a phase and a due time.
func addDue(t *testing.T, s ports.Storage, deck domain.Deck, n int, phase domain.Phase, due time.Time) domain.StudyCard {
	t.Helper()
	card := addCard(t, s, deck, n)
	require.True(t, settle(t, s, card, dueMemory(n, phase, due)))
	return domain.StudyCard{Card: card, Memory: dueMemory(n, phase, due)}
}

// requireStudy checks what there is to study, with content and without.
func requireStudy(t *testing.T, s ports.Storage, owner domain.UserID, query ports.StudyQuery, want ...domain.StudyCard) {
	t.Helper()
	if query.Limit == 0 {
		query.Limit = 100
	}
	cards, err := s.StudyQueue.StudyCards(t.Context(), owner, query)
	require.NoError(t, err)
	require.Equal(t, append([]domain.StudyCard{}, want...), cards)
	ids := []domain.CardID{}
	for _, card := range want {
		ids = append(ids, card.Card.ID)
	}
	got, err := s.StudyQueue.StudyIDs(t.Context(), owner, query)
	require.NoError(t, err)
	require.Equal(t, ids, got, "the ids are those of the same cards")
}

func studyNothing(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	for _, phase := range append(duePhases, domain.PhaseNew) {
		requireStudy(t, s, ada, ports.StudyQuery{Phase: phase, DueBy: at(1_000_000)})
		requireStudy(t, s, ada, ports.StudyQuery{Phase: phase, DueBy: at(1_000_000), Deck: deck.ID})
	}
}

func studyContent(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	cards, want := []domain.Card{}, []domain.StudyCard{}
	for i, text := range texts() {
		card := newCard(deck, i+1)
		card.Question, card.Answer = text, `{"text":"`+text+`"}`
		cards = append(cards, card)
	}
	require.NoError(t, s.Cards.InsertCards(t.Context(), ada, deck.ID, cards))
	for i, card := range cards {
		want = append(want, domain.StudyCard{Card: card, Memory: newMemory(int64(i + 1))})
		require.True(t, settle(t, s, card, want[i].Memory))
	}
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseRelearning, DueBy: at(1_000_000)}, want...)
	edited, err := s.Cards.UpdateCard(t.Context(), ada, cards[0].ID, func(c *domain.Card) error {
		c.Answer, c.UpdatedAt = "New", at(99)
		return nil
	})
	require.NoError(t, err)
	want[0].Card = edited
	requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseRelearning, DueBy: at(1_000_000), Limit: 1}, want[0])
}

func studyOrder(t *testing.T, engine Engine) {
	s := engine.Open(t)
	decks := []domain.Deck{addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)}
	soon := at(20).Add(time.Millisecond)
	want := map[domain.Phase][]domain.StudyCard{}
	for p, phase := range duePhases {
		for i, row := range []struct {
			n, created int
			due        time.Time
		}{{5, 50, at(-10)}, {6, 10, at(20)}, {2, 30, at(20)}, {3, 30, at(20)}, {1, 5, soon}, {4, 40, at(30)}} {
			card := newCard(decks[i%2], 10*p+row.n)
			card.CreatedAt = at(row.created)
			want[phase] = append(want[phase], domain.StudyCard{Card: card, Memory: dueMemory(10*p+row.n, phase, row.due)})
		}
		for _, i := range []int{3, 5, 1, 0, 4, 2} {
			card := want[phase][i]
			require.NoError(t, s.Cards.InsertCards(t.Context(), ada, card.Card.Deck, []domain.Card{card.Card}))
			require.True(t, settle(t, s, card.Card, card.Memory))
		}
	}
	for phase, cards := range want {
		for _, limit := range []int{1, 2, 3, 6, 50} {
			query := ports.StudyQuery{Phase: phase, DueBy: at(1_000_000), Limit: limit}
			requireStudy(t, s, ada, query, cards[:min(limit, len(cards))]...)
		}
		requireStudy(t, s, ada, ports.StudyQuery{Phase: phase, DueBy: soon, Limit: 50}, cards[:5]...)
	}
}

func studyNew(t *testing.T, engine Engine) {
	s := engine.Open(t)
	decks := []domain.Deck{addDeck(t, s, ada, 1), addDeck(t, s, ada, 2)}
	want := []domain.StudyCard{}
	for i, n := range []int{6, 3, 1, 2, 5} {
		card := newCard(decks[i%2], n)
		card.CreatedAt = at([]int{1, 2, 3, 3, 3}[i])
		want = append(want, domain.StudyCard{Card: card, Memory: domain.NewMemory()})
	}
	for _, i := range []int{4, 0, 2, 3, 1} {
		require.NoError(t, s.Cards.InsertCards(t.Context(), ada, want[i].Card.Deck, []domain.Card{want[i].Card}))
	}
	want[1].Memory = domain.Memory{Phase: domain.PhaseNew, Seq: 4} // a card that was reset is among them
	require.True(t, settle(t, s, want[1].Card, want[1].Memory))
	addDue(t, s, decks[0], 7, domain.PhaseLearning, at(-1_000_000))
	for _, by := range []time.Time{{}, at(-1_000_000), at(0), at(1_000_000)} {
		requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseNew, DueBy: by}, want...)
		requireStudy(t, s, ada, ports.StudyQuery{Phase: domain.PhaseNew, DueBy: by, Limit: 2}, want[:2]...)
	}
}

func studyDueBy(t *testing.T, engine Engine) {
	s := engine.Open(t)
	deck := addDeck(t, s, ada, 1)
	for i, phase := range duePhases {
		cards := []domain.StudyCard{}
		for j := range 3 {
			due := at(10).Add(time.Duration(j-1) * time.Millisecond)
			cards = append(cards, addDue(t, s, deck, 10*i+j+1, phase, due))
		}
		for j, card := range cards {
			requireStudy(t, s, ada, ports.StudyQuery{Phase: phase, DueBy: card.Memory.Due}, cards[:j+1]...)
		}
		elsewhere := at(10).In(time.FixedZone("Kathmandu", 5*3600+45*60))
		requireStudy(t, s, ada, ports.StudyQuery{Phase: phase, DueBy: elsewhere}, cards[:2]...)
		requireStudy(t, s, ada, ports.StudyQuery{Phase: phase, DueBy: at(9)})
	}
}

func studyCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addCard(t, s, addDeck(t, s, ada, 1), 1)
	ctx, query := cancelled(t), ports.StudyQuery{Phase: domain.PhaseNew, Limit: 10}
	_, cards := s.StudyQueue.StudyCards(ctx, ada, query)
	_, ids := s.StudyQueue.StudyIDs(ctx, ada, query)
	_, times := s.StudyQueue.DueTimes(ctx, ada, at(0), at(10), 10)
	requireCancelled(t, map[string]error{"StudyCards": cards, "StudyIDs": ids, "DueTimes": times})
}
