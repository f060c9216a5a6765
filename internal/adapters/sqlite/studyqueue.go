package sqlite

import (
	"context"
	"encoding/json"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// StudyQueue finds what is to be studied. It reads an index in the order asked for, and no more of it than the limit and
// the cards of the decks that are left out.
type StudyQueue struct{ store *Store }

var _ ports.StudyQueue = (*StudyQueue)(nil)

// The parts of the statements. New cards have no due time, which is a place of its own in the indexes.
const (
	studyCard = "SELECT " + cardColumns + ", phase, step, stability, difficulty, due, last_review, last_day, reps, lapses, seq FROM cards "
	studyID   = "SELECT id FROM cards "
	inDeck    = "INDEXED BY cards_deck_due WHERE user_id = ?1 AND deck_id = ?2 "
	inOthers  = "INDEXED BY cards_due WHERE user_id = ?1 AND deck_id NOT IN (SELECT value FROM json_each(?2)) "
	isNew     = "AND suspended = 0 AND phase = 'new' AND due IS NULL ORDER BY created_at, id LIMIT ?3"
	isDue     = "AND suspended = 0 AND phase = ?4 AND due <= ?5 ORDER BY due, created_at, id LIMIT ?3"
)

const (
	newCardsOfDeck query = studyCard + inDeck + isNew
	newCards       query = studyCard + inOthers + isNew
	dueCardsOfDeck query = studyCard + inDeck + isDue
	dueCards       query = studyCard + inOthers + isDue
	newIDsOfDeck   query = studyID + inDeck + isNew
	newIDs         query = studyID + inOthers + isNew
	dueIDsOfDeck   query = studyID + inDeck + isDue
	dueIDs         query = studyID + inOthers + isDue
	dueTimes       query = `SELECT due FROM cards INDEXED BY cards_due
		WHERE user_id = ? AND suspended = 0 AND phase = 'review' AND due >= ? AND due < ? ORDER BY due LIMIT ?`
)

// studyStatements are the statements that read the same columns of the queue.
type studyStatements struct{ newOfDeck, new, dueOfDeck, due query }

// of returns the statement for a question, and its parameters.
func (s studyStatements) of(owner domain.UserID, asked ports.StudyQuery) (query, []any, error) {
	fresh, due, place := s.newOfDeck, s.dueOfDeck, string(asked.Deck)
	if asked.Deck == "" {
		// Never null: nothing is "not in" a list with a NULL.
		except, err := json.Marshal(append([]domain.DeckID{}, asked.Except...))
		if err != nil {
			return "", nil, err
		}
		fresh, due, place = s.new, s.due, string(except)
	}
	if asked.Phase == domain.PhaseNew {
		return fresh, []any{string(owner), place, asked.Limit}, nil
	}
	return due, []any{string(owner), place, asked.Limit, string(asked.Phase), asked.DueBy.UnixMilli()}, nil
}

// studyCardFields returns where the columns of studyCard go.
func studyCardFields(c *domain.StudyCard) []any {
	return append(cardFields(&c.Card), memoryFields(&c.Memory)...)
}

// StudyCards returns the first of the owner's cards with their content.
func (s *StudyQueue) StudyCards(ctx context.Context, owner domain.UserID, asked ports.StudyQuery) ([]domain.StudyCard, error) {
	statement, args, err := studyStatements{newCardsOfDeck, newCards, dueCardsOfDeck, dueCards}.of(owner, asked)
	if err != nil {
		return nil, s.store.failure(ctx, "name decks", err)
	}
	return list(ctx, s.store, "list the cards to study", studyCardFields, statement, args...)
}

// StudyIDs returns the ids of the same cards.
func (s *StudyQueue) StudyIDs(ctx context.Context, owner domain.UserID, asked ports.StudyQuery) ([]domain.CardID, error) {
	statement, args, err := studyStatements{newIDsOfDeck, newIDs, dueIDsOfDeck, dueIDs}.of(owner, asked)
	if err != nil {
		return nil, s.store.failure(ctx, "name decks", err)
	}
	field := func(id *domain.CardID) []any { return []any{(*string)(id)} }
	return list(ctx, s.store, "list the ids of the cards to study", field, statement, args...)
}

// DueTimes returns when cards in review fall due, from the first time on and before the second.
func (s *StudyQueue) DueTimes(ctx context.Context, owner domain.UserID, from, before time.Time, limit int) ([]time.Time, error) {
	field := func(at *time.Time) []any { return []any{instant{at}} }
	return list(ctx, s.store, "list due times", field, dueTimes, owner, earliest(from), earliest(before), limit)
}
