package postgres

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// StudyQueue finds what is to be studied. It reads an index in the order asked for, and no more of it than the limit and
// the cards of the decks that are left out.
type StudyQueue struct{ store *Store }

var _ ports.StudyQueue = (*StudyQueue)(nil)

// The parts of the statements. New cards have no due time: the order names it so that it is that of the indexes. The ids of a
// deck ask for a column that only the index of decks has: the other one has their order too, but leads past all decks.
const (
	studyCard = "SELECT " + cardColumns + ", phase, step, stability, difficulty, due, last_review, last_day, reps, lapses, seq FROM cards "
	studyID   = "SELECT id FROM cards "
	inDeck    = "WHERE user_id = $1 AND deck_id = $2 "
	idsInDeck = inDeck + "AND seq >= 0 "
	inOthers  = "WHERE user_id = $1 AND NOT (deck_id = ANY($2)) "
	isNew     = "AND suspended = false AND phase = 'new' ORDER BY due, created_at, id LIMIT $3"
	isDue     = "AND suspended = false AND phase = $4 AND due <= $5 ORDER BY due, created_at, id LIMIT $3"
)

const (
	newCardsOfDeck query = studyCard + inDeck + isNew
	newCards       query = studyCard + inOthers + isNew
	dueCardsOfDeck query = studyCard + inDeck + isDue
	dueCards       query = studyCard + inOthers + isDue
	newIDsOfDeck   query = studyID + idsInDeck + isNew
	newIDs         query = studyID + inOthers + isNew
	dueIDsOfDeck   query = studyID + idsInDeck + isDue
	dueIDs         query = studyID + inOthers + isDue
	dueTimes       query = `SELECT due FROM cards
		WHERE user_id = $1 AND suspended = false AND phase = 'review' AND due >= $2 AND due < $3 ORDER BY due LIMIT $4`
)

// studyStatements are the statements that read the same columns of the queue.
type studyStatements struct{ newOfDeck, new, dueOfDeck, due query }

// of returns the statement for a question, and its parameters.
func (s studyStatements) of(owner domain.UserID, asked ports.StudyQuery) (query, []any) {
	fresh, due, place := s.newOfDeck, s.dueOfDeck, any(string(asked.Deck))
	if asked.Deck == "" {
		fresh, due, place = s.new, s.due, keys(asked.Except)
	}
	if asked.Phase == domain.PhaseNew {
		return fresh, []any{string(owner), place, asked.Limit}
	}
	return due, []any{string(owner), place, asked.Limit, string(asked.Phase), stored(asked.DueBy)}
}

// studyCardFields returns where the columns of studyCard go.
func studyCardFields(c *domain.StudyCard) []any {
	return append(cardFields(&c.Card), memoryFields(&c.Memory)...)
}

// StudyCards returns the first of the owner's cards with their content.
func (s *StudyQueue) StudyCards(ctx context.Context, owner domain.UserID, asked ports.StudyQuery) ([]domain.StudyCard, error) {
	statement, args := studyStatements{newCardsOfDeck, newCards, dueCardsOfDeck, dueCards}.of(owner, asked)
	return list(ctx, s.store, "list the cards to study", studyCardFields, statement, args...)
}

// StudyIDs returns the ids of the same cards.
func (s *StudyQueue) StudyIDs(ctx context.Context, owner domain.UserID, asked ports.StudyQuery) ([]domain.CardID, error) {
	statement, args := studyStatements{newIDsOfDeck, newIDs, dueIDsOfDeck, dueIDs}.of(owner, asked)
	field := func(id *domain.CardID) []any { return []any{(*string)(id)} }
	return list(ctx, s.store, "list the ids of the cards to study", field, statement, args...)
}

// DueTimes returns when cards in review fall due, from the first time on and before the second.
func (s *StudyQueue) DueTimes(ctx context.Context, owner domain.UserID, from, before time.Time, limit int) ([]time.Time, error) {
	field := func(at *time.Time) []any { return []any{instant{at}} }
	return list(ctx, s.store, "list due times", field, dueTimes, string(owner), earliest(from), earliest(before), limit)
}
