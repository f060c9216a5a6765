package learning

import (
	"context"
	"iter"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// A loop over a log keeps a connection to storage. Who asks storage for something else within the loop waits for a second
// one, and when all connections are kept by such loops, all of them wait for ever. So events are read page by page, and
// nothing is asked for while a page is read. Pages that are to come are read while one is counted.

const (
	// eventPage is how many events are read at a time.
	eventPage = 2000
	// pagesAhead is how many pages are read at once, while another one is counted.
	pagesAhead = 4
)

// page is some events of a log, in order. There may be more behind it.
type page struct {
	events []domain.Event
	more   bool
	err    error
}

// readPage reads the events that have the next eventPage numbers after one.
func readPage(ctx context.Context, facts ports.EventFacts, user domain.UserID, after int64) page {
	var p page
	for event, err := range facts.EventFacts(ctx, user, after) {
		if err != nil {
			return page{err: err}
		}
		if event.Seq > after+eventPage {
			p.more = true
			break
		}
		p.events = append(p.events, event)
	}
	return p
}

// pagesAfter yields the pages after a full one that ends with a number.
func pagesAfter(ctx context.Context, facts ports.EventFacts, user domain.UserID, last int64) iter.Seq[page] {
	return func(yield func(page) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		var coming []<-chan page
		read := func() {
			after, done := last, make(chan page, 1)
			last += eventPage
			coming = append(coming, done)
			go func() { done <- readPage(ctx, facts, user, after) }()
		}
		for range pagesAhead {
			read()
		}
		for {
			p := <-coming[0]
			coming = coming[1:]
			if p.more {
				read()
			}
			if !yield(p) || !p.more {
				return
			}
		}
	}
}
