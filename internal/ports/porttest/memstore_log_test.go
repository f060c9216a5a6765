package porttest_test

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var eventsByRecording = listing[domain.Event]{
	at:    func(e domain.Event) time.Time { return e.RecordedAt },
	id:    func(e domain.Event) string { return string(e.ID) },
	order: func(e domain.Event) int { return int(e.Seq) },
}

func (s *memstore) keepEvent(e domain.Event) domain.Event {
	e.StartedAt, e.FinishedAt = s.at(e.StartedAt), s.at(e.FinishedAt)
	e.RecordedAt, e.AnsweredAt = s.at(e.RecordedAt), s.at(e.AnsweredAt)
	e.Zone, e.After = s.text(e.Zone), s.keepMemory(e.After)
	e.Latest, e.Imported.Due = s.at(e.Latest), s.at(e.Imported.Due)
	if s.is("the fuzz of an event is stored in 32 bits") {
		e.Fuzz = float64(float32(e.Fuzz))
	}
	if s.is("the buttons of an event are lost") {
		e.Buttons = 0
	}
	switch {
	case s.is("every event is an answer"):
		e.Kind = domain.KindReview
	case s.is("the event that is undone is lost"):
		e.Undoes = ""
	case s.is("the day that a card is moved to is lost"):
		e.DueDay = 0
	case s.is("the import of an event is lost"):
		e.Imported = domain.Imported{}
	case s.is("the latest of an event is lost"):
		e.Latest = time.Time{}
	case s.is("the latest of an event is its own time"):
		e.Latest = e.AnsweredAt
	}
	return e
}

// log returns the events that share the numbers of a person.
func (s *memstore) log(owner domain.UserID, forgetful string) []domain.Event {
	if !s.is(forgetful) {
		return s.logs[owner]
	}
	all := []domain.Event{}
	for _, events := range s.logs {
		all = append(all, events...)
	}
	slices.SortFunc(all, func(a, b domain.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	return all
}

func (s *memstore) Head(ctx context.Context, owner domain.UserID, cards ...domain.CardID) (ports.Head, error) {
	if err := s.enter(ctx); err != nil {
		return ports.Head{}, err
	}
	defer s.mu.Unlock()
	head := ports.Head{Newest: map[domain.CardID]domain.Event{}}
	for _, event := range s.log(owner, "Head forgets the owner") {
		head.Seq = event.Seq
		asked := slices.Contains(cards, event.Card) || s.is("Head tells of cards nobody asked for")
		older := event.RecordedAt.Before(head.Newest[event.Card].RecordedAt) && s.is("Head goes by time")
		if asked && !older {
			head.Newest[event.Card] = event
		}
	}
	if s.is("the number of an empty log is 1") {
		head.Seq = max(head.Seq, 1)
	}
	return head, nil
}

// refused says why events cannot be appended.
func (s *memstore) refused(owner domain.UserID, events []domain.Event) error {
	seqTaken := domain.NewError(domain.CodeSeqTaken, "The number is taken.")
	if s.is("a taken number is a conflict") {
		seqTaken.Code = domain.CodeConflict
	}
	log := s.log(owner, "all people share their numbers")
	next := int64(len(log)) + 1
	switch first := events[0].Seq; {
	case first > next && !s.is("a number may leave a gap"):
		return seqTaken
	case first < next && !s.is("a taken number is given again"):
		return seqTaken
	}
	for _, known := range s.log(owner, "an event id is unique over all people") {
		for i, event := range events {
			if known.ID == event.ID && !s.is("an event id may be used again") && (i == 0 || !s.is("only the first event id of a batch is looked at")) {
				return s.conflict("event")
			}
		}
	}
	return nil
}

func (s *memstore) Append(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if err := s.refused(owner, events); err != nil {
		if domain.CodeOf(err) == domain.CodeConflict && s.is("a batch keeps the first ones on a conflict") && len(events) > 1 {
			s.logs[owner] = append(s.logs[owner], s.keepEvent(events[0]))
		}
		return err
	}
	s.gap("two may take one number")
	if s.crash && !s.is("a crash is not reported") {
		return s.crashed(owner, events)
	}
	s.write(owner, events)
	for i, event := range events {
		later := func(e domain.Event) bool { return e.Card == event.Card }
		if s.is("a batch gives the memory of its first event") && slices.ContainsFunc(events[:i], later) {
			continue
		}
		s.follow(owner, event)
	}
	return nil
}

func (s *memstore) write(owner domain.UserID, events []domain.Event) {
	for i, event := range events {
		if i >= 25 && s.is("Append stores 25 events at most") {
			return
		}
		s.logs[owner] = append(s.logs[owner], s.keepEvent(event))
	}
}

var errCrash = domain.NewError(domain.CodeUnavailable, "The store has crashed.")

// crashed leaves what a crash leaves.
func (s *memstore) crashed(owner domain.UserID, events []domain.Event) error {
	switch {
	case s.is("a crash leaves the memory without its event"):
		s.follow(owner, events[0])
	case s.is("a crash leaves the last events of a batch"):
		s.write(owner, events[len(events)/2:])
	case s.is("a crash leaves a broken event"):
		broken := events[0]
		broken.After = domain.NewMemory()
		s.write(owner, []domain.Event{broken})
	case s.keepEvents:
		s.write(owner, events)
	}
	return errCrash
}

// follow gives a card the memory that an event leads to.
func (s *memstore) follow(owner domain.UserID, event domain.Event) {
	k := key{owner, string(event.Card)}
	row, found := s.cards[k]
	if !found {
		if s.is("an event brings its card back") {
			s.cards[k] = cardRow{Card: domain.Card{ID: event.Card, Owner: owner, Deck: event.Deck}, memory: event.After}
		}
		return
	}
	if s.is("an event moves its card to its deck") {
		row.Deck = event.Deck
		s.cards[k] = row
	}
	if event.After.Seq > row.memory.Seq || s.is("an event gives an older memory") {
		s.writeMemory(k, row, event.After)
	}
}

func (s *memstore) EventsByID(ctx context.Context, owner domain.UserID, ids ...domain.EventID) ([]domain.Event, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if len(ids) > 1 && s.is("EventsByID knows one event only") {
		ids = ids[:1]
	}
	if len(ids) > 100 && s.is("EventsByID looks for 100 events at most") {
		ids = ids[:100]
	}
	events := none[domain.Event](s)
	for _, event := range s.log(owner, "EventsByID forgets the owner") {
		if slices.Contains(ids, event.ID) || len(ids) == 0 && s.is("no events are all events") {
			events = append(events, event)
		}
	}
	if len(events) < len(ids) && s.is("an unknown event is not found") {
		return nil, s.notFound("event")
	}
	return events, nil
}

func (s *memstore) CardEvents(ctx context.Context, owner domain.UserID, cards ...domain.CardID) ([]domain.Event, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if len(cards) > 1 && s.is("CardEvents knows one card only") {
		cards = cards[:1]
	}
	events := none[domain.Event](s)
	for _, event := range s.log(owner, "CardEvents forgets the owner") {
		if slices.Contains(cards, event.Card) || len(cards) == 0 && s.is("no cards are all cards") {
			events = append(events, event)
		}
	}
	if s.is("the events of a card are in order of time") {
		slices.SortFunc(events, func(a, b domain.Event) int { return a.AnsweredAt.Compare(b.AnsweredAt) })
	}
	return events, nil
}

func (s *memstore) DayEvents(ctx context.Context, owner domain.UserID, day domain.Day) ([]domain.Event, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	events := none[domain.Event](s)
	for _, event := range s.log(owner, "DayEvents forgets the owner") {
		on := event.Day
		if s.is("DayEvents goes by the time of the event") {
			on = domain.DefaultCalendar().DayOf(event.AnsweredAt)
		}
		left := event.Kind != domain.KindReview && s.is("DayEvents finds answers only") || day < 0 && s.is("days before 1970 have no events")
		if !left && (on == day || s.is("DayEvents forgets the day")) {
			events = append(events, event)
		}
	}
	if s.is("the events of a day are in order of time") {
		slices.SortFunc(events, func(a, b domain.Event) int { return a.AnsweredAt.Compare(b.AnsweredAt) })
	}
	return events, nil
}

func (s *memstore) Events(ctx context.Context, owner domain.UserID, after int64, limit int) ([]domain.Event, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	events := none[domain.Event](s)
	if s.is("Events begins with the number it should follow") {
		after--
	}
	for _, event := range s.log(owner, "Events forgets the owner") {
		if event.Seq > after && (len(events) < limit || s.is("Events ignores its limit")) {
			events = append(events, event)
		}
	}
	return events, nil
}

func (s *memstore) LastRecorded(ctx context.Context) (time.Time, error) {
	if err := s.enter(ctx); err != nil {
		return time.Time{}, err
	}
	defer s.mu.Unlock()
	last := time.Time{}
	for owner, events := range s.logs {
		for i, event := range events {
			skipped := owner != s.anyOwner() && s.is("LastRecorded knows one person only") ||
				i+1 < len(events) && s.is("LastRecorded looks at the highest numbers only")
			if event.RecordedAt.After(last) && !skipped {
				last = event.RecordedAt
			}
		}
	}
	if last.IsZero() && s.is("LastRecorded of an empty store is 1970") {
		last = time.UnixMilli(0).UTC()
	}
	return last, nil
}

func (s *memstore) RecordedSince(ctx context.Context, since time.Time, page ports.Page) ([]domain.Event, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	recent := []domain.Event{}
	for owner, events := range s.logs {
		for _, event := range events {
			old := event.RecordedAt.Before(since) || event.RecordedAt.Equal(since) && s.is("RecordedSince leaves out its time")
			if !page.After.IsZero() && s.is("a cursor overrules the time of RecordedSince") {
				old = false
			}
			if !old && (owner == s.anyOwner() || !s.is("RecordedSince knows one person only")) {
				recent = append(recent, event)
			}
		}
	}
	return part(s, recent, eventsByRecording, page), nil
}

// anyOwner returns the person with the lowest id of those who have a log.
func (s *memstore) anyOwner() domain.UserID {
	owners := []domain.UserID{}
	for owner := range s.logs {
		owners = append(owners, owner)
	}
	return slices.Min(owners)
}
