// Package sqlite keeps everything spacey stores in one SQLite file, embedded in the process. The file may be open in
// several processes of one machine at the same time.
package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/moshrank/spacey-backend/internal/ports"
)

// Store is an open database. One connection writes, since SQLite has one writer at a time; others read beside it.
type Store struct {
	path   string
	writer *pool
	reader *pool
	logger *slog.Logger
	closed atomic.Bool
	// presence is held while the store is open: see enter.
	presence *lock
	// appends are the calls of Append.
	appends group
	// now is the time at which a deck is deleted.
	now func() time.Time
	// beforeMemories is called by Append between the events and the memories, if it is set; tests fail there.
	beforeMemories func() error
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
		Contents:         &ContentStore{s},
		ContentLists:     &ContentStore{s},
		Blobs:            &Blobs{s},
		Jobs:             &Jobs{s},
		CardSearch:       &CardSearch{s},
		Search:           &Search{s},
		Sweeper:          &Sweeper{s},
		Archive:          s.archive(),
	}
}

// Ping reports whether the database can be read. The error is CodeUnavailable when it cannot.
func (s *Store) Ping(ctx context.Context) error {
	_, err := schemaVersion(ctx, s.reader.db)
	return s.failure(ctx, "ping the database", err)
}

// Close closes the database. Calls made later are CodeUnavailable.
func (s *Store) Close() error {
	s.closed.Store(true)
	// The writer is the last of the connections to go: the last one moves what is in the write-ahead log into the database.
	return errors.Join(s.reader.close(), s.writer.close(), s.presence.release())
}
