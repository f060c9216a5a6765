package postgres

import (
	"context"
	"iter"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Memories stores what is believed of the memory of each card.
type Memories struct{ store *Store }

var _ ports.Memories = (*Memories)(nil)

const (
	memoryColumns       = "id, deck_id, suspended, phase, step, stability, difficulty, due, last_review, last_day, reps, lapses, seq"
	memoryOf      query = "SELECT " + memoryColumns + " FROM cards WHERE user_id = $1 AND id = $2"
	// Each card is looked up by its key: left to itself, the server might read all cards of an owner whom it takes to have few.
	memoriesOf query = `SELECT memory.* FROM unnest($2::text[]) AS asked (card)
		CROSS JOIN LATERAL (SELECT ` + memoryColumns + ` FROM cards WHERE user_id = $1 AND id = asked.card LIMIT 1) AS memory`
	// OFFSET keeps the server from reading all decks, and choosing among their cards.
	deckMemories query = `SELECT memory.* FROM unnest($2::text[]) AS asked (deck)
		CROSS JOIN LATERAL (SELECT ` + memoryColumns + ` FROM cards WHERE user_id = $1 AND deck_id = asked.deck OFFSET 0) AS memory`
	setMemory = `UPDATE cards SET phase = $1, step = $2, stability = $3, difficulty = $4, due = $5, last_review = $6,
		last_day = $7, reps = $8, lapses = $9, seq = $10`
	settleMemory query = setMemory + " WHERE user_id = $11 AND id = $12 AND seq < $10"
)

// cardMemoryFields returns where memoryColumns go.
func cardMemoryFields(c *domain.CardMemory) []any {
	return append([]any{(*string)(&c.Card), (*string)(&c.Deck), &c.Suspended}, memoryFields(&c.Memory)...)
}

// memoryFields returns where the columns of a memory go, from phase to seq.
func memoryFields(m *domain.Memory) []any {
	return []any{
		(*string)(&m.Phase), &m.Step, &m.Stability, &m.Difficulty, instant{&m.Due}, instant{&m.LastReview},
		(*int32)(&m.LastDay), &m.Reps, &m.Lapses, &m.Seq,
	}
}

// memoryValues returns the columns of a memory, from phase to seq.
func memoryValues(m *domain.Memory) []any {
	return []any{
		string(m.Phase), m.Step, m.Stability, m.Difficulty, moment(m.Due), moment(m.LastReview),
		int32(m.LastDay), m.Reps, m.Lapses, m.Seq,
	}
}

// settleValues returns the parameters of settleMemory.
func settleValues(owner domain.UserID, card domain.CardID, memory *domain.Memory) []any {
	return append(memoryValues(memory), string(owner), string(card))
}

// Memory returns the memory of a card of the owner.
func (m *Memories) Memory(ctx context.Context, owner domain.UserID, card domain.CardID) (domain.CardMemory, error) {
	var memory domain.CardMemory
	found, err := m.store.row(ctx, "read the memory of a card", memoryOf, []any{string(owner), string(card)}, cardMemoryFields(&memory)...)
	if err == nil && !found {
		err = domain.NotFound("card")
	}
	if err != nil {
		return domain.CardMemory{}, err
	}
	return memory, nil
}

// MemoriesOf returns the memories of those of the cards that are there.
func (m *Memories) MemoriesOf(ctx context.Context, owner domain.UserID, cards ...domain.CardID) ([]domain.CardMemory, error) {
	return list(ctx, m.store, "read the memories of cards", cardMemoryFields, memoriesOf, string(owner), keys(cards))
}

// DeckMemories yields the memories of all cards of the owner's given decks. A loop over it keeps a connection until it
// ends.
func (m *Memories) DeckMemories(ctx context.Context, owner domain.UserID, decks []domain.DeckID) iter.Seq2[domain.CardMemory, error] {
	return func(yield func(domain.CardMemory, error) bool) {
		begun := false
		more := func(memory domain.CardMemory) bool {
			begun = true
			return yield(memory, nil)
		}
		// Nothing is yielded twice.
		passing := func(err error) bool { return !begun && (repeatable(err) || lost(err)) }
		err := again(ctx, passing, func() error {
			return each(ctx, m.store, cardMemoryFields, more, deckMemories, string(owner), keys(decks))
		})
		if err != nil {
			yield(domain.CardMemory{}, m.store.failure(ctx, "read the memories of decks", err))
		}
	}
}

// Settle gives a card this memory where the stored one is of a lower number.
func (m *Memories) Settle(ctx context.Context, owner domain.UserID, card domain.CardID, memory domain.Memory) (bool, error) {
	rows, err := m.store.exec(ctx, "settle the memory of a card", settleMemory, settleValues(owner, card, &memory)...)
	return rows == 1, err
}
