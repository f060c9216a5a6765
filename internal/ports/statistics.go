package ports

import (
	"context"
	"iter"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// EventFacts reads what statistics count of a log.
type EventFacts interface {
	// EventFacts yields the owner's events with a number above after, by number, with these fields only: User, Seq, Kind, Deck,
	// Rating, StartedAt, FinishedAt, AnsweredAt, Day, Zone, Undoes and Asked. It ends after the first error.
	EventFacts(ctx context.Context, owner domain.UserID, after int64) iter.Seq2[domain.Event, error]
}

// CachedMonth is what was counted of one month of a person's days. It can always be counted again.
type CachedMonth struct {
	// Month counts from year 0: year*12 + month (1..12). 0 stands for the whole log, and holds a number only.
	Month int
	// Seq is the number of the log up to which it was counted.
	Seq int64
	// Data is up to whoever counts.
	Data []byte
}

// Statistics keeps what was counted, so that nothing is counted twice.
type Statistics interface {
	// CachedMonths returns the owner's months from one to another, both included, in order. Months that were never counted
	// are not among them.
	CachedMonths(ctx context.Context, owner domain.UserID, from, to int) ([]CachedMonth, error)
	// PutCachedMonth stores a month where the stored one has the number was (0 when there must be none), and reports whether
	// it did.
	PutCachedMonth(ctx context.Context, owner domain.UserID, was int64, month CachedMonth) (bool, error)
	// ForgetCachedMonths removes all that was counted of the owner.
	ForgetCachedMonths(ctx context.Context, owner domain.UserID) error
}
