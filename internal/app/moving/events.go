package moving

import (
	"context"
	"fmt"
	"iter"
	"math"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// eventLog is the work on review logs. Events are never changed, so what the target has must be where the source's log
// begins, and only what follows is copied.
type eventLog struct {
	from, to ports.ReviewLog
	shelf    ports.EventShelf
}

func (l *eventLog) of() Kind { return Events }

// heads returns the newest numbers of both logs. The source may grow meanwhile, so it is read last.
func (l *eventLog) heads(ctx context.Context, owner domain.UserID) (source, target int64, err error) {
	to, err := l.to.Head(ctx, owner)
	if err != nil {
		return 0, 0, fmt.Errorf("reading the log of the target: %w", err)
	}
	from, err := l.from.Head(ctx, owner)
	if err != nil {
		return 0, 0, fmt.Errorf("reading the log of the source: %w", err)
	}
	return from.Seq, to.Seq, nil
}

func (l *eventLog) plan(ctx context.Context, owner domain.UserID, _ bool) (Changes, bool, error) {
	from, to, err := l.heads(ctx, owner)
	if err != nil {
		return Changes{}, false, err
	}
	if err := l.check(ctx, owner, from, to); err != nil {
		return Changes{}, false, err
	}
	return Changes{Read: from - to, Added: from - to}, from > to, nil
}

// check fails where the target's log, whose newest number is to, is not where the source's log begins.
func (l *eventLog) check(ctx context.Context, owner domain.UserID, from, to int64) error {
	if to > from {
		return ahead(owner, Events, fmt.Sprint(to), fmt.Sprintf("the target's log has %d events and the source's log %d", to, from))
	}
	if to == 0 {
		return nil
	}
	there, err := l.to.Events(ctx, owner, to-1, 1)
	if err != nil {
		return fmt.Errorf("reading an event of the target: %w", err)
	}
	here, err := l.from.Events(ctx, owner, to-1, 1)
	if err != nil {
		return fmt.Errorf("reading an event of the source: %w", err)
	}
	if len(there) != 1 || len(here) != 1 || !same(&there[0], &here[0]) {
		return ahead(owner, Events, fmt.Sprint(to), "it is another event at the target than at the source")
	}
	return nil
}

func (l *eventLog) sync(ctx context.Context, owner domain.UserID, tell done) error {
	return l.reach(ctx, owner, math.MaxInt64, tell)
}

// before brings the events that some cards' memories follow from.
func (l *eventLog) before(ctx context.Context, owner domain.UserID, cards []ports.ArchivedCard, tell done) error {
	newest := int64(0)
	for i := range cards {
		newest = max(newest, cards[i].Memory.Seq)
	}
	return l.reach(ctx, owner, newest, tell)
}

// reach copies events until the target has the number, or all there are.
func (l *eventLog) reach(ctx context.Context, owner domain.UserID, number int64, tell done) error {
	if number == 0 {
		return nil
	}
	head, err := l.to.Head(ctx, owner)
	if err != nil {
		return fmt.Errorf("reading the log of the target: %w", err)
	}
	if head.Seq >= number {
		return nil
	}
	last := head.Seq
	for events, err := range eventPages(ctx, l.from, owner, last) {
		if err != nil {
			return fmt.Errorf("reading events of the source: %w", err)
		}
		if events[0].Seq != last+1 || events[len(events)-1].Seq != last+int64(len(events)) {
			return domain.NewError(domain.CodeInternal, fmt.Sprintf("the source's log of %s leaves a number out behind %d", ownerName(owner), last))
		}
		if err := l.put(ctx, owner, events); err != nil {
			return err
		}
		last += int64(len(events))
		tell(Events, Changes{Read: int64(len(events)), Added: int64(len(events))})
		if last >= number {
			return nil
		}
	}
	return nil
}

// put adds events. When the target refuses one of them the error is a *Failure that names it; those before it are stored.
func (l *eventLog) put(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	err := l.shelf.PutEvents(ctx, owner, events)
	if refused(err) {
		err = l.putOneByOne(ctx, owner, events)
	}
	if err != nil && failureOf(err) == nil {
		return fmt.Errorf("writing events: %w", err)
	}
	return err
}

// putOneByOne adds those of the events that the target has not, of which it refuses one.
func (l *eventLog) putOneByOne(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	head, err := l.to.Head(ctx, owner)
	if err != nil {
		return err
	}
	for i := range events {
		if events[i].Seq <= head.Seq {
			continue
		}
		if err := l.shelf.PutEvents(ctx, owner, events[i:i+1]); refused(err) {
			return &Failure{owner, Events, fmt.Sprintf("%d (%s)", events[i].Seq, events[i].ID), err}
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (l *eventLog) sum(ctx context.Context, owner domain.UserID, which side, tell done) (Checksum, error) {
	log := l.from
	if which == target {
		log = l.to
	}
	var sum Checksum
	var form []byte
	for events, err := range eventPages(ctx, log, owner, 0) {
		if err != nil {
			return sum, err
		}
		for i := range events {
			form = canonical(form[:0], &events[i])
			sum.add(form)
		}
		tell(Events, Changes{Read: int64(len(events))})
	}
	return sum, nil
}

// eventPages yields the owner's events behind a number, page by page. While a page is looked at the next one is read.
func eventPages(ctx context.Context, log ports.ReviewLog, owner domain.UserID, after int64) iter.Seq2[[]domain.Event, error] {
	type page struct {
		events []domain.Event
		err    error
	}
	return func(yield func([]domain.Event, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		coming := make(chan page, 1)
		read := func(after int64) {
			events, err := log.Events(ctx, owner, after, domain.MaxEntries)
			coming <- page{events, err}
		}
		go read(after)
		for more := true; more; {
			p := <-coming
			if more = p.err == nil && len(p.events) == domain.MaxEntries; more {
				go read(p.events[len(p.events)-1].Seq)
			}
			if (p.err != nil || len(p.events) > 0) && !yield(p.events, p.err) && more {
				cancel()
				<-coming // nothing is read any more when this returns
				return
			}
		}
		cancel()
	}
}
