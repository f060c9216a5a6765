// Package postgres keeps everything spacey stores in a PostgreSQL database. The SQL is what PostgreSQL has in common with
// the servers that speak its protocol: no extension, no sequence, no NOTIFY, no advisory lock.
package postgres

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/moshrank/spacey-backend/internal/ports"
)

// Store is a database of a server. All methods may be called at the same time.
type Store struct {
	pool   *pgxpool.Pool
	logger *slog.Logger
	// place names the server and the database, for messages.
	place string
	// now is the time at which a deck is deleted.
	now func() time.Time
	// interrupt is run by Append between the events and the memories, if it is set; tests fail there.
	interrupt query
}

// Ports returns the storage ports of this database.
func (s *Store) Ports() ports.Storage {
	return ports.Storage{
		Users:            &Users{s},
		Sessions:         &Sessions{s},
		OneTimeTokens:    &OneTimeTokens{s},
		APITokens:        &APITokens{s},
		SignInPlaces:     &SignInPlaces{s},
		SignInAttempts:   &SignInAttempts{s},
		Audits:           &Audits{s},
		Deletions:        &Deletions{s},
		Erasure:          &Erasure{s},
		Idempotency:      &Idempotency{s},
		Configs:          &Configs{s},
		Decks:            &Decks{s},
		PublishedDecks:   &PublishedDecks{s},
		Cards:            &Cards{s},
		ReviewLog:        &ReviewLog{s},
		DayEvents:        &DayEvents{s},
		RecentEvents:     &RecentEvents{s},
		Memories:         &Memories{s},
		Suspensions:      &Suspensions{s},
		StudyQueue:       &StudyQueue{s},
		LearningSettings: &LearningSettings{s},
		Projections:      &Projections{s},
		EventFacts:       &EventFacts{s},
		Statistics:       &Statistics{s},
		LearningSessions: &LearningSessions{s},
		Notes:            &Notes{s},
		GenerationUsage:  &GenerationUsage{s},
		Contents:         &Contents{s},
		ContentLists:     &ContentLists{s},
		Blobs:            &Blobs{s},
		Jobs:             &Jobs{s},
		CardSearch:       &CardSearch{s},
		Search:           &Search{s},
		Sweeper:          &Sweeper{s},
		Archive:          s.archive(),
	}
}

// takesWrites is how every server says it, one that follows another included.
const takesWrites query = "SELECT current_setting('transaction_read_only') = 'off'"

// Ping reports whether the server answers and takes writes. The error is CodeUnavailable when it does not.
func (s *Store) Ping(ctx context.Context) error {
	var writable bool
	_, err := s.row(ctx, "ask the server whether it takes writes", takesWrites, nil, &writable)
	if err == nil && !writable {
		return s.onlyReads(errReadOnly)
	}
	return err
}

// Close closes the connections, when no call uses them any more. Calls made later are CodeUnavailable.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}
