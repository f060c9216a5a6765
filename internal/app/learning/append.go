package learning

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// attempt is what one try to append a batch has read, and the events it has made so far.
type attempt struct {
	service   *Service
	batch     *batch
	settings  domain.Settings
	projector *domain.Projector
	// places are the decks and memories of the cards that are there.
	places map[domain.CardID]domain.CardMemory
	// newest is the newest event of each card, those of this attempt included.
	newest map[domain.CardID]domain.Event
	// histories are all events of those cards whose history was needed, those of this attempt included.
	histories map[domain.CardID][]domain.Event
	// targets are the events that the batch takes back.
	targets map[domain.EventID]domain.Event
	loads   *loads
	seq     int64
	events  []domain.Event
	// leeches are cards that an event of this attempt makes a leech.
	leeches []domain.CardID
}

// append makes one attempt to give the open entries of a batch the next numbers of the log, and decides them when it
// succeeds. CodeSeqTaken and CodeConflict are for the caller to handle; errChangedAgain when the entries are from the schedule
// and another version of it is in force.
func (s *Service) append(ctx context.Context, b *batch) error {
	a, err := s.read(ctx, b)
	if err != nil {
		return err
	}
	made := make([]int, 0, len(b.open))
	for _, index := range append([]int(nil), b.open...) {
		added, err := a.add(ctx, index)
		if err != nil {
			return err
		}
		if added {
			made = append(made, index)
		}
	}
	if len(a.events) == 0 {
		return nil
	}
	if err := s.log.Append(ctx, b.user, a.events); err != nil {
		return err
	}
	for i, index := range made {
		b.decide(index, Outcome{Event: a.events[i]})
	}
	return a.suspendLeeches(ctx)
}

// read reads what the entries are about, the log before the cards' events.
func (s *Service) read(ctx context.Context, b *batch) (*attempt, error) {
	settings, err := s.settings.LearningSettings(ctx, b.user)
	if err != nil {
		return nil, err
	}
	if b.source == fromSchedule && settings.Schedule().Version != b.version {
		return nil, errChangedAgain
	}
	a := &attempt{
		service: s, batch: b, settings: settings, projector: settings.Projector(),
		places: map[domain.CardID]domain.CardMemory{}, histories: map[domain.CardID][]domain.Event{},
		targets: map[domain.EventID]domain.Event{}, loads: s.newLoads(b.user, settings.Calendar()),
	}
	if undoes := b.undoes(); len(undoes) > 0 {
		events, err := s.log.EventsByID(ctx, b.user, undoes...)
		if err != nil {
			return nil, err
		}
		for _, event := range events {
			a.targets[event.ID] = event
		}
	}
	cards := a.cards()
	places, err := s.memories.MemoriesOf(ctx, b.user, cards...)
	if err != nil {
		return nil, err
	}
	for _, place := range places {
		a.places[place.Card] = place
	}
	head, err := s.log.Head(ctx, b.user, cards...)
	if err != nil {
		return nil, err
	}
	a.seq, a.newest = head.Seq, head.Newest
	if a.newest == nil {
		a.newest = map[domain.CardID]domain.Event{}
	}
	return a, a.readHistories(ctx)
}

// cards returns the cards that open entries are about, each once.
func (a *attempt) cards() []domain.CardID {
	var cards []domain.CardID
	seen := map[domain.CardID]bool{}
	for _, index := range a.batch.open {
		card := a.batch.entries[index].Card
		if target, found := a.targets[a.batch.entries[index].Undoes]; found {
			card = target.Card
		}
		if card != "" && !seen[card] {
			seen[card] = true
			cards = append(cards, card)
		}
	}
	return cards
}

// readHistories reads, for a batch, the histories that will be needed in one call rather than in one a card.
func (a *attempt) readHistories(ctx context.Context) error {
	if len(a.batch.entries) == 1 {
		return nil
	}
	var cards []domain.CardID
	seen := map[domain.CardID]bool{}
	for _, index := range a.batch.open {
		entry := a.batch.entries[index]
		card := entry.Card
		if target, found := a.targets[entry.Undoes]; found {
			card = target.Card
		}
		newest, known := a.newest[card]
		late := entry.Kind != domain.KindReview || known && !entry.FinishedAt.After(newest.Latest) ||
			known && newest.ScheduleVersion != a.settings.Schedule().Version
		if late && card != "" && !seen[card] {
			seen[card] = true
			cards = append(cards, card)
		}
	}
	if len(cards) == 0 {
		return nil
	}
	events, err := a.service.log.CardEvents(ctx, a.batch.user, cards...)
	if err != nil {
		return err
	}
	for _, card := range cards {
		a.histories[card] = []domain.Event{}
	}
	for _, event := range events {
		a.histories[event.Card] = append(a.histories[event.Card], event)
	}
	return nil
}

// add makes the event of an entry. It reports false when the entry cannot be recorded, which is decided then.
func (a *attempt) add(ctx context.Context, index int) (bool, error) {
	entry := a.batch.entries[index]
	target, ok, err := a.target(ctx, index)
	if err != nil || !ok {
		return false, err
	}
	if target != nil {
		entry.Card = target.Card
	}
	place, there := a.places[entry.Card]
	if !there {
		a.batch.lacks(index, "card")
		return false, nil
	}
	now := a.service.clock.Now()
	event := domain.NewEvent(a.batch.user, entry, place.Deck, target, a.settings, now)
	where := domain.Place{Seq: a.seq + 1, History: func() ([]domain.Event, error) { return a.history(ctx, entry.Card) }}
	newest, known := a.newest[entry.Card]
	if known {
		where.Newest = &newest
	}
	if a.settings.LoadBalancing && now.Sub(event.AnsweredAt) < recentAnswer {
		where.Choose = a.loads.chooser(ctx)
	}
	event, err = a.projector.Append(event, where)
	if err != nil {
		return false, err
	}
	if a.loads.err != nil {
		return false, a.loads.err
	}
	before := domain.NewMemory()
	if known {
		before = newest.After
	}
	a.note(before, event)
	return true, nil
}

// note adds an event to what is known of the log.
func (a *attempt) note(before domain.Memory, event domain.Event) {
	a.seq = event.Seq
	a.events = append(a.events, event)
	a.newest[event.Card] = event
	if history, read := a.histories[event.Card]; read {
		a.histories[event.Card] = append(history, event)
	}
	a.loads.add(event)
	if event.Kind == domain.KindReview && a.settings.Leech.Noticed(before, event.After) {
		a.leeches = append(a.leeches, event.Card)
	}
}

// history returns all events of a card, those of this attempt included.
func (a *attempt) history(ctx context.Context, card domain.CardID) ([]domain.Event, error) {
	if known, read := a.histories[card]; read {
		return known, nil
	}
	events, err := a.service.log.CardEvents(ctx, a.batch.user, card)
	if err != nil {
		return nil, err
	}
	for _, event := range a.events {
		if event.Card == card {
			events = append(events, event)
		}
	}
	a.histories[card] = events
	return events, nil
}

// target returns the event that an entry takes back, nil when it takes none back. ok is false when it cannot be taken
// back, or was already; that is decided then.
func (a *attempt) target(ctx context.Context, index int) (target *domain.Event, ok bool, err error) {
	entry := a.batch.entries[index]
	if entry.Kind != domain.KindUndo {
		return nil, true, nil
	}
	event, found := a.targets[entry.Undoes]
	for i := range a.events { // an entry of the same batch
		if a.events[i].ID == entry.Undoes {
			event, found = a.events[i], true
		}
	}
	switch {
	case !found:
		a.batch.lacks(index, "event")
		return nil, false, nil
	case event.Kind == domain.KindUndo:
		a.refuse(index, "undoes", "An undo cannot be taken back.")
		return nil, false, nil
	case event.Kind == domain.KindReschedule && a.batch.source == fromClient:
		a.refuse(index, "undoes", "A change of the schedule is undone in the settings, for all cards.")
		return nil, false, nil
	case entry.Card != "" && entry.Card != event.Card:
		a.refuse(index, "cardID", "The event to take back is about another card.")
		return nil, false, nil
	}
	history, err := a.history(ctx, event.Card)
	if err != nil {
		return nil, false, err
	}
	for _, earlier := range history {
		if earlier.Kind == domain.KindUndo && earlier.Undoes == event.ID {
			if earlier.Seq <= a.seq-int64(len(a.events)) { // else it is of this attempt, and the next one finds it in the log
				a.batch.decide(index, Outcome{Event: earlier, Repeated: true})
			}
			return nil, false, nil
		}
	}
	return &event, true, nil
}

func (a *attempt) refuse(index int, field, message string) {
	a.batch.decide(index, Outcome{Err: domain.Invalid(field, message)})
}

// suspendLeeches suspends the cards that have become leeches, when the person wants that. When it fails the call fails,
// and its repetition finds the event in the log; the card is then suspended at its next lapse only.
func (a *attempt) suspendLeeches(ctx context.Context) error {
	if a.settings.Leech.Action != domain.LeechSuspend {
		return nil
	}
	for _, card := range a.leeches {
		err := a.service.suspensions.Suspend(ctx, a.batch.user, card, true)
		if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
			return err
		}
	}
	return nil
}
