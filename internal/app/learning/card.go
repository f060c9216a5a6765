package learning

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// CardState is what is known of one card, and what each rating would do to it now.
type CardState struct {
	domain.CardMemory
	// Retrievability is the probability of recall now, 0 for a new card.
	Retrievability float64
	Leech          bool
	Previews       []domain.Preview
}

// Card returns what is known of a card, for a client with so many buttons (2 or 4). A memory that a crash left behind its
// events is completed. CodeNotFound when the card is not the caller's.
func (s *Service) Card(ctx context.Context, caller domain.Identity, card domain.CardID, buttons int) (CardState, error) {
	settings, err := s.settings.LearningSettings(ctx, caller.User)
	if err != nil {
		return CardState{}, err
	}
	memory, err := s.memories.Memory(ctx, caller.User, card)
	if err != nil {
		return CardState{}, err
	}
	head, err := s.log.Head(ctx, caller.User, card)
	if err != nil {
		return CardState{}, err
	}
	if newest, known := head.Newest[card]; known && newest.Seq > memory.Memory.Seq {
		if _, err := s.memories.Settle(ctx, caller.User, card, newest.After); err != nil {
			return CardState{}, err
		}
		memory.Memory = newest.After
	}
	scheduler, now := settings.Projector().Current(), s.clock.Now()
	return CardState{
		CardMemory: memory, Retrievability: scheduler.Retrievability(memory.Memory, now), Leech: settings.Leech.Is(memory.Memory),
		Previews: scheduler.Previews(card, memory.Memory, buttons, settings.Calendar(), now),
	}, nil
}

// Explain returns a card's events in order of replay, each with what it did, as the log is known now; each undo stands at
// the end. CodeNotFound when the card is not the caller's; a deleted card with events still has its history.
func (s *Service) Explain(ctx context.Context, caller domain.Identity, card domain.CardID) ([]domain.Explained, error) {
	events, err := s.log.CardEvents(ctx, caller.User, card)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		_, err := s.memories.Memory(ctx, caller.User, card)
		return []domain.Explained{}, err
	}
	settings, err := s.settings.LearningSettings(ctx, caller.User)
	if err != nil {
		return nil, err
	}
	return settings.Projector().Explain(events)
}

// Reset makes a card of the caller new again, now. id is the client's choice of the event's id, or empty; the same call with
// the same id gives the first event back. Errors are those of Record.
func (s *Service) Reset(ctx context.Context, caller domain.Identity, card domain.CardID, id domain.EventID) (domain.Event, error) {
	if id == "" {
		id = domain.EventID(s.ids.NewID())
	}
	event, err := s.Record(ctx, caller, domain.Entry{ID: id, Kind: domain.KindReset, Card: card, FinishedAt: s.clock.Now()})
	if domain.CodeOf(err) != domain.CodeConflict {
		return event, err
	}
	stored, readErr := s.log.EventsByID(ctx, caller.User, id) // an earlier call was at another time
	if readErr != nil {
		return domain.Event{}, readErr
	}
	for _, earlier := range stored {
		if earlier.Kind == domain.KindReset && earlier.Card == card {
			return earlier, nil
		}
	}
	return domain.Event{}, err
}

// Suspend keeps a card of the caller from being asked, or lets it be asked again. CodeNotFound.
func (s *Service) Suspend(ctx context.Context, caller domain.Identity, card domain.CardID, suspended bool) error {
	return s.suspensions.Suspend(ctx, caller.User, card, suspended)
}

// Log returns the caller's events with a number above after, by number, at most limit: the change feed.
func (s *Service) Log(ctx context.Context, caller domain.Identity, after int64, limit int) ([]domain.Event, error) {
	return s.log.Events(ctx, caller.User, after, limit)
}

// Verify replays the caller's log and tells each difference between it and the stored memories. It changes nothing.
func (s *Service) Verify(ctx context.Context, caller domain.Identity, tell func(domain.Difference)) (Report, error) {
	return s.auditor.Verify(ctx, caller.User, tell)
}

// Rebuild is Verify, and gives each card that differs the memory of the log.
func (s *Service) Rebuild(ctx context.Context, caller domain.Identity, tell func(domain.Difference)) (Report, error) {
	return s.auditor.Rebuild(ctx, caller.User, tell)
}
