package postgres

import (
	"context"
	"log/slog"
)

// uncounted are statements of PostgreSQL that keep it from counting how many rows there are of a person, deck, card or day. It
// then assumes a two hundredth of what it would read otherwise, and so takes the index that fits a question best. What it
// counts may say that people have few rows: most of them do, or all of them did a minute ago. Then any index that begins with
// the owner seems as good as the best one, and leads through everything that a person with a million cards has.
var uncounted = []string{
	"ALTER TABLE cards ALTER COLUMN user_id SET STATISTICS 0",
	"ALTER TABLE cards ALTER COLUMN deck_id SET STATISTICS 0",
	"ALTER TABLE review_events ALTER COLUMN user_id SET STATISTICS 0",
	"ALTER TABLE review_events ALTER COLUMN card_id SET STATISTICS 0",
	"ALTER TABLE review_events ALTER COLUMN day SET STATISTICS 0",
}

// setEstimates tells the server what to assume. One that does not know these statements chooses its indexes in other ways.
func (s *Store) setEstimates(ctx context.Context) {
	for _, statement := range uncounted {
		if _, err := s.pool.Exec(ctx, statement); err != nil {
			s.logger.InfoContext(ctx, "the server keeps its own estimates", slog.String("database", s.place), slog.Any("error", err))
		}
	}
}
