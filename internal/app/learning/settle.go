package learning

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// settlePage is how many events are looked at between two questions to storage.
const settlePage = 500

// settleMargin is how far a sweep goes back beyond the last one: longer than any append takes.
const settleMargin = time.Minute

// Settler completes memories that a crash left behind their events. Make one with NewSettler.
type Settler struct {
	recent   ports.RecentEvents
	memories ports.Memories
	clock    ports.Clock
	// since is the beginning of the next sweep, zero before the first.
	since time.Time
}

// NewSettler returns a settler whose first sweep looks at the minute before the newest event, whenever that was: what
// a crash left behind lies there.
func NewSettler(storage ports.Storage, clock ports.Clock) *Settler {
	return &Settler{recent: storage.RecentEvents, memories: storage.Memories, clock: clock}
}

// Settle looks at the events recorded since the last sweep and completes the memories that lack them. It returns how
// many it completed. Any number of processes may do this at once.
func (s *Settler) Settle(ctx context.Context) (int, error) {
	began := s.clock.Now()
	since := s.since
	if since.IsZero() {
		last, err := s.recent.LastRecorded(ctx)
		if err != nil {
			return 0, err
		}
		since = last
	}
	settled := 0
	for page := (ports.Page{Limit: settlePage}); ; {
		events, err := s.recent.RecordedSince(ctx, since.Add(-settleMargin), page)
		if err != nil {
			return settled, err
		}
		n, err := s.settlePage(ctx, events)
		settled += n
		if err != nil {
			return settled, err
		}
		if len(events) < page.Limit {
			s.since = began
			return settled, nil
		}
		last := events[len(events)-1]
		page.After = ports.Cursor{At: last.RecordedAt, ID: string(last.ID)}
	}
}

// settlePage completes the memories of the cards that some events are about.
func (s *Settler) settlePage(ctx context.Context, events []domain.Event) (int, error) {
	type owned struct {
		user domain.UserID
		card domain.CardID
	}
	newest := map[owned]domain.Memory{}
	for _, event := range events {
		key := owned{event.User, event.Card}
		if event.Seq > newest[key].Seq {
			newest[key] = event.After
		}
	}
	settled := 0
	for key, memory := range newest {
		card, err := s.memories.Memory(ctx, key.user, key.card)
		if domain.CodeOf(err) == domain.CodeNotFound || err == nil && card.Memory.Seq >= memory.Seq {
			continue // gone, or complete
		}
		if err != nil {
			return settled, err
		}
		done, err := s.memories.Settle(ctx, key.user, key.card, memory)
		if err != nil {
			return settled, err
		}
		if done {
			settled++
		}
	}
	return settled, nil
}
