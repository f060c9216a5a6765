package learning

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// An append that finds its number taken is tried again so often, after a pause that grows up to maxPause.
const (
	maxAppends = 30
	maxPause   = 50 * time.Millisecond
)

// Record appends an answer to the caller's log and returns its event. The same answer again gives the first event back.
// CodeInvalid; CodeNotFound when the caller has no such card; CodeConflict when the id belongs to another answer;
// CodeBusy when others of the caller's devices were faster every time.
func (s *Service) Record(ctx context.Context, caller domain.Identity, answer domain.Answer) (domain.Event, error) {
	if err := answer.Check(); err != nil {
		return domain.Event{}, err
	}
	leave, err := s.turns.take(ctx, caller.User)
	if err != nil {
		return domain.Event{}, err
	}
	defer leave()
	for attempt := range maxAppends {
		event, err := s.append(ctx, caller.User, answer)
		switch domain.CodeOf(err) {
		case "":
			return event, nil
		case domain.CodeSeqTaken:
			if err := pause(ctx, attempt); err != nil {
				return domain.Event{}, err
			}
		case domain.CodeConflict, domain.CodeNotFound: // recorded before, perhaps before the card was deleted
			return s.repeated(ctx, caller.User, answer, err)
		default:
			return domain.Event{}, err
		}
	}
	return domain.Event{}, domain.NewError(domain.CodeBusy,
		"Too many answers arrive at once. Please send this one again in a moment.")
}

// append makes one attempt to give the answer the next number of the log.
func (s *Service) append(ctx context.Context, user domain.UserID, answer domain.Answer) (domain.Event, error) {
	card, err := s.memories.Memory(ctx, user, answer.Card)
	if err != nil {
		return domain.Event{}, err
	}
	head, err := s.log.Head(ctx, user, answer.Card)
	if err != nil {
		return domain.Event{}, err
	}
	var newest *domain.Event
	if event, found := head.Newest[answer.Card]; found {
		newest = &event
	}
	event := domain.NewReview(user, answer, card.Deck, s.calendar, s.schedule, s.clock.Now())
	event, err = s.scheduler.Append(event, head.Seq+1, newest, func() ([]domain.Event, error) {
		return s.log.CardEvents(ctx, user, answer.Card)
	})
	if err != nil {
		return domain.Event{}, err
	}
	return event, s.log.Append(ctx, user, []domain.Event{event})
}

// repeated answers for an id that is in the log: with its event when that says the same, else with the conflict. When
// the id is not there, the failure that led here stands. It also completes the card's memory, since the first attempt
// may have been cut off before it was written.
func (s *Service) repeated(ctx context.Context, user domain.UserID, answer domain.Answer, failure error) (domain.Event, error) {
	event, err := s.log.Event(ctx, user, answer.EventID(user))
	if domain.CodeOf(err) == domain.CodeNotFound {
		return domain.Event{}, failure
	}
	if err != nil {
		return domain.Event{}, err
	}
	if !event.Says(answer) {
		return domain.Event{}, domain.NewError(domain.CodeConflict, "Another answer was recorded under this id.")
	}
	head, err := s.log.Head(ctx, user, event.Card)
	if err != nil {
		return domain.Event{}, err
	}
	_, err = s.memories.Settle(ctx, user, event.Card, head.Newest[event.Card].After)
	return event, err
}

// pause waits a random time that grows with the attempts, so that devices that met once do not meet again.
func pause(ctx context.Context, attempt int) error {
	limit := min(time.Millisecond<<min(attempt, 10), maxPause)
	timer := time.NewTimer(rand.N(limit)) //nolint:gosec // chance keeps devices apart here, it guards nothing
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return domain.WrapError(domain.CodeBusy, "The answer could not be recorded in time. Please send it again.", ctx.Err())
	case <-timer.C:
		return nil
	}
}
