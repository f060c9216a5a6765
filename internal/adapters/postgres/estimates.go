package postgres

import (
	"context"
	"fmt"
	"log/slog"
)

// uncounted are columns by which PostgreSQL is kept from counting how many rows there are of a person, deck, card or day. It
// then assumes a two hundredth of what it would read otherwise, and so takes the index that fits a question best. What it
// counts may say that people have few rows: most of them do, or all of them did a minute ago. Then any index that begins with
// the owner seems as good as the best one, and leads through everything that a person with a million cards has.
var uncounted = []struct{ table, column string }{
	{"cards", "user_id"}, {"cards", "deck_id"},
	{"review_events", "user_id"}, {"review_events", "card_id"}, {"review_events", "day"},
	{"sessions", "user_id"}, {"one_time_tokens", "user_id"}, {"api_tokens", "user_id"}, {"sign_in_places", "user_id"},
	{"audit_entries", "user_id"}, {"idempotent_requests", "user_id"}, {"notes", "user_id"}, {"generation_usage", "user_id"},
	{"contents", "user_id"}, {"content_texts", "user_id"}, {"blob_parts", "user_id"}, {"jobs", "user_id"}, {"card_terms", "user_id"},
	// Nobody asks for words that the server could have counted: they are parameters.
	{"card_terms", "terms"}, {"content_texts", "terms"}, {"notes", "terms"},
}

// isCounted says whether the server counts a column.
const isCounted query = `SELECT EXISTS (SELECT 1 FROM pg_attribute
	WHERE attrelid = to_regclass($1) AND attname = $2 AND coalesce(attstattarget, -1) <> 0)`

// setEstimates tells the server what to assume, where it has not been told. One that does not know these statements chooses its
// indexes in other ways.
func (s *Store) setEstimates(ctx context.Context) {
	for _, of := range uncounted {
		var counted bool
		err := s.pool.QueryRow(ctx, string(isCounted), of.table, of.column).Scan(&counted)
		if err == nil && counted {
			_, err = s.pool.Exec(ctx, fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s SET STATISTICS 0", of.table, of.column))
		}
		if err != nil {
			s.logger.InfoContext(ctx, "the server keeps its own estimates", slog.String("database", s.place), slog.Any("error", err))
		}
	}
}
