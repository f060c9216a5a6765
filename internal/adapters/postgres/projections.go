package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Projections finds what is needed to hold the memories against the log, and mends them.
type Projections struct{ store *Store }

var _ ports.Projections = (*Projections)(nil)

const (
	// learners skips from one person to the next in an index of each table, whatever lies between.
	learners query = `WITH RECURSIVE learner (id, n) AS (
			SELECT least((SELECT min(user_id) FROM cards WHERE user_id > $1), (SELECT min(user_id) FROM review_events WHERE user_id > $1)), 1
		UNION ALL SELECT
			least((SELECT min(user_id) FROM cards WHERE user_id > learner.id), (SELECT min(user_id) FROM review_events WHERE user_id > learner.id)),
			n + 1 FROM learner WHERE id IS NOT NULL AND n < $2
		) SELECT id FROM learner WHERE id IS NOT NULL ORDER BY n`
	countEvents    query = "SELECT count(*) FROM review_events WHERE user_id = $1"
	memoriesByCard query = "SELECT " + memoryColumns + " FROM cards WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"
	restoreMemory  query = setMemory + " WHERE user_id = $11 AND id = $12 AND seq = $13"
)

// Learners returns the ids of the people who have cards or events, in order.
func (p *Projections) Learners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	field := func(id *domain.UserID) []any { return []any{(*string)(id)} }
	return list(ctx, p.store, "list learners", field, learners, string(after), limit)
}

// CountEvents returns how many events the owner's log has.
func (p *Projections) CountEvents(ctx context.Context, owner domain.UserID) (int64, error) {
	var count int64
	_, err := p.store.row(ctx, "count the events of a log", countEvents, []any{string(owner)}, &count)
	return count, err
}

// MemoriesByCard returns the memories of the owner's cards in order of the cards' ids.
func (p *Projections) MemoriesByCard(
	ctx context.Context, owner domain.UserID, after domain.CardID, limit int,
) ([]domain.CardMemory, error) {
	return list(ctx, p.store, "list memories", cardMemoryFields, memoriesByCard, string(owner), string(after), limit)
}

// Restore gives a card this memory where the stored one has the number was.
func (p *Projections) Restore(
	ctx context.Context, owner domain.UserID, card domain.CardID, was int64, memory domain.Memory,
) (bool, error) {
	rows, err := p.store.exec(ctx, "restore the memory of a card", restoreMemory, append(settleValues(owner, card, &memory), was)...)
	return rows == 1, err
}
