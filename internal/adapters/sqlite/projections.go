package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Projections finds what is needed to hold the memories against the log, and mends them.
type Projections struct{ store *Store }

var _ ports.Projections = (*Projections)(nil)

const (
	// learners goes through two lists that are in order, of those who have cards and those who have events. It skips from one
	// person to the next in an index, whatever lies between.
	learners query = `WITH RECURSIVE learner (card, event) AS (
			SELECT (SELECT min(user_id) FROM cards WHERE user_id > ?1), (SELECT min(user_id) FROM review_events WHERE user_id > ?1)
		UNION ALL SELECT
			CASE WHEN card <= coalesce(event, card) THEN (SELECT min(user_id) FROM cards WHERE user_id > learner.card) ELSE card END,
			CASE WHEN event <= coalesce(card, event) THEN (SELECT min(user_id) FROM review_events WHERE user_id > learner.event) ELSE event END
			FROM learner WHERE coalesce(card, event) IS NOT NULL LIMIT ?2
		) SELECT min(coalesce(card, event), coalesce(event, card)) AS id FROM learner WHERE id IS NOT NULL`
	// The index of days has the smallest entries.
	countEvents    query = "SELECT count(*) FROM review_events INDEXED BY review_events_day WHERE user_id = ?"
	memoriesByCard query = "SELECT " + memoryColumns + " FROM cards WHERE user_id = ? AND id > ? ORDER BY id LIMIT ?"
	restoreMemory  query = setMemory + " WHERE user_id = ? AND id = ? AND seq = ?"
)

// Learners returns the ids of the people who have cards or events, in order.
func (p *Projections) Learners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	field := func(id *domain.UserID) []any { return []any{(*string)(id)} }
	return list(ctx, p.store, "list learners", field, learners, after, limit)
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
	return list(ctx, p.store, "list memories", cardMemoryFields, memoriesByCard, owner, after, limit)
}

// Restore gives a card this memory where the stored one has the number was.
func (p *Projections) Restore(
	ctx context.Context, owner domain.UserID, card domain.CardID, was int64, memory domain.Memory,
) (bool, error) {
	rows, err := p.store.exec(ctx, "restore the memory of a card", restoreMemory, append(memoryValues(&memory), owner, card, was)...)
	return rows == 1, err
}
