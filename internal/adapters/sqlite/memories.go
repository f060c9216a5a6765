package sqlite

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Memories stores what is believed of the memory of each card.
type Memories struct{ store *Store }

var _ ports.Memories = (*Memories)(nil)

const (
	memoryColumns       = "id, deck_id, suspended, phase, step, stability, difficulty, due, last_review, last_day, reps, lapses, seq"
	memoryOf      query = "SELECT " + memoryColumns + " FROM cards WHERE user_id = ? AND id = ?"
	// Left to itself, SQLite would read all cards of the owner from an index that covers memories.
	memoriesOf query = "SELECT " + memoryColumns + ` FROM cards WHERE rowid IN
		(SELECT (SELECT rowid FROM cards WHERE user_id = ?1 AND id = asked.value) FROM json_each(?2) AS asked)`
	deckMemories query = "SELECT " + memoryColumns + " FROM cards WHERE user_id = ? AND deck_id IN (SELECT value FROM json_each(?))"
	setMemory          = `UPDATE cards SET phase = ?, step = ?, stability = ?, difficulty = ?, due = ?, last_review = ?, last_day = ?,
		reps = ?, lapses = ?, seq = ?10`
	settleMemory query = setMemory + " WHERE user_id = ? AND id = ? AND seq < ?10"
)

// cardMemoryFields returns where memoryColumns go.
func cardMemoryFields(c *domain.CardMemory) []any {
	return append([]any{(*string)(&c.Card), (*string)(&c.Deck), &c.Suspended}, memoryFields(&c.Memory)...)
}

// memoryFields returns where the columns of a memory go, from phase to seq.
func memoryFields(m *domain.Memory) []any {
	return []any{
		(*string)(&m.Phase), whole(&m.Step), &m.Stability, &m.Difficulty, instant{&m.Due}, instant{&m.LastReview},
		whole(&m.LastDay), whole(&m.Reps), whole(&m.Lapses), &m.Seq,
	}
}

// memoryValues returns the columns of a memory, from phase to seq.
func memoryValues(m *domain.Memory) []any {
	return []any{
		string(m.Phase), m.Step, m.Stability, m.Difficulty, millis(m.Due), millis(m.LastReview),
		int64(m.LastDay), m.Reps, m.Lapses, m.Seq,
	}
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
	asked, err := json.Marshal(cards)
	if err != nil {
		return nil, m.store.failure(ctx, "name cards", err)
	}
	return list(ctx, m.store, "read the memories of cards", cardMemoryFields, memoriesOf, owner, string(asked))
}

// DeckMemories yields the memories of all cards of the owner's given decks. A loop over it keeps a connection until it
// ends.
func (m *Memories) DeckMemories(ctx context.Context, owner domain.UserID, decks []domain.DeckID) iter.Seq2[domain.CardMemory, error] {
	return func(yield func(domain.CardMemory, error) bool) {
		if err := m.each(ctx, owner, decks, yield); err != nil {
			yield(domain.CardMemory{}, m.store.failure(ctx, "read the memories of decks", err))
		}
	}
}

// each yields memories until there are no more, yield does not want more (nil), or an error.
func (m *Memories) each(
	ctx context.Context, owner domain.UserID, decks []domain.DeckID, yield func(domain.CardMemory, error) bool,
) error {
	if len(decks) == 0 {
		return ctx.Err()
	}
	asked, err := json.Marshal(decks)
	if err != nil {
		return err
	}
	rows, err := m.store.rows(ctx, deckMemories, owner, string(asked))
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var memory domain.CardMemory
	fields := cardMemoryFields(&memory)
	for rows.Next() {
		if err := rows.Scan(fields...); err != nil {
			return err
		}
		if !yield(memory, nil) {
			return nil
		}
	}
	return rows.Err()
}

// Settle gives a card this memory where the stored one is of a lower number.
func (m *Memories) Settle(ctx context.Context, owner domain.UserID, card domain.CardID, memory domain.Memory) (bool, error) {
	rows, err := m.store.exec(ctx, "settle the memory of a card", settleMemory, append(memoryValues(&memory), owner, card)...)
	return rows == 1, err
}
