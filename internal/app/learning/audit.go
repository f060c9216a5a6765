package learning

import (
	"context"
	"strconv"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Auditor holds memories against the log they follow from, and mends them. Make one with NewAuditor.
type Auditor struct {
	log         ports.ReviewLog
	memories    ports.Memories
	settings    ports.LearningSettings
	projections ports.Projections
}

// NewAuditor returns an auditor.
func NewAuditor(storage ports.Storage) *Auditor {
	return &Auditor{log: storage.ReviewLog, memories: storage.Memories, settings: storage.LearningSettings, projections: storage.Projections}
}

// Report is what an audit of one person found.
type Report struct {
	User domain.UserID
	// Cards and Events are how many were looked at.
	Cards, Events int
	// Differing is how many cards have a difference, Mended how many of them were given the memory of the log.
	Differing, Mended int
	// LogFault is what is wrong with the log itself, "" for nothing. Nobody mends that.
	LogFault string
}

// Clean reports whether nothing is wrong, or nothing any more.
func (r Report) Clean() bool { return r.LogFault == "" && r.Differing == r.Mended }

// Verify replays the log of a person and tells each difference between it and the stored memories. It changes nothing.
func (a *Auditor) Verify(ctx context.Context, user domain.UserID, tell func(domain.Difference)) (Report, error) {
	return a.audit(ctx, user, tell, false)
}

// Rebuild is Verify, and gives each card that differs the memory of the log.
func (a *Auditor) Rebuild(ctx context.Context, user domain.UserID, tell func(domain.Difference)) (Report, error) {
	return a.audit(ctx, user, tell, true)
}

// Learners returns the ids of the people who have cards or events, in order, behind after, at most limit.
func (a *Auditor) Learners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	return a.projections.Learners(ctx, after, limit)
}

func (a *Auditor) audit(ctx context.Context, user domain.UserID, tell func(domain.Difference), mend bool) (Report, error) {
	report := Report{User: user}
	settings, err := a.settings.LearningSettings(ctx, user)
	if err != nil {
		return report, err
	}
	if report.LogFault, err = a.logFault(ctx, user); err != nil {
		return report, err
	}
	projector := settings.Projector()
	err = a.eachCard(ctx, user, func(memory domain.CardMemory, events []domain.Event) error {
		report.Cards++
		report.Events += len(events)
		replayed, err := projector.Replay(events)
		if err == nil && domain.SameMemory(memory.Memory, replayed) {
			return nil
		}
		differences, mended, err := a.lookAgain(ctx, user, memory.Card, mend)
		if len(differences) > 0 {
			report.Differing++
		}
		if mended {
			report.Mended++
		}
		for _, difference := range differences {
			tell(difference)
		}
		return err
	})
	return report, err
}

// looks is how often a card is looked at that seems to differ: it may just be answered.
const looks = 5

// lookAgain compares the memory of one card with its events and, when asked to, mends it.
func (a *Auditor) lookAgain(ctx context.Context, user domain.UserID, card domain.CardID, mend bool) (differences []domain.Difference, mended bool, err error) {
	for look := range looks {
		if look > 0 {
			if err := pause(ctx, look); err != nil {
				return differences, false, err
			}
		}
		memory, err := a.memories.Memory(ctx, user, card)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil, false, nil // deleted meanwhile
		}
		if err != nil {
			return nil, false, err
		}
		settings, err := a.settings.LearningSettings(ctx, user) // after a change, events name versions that were not there
		if err != nil {
			return nil, false, err
		}
		events, err := a.log.CardEvents(ctx, user, card)
		if err != nil {
			return nil, false, err
		}
		replayed, err := settings.Projector().Replay(events)
		if err != nil {
			return nil, false, err
		}
		found := domain.Differences(card, memory.Memory, replayed)
		if len(found) == 0 {
			return nil, false, nil
		}
		differences = found
		if !mend {
			continue
		}
		if mended, err = a.projections.Restore(ctx, user, card, memory.Memory.Seq, replayed); err != nil {
			return differences, false, err
		}
		if mended {
			return differences, true, nil
		}
	}
	return differences, false, nil
}

// logFault says what is wrong with the numbers of a log.
func (a *Auditor) logFault(ctx context.Context, user domain.UserID) (string, error) {
	for range looks {
		head, err := a.log.Head(ctx, user)
		if err != nil {
			return "", err
		}
		count, err := a.projections.CountEvents(ctx, user)
		if err != nil {
			return "", err
		}
		again, err := a.log.Head(ctx, user)
		if err != nil {
			return "", err
		}
		if head.Seq != again.Seq {
			continue // an event arrived meanwhile
		}
		if count != head.Seq {
			return "the log has " + strconv.FormatInt(count, 10) + " events, but its last number is " + strconv.FormatInt(head.Seq, 10), nil
		}
		return "", nil
	}
	return "", nil
}

// EachHistory calls do for each card of a person that has events, with all of them, by number. Cards that were deleted are
// not among them.
func (a *Auditor) EachHistory(ctx context.Context, user domain.UserID, do func([]domain.Event) error) error {
	return a.eachCard(ctx, user, func(_ domain.CardMemory, events []domain.Event) error {
		if len(events) == 0 {
			return nil
		}
		return do(events)
	})
}

// eachCard calls do for each card of a person with its memory and its events by number. It reads domain.MaxEntries cards
// at a time.
func (a *Auditor) eachCard(ctx context.Context, user domain.UserID, do func(domain.CardMemory, []domain.Event) error) error {
	for after := domain.CardID(""); ; {
		memories, err := a.projections.MemoriesByCard(ctx, user, after, domain.MaxEntries)
		if err != nil || len(memories) == 0 {
			return err
		}
		histories, err := a.histories(ctx, user, memories)
		if err != nil {
			return err
		}
		for _, memory := range memories {
			if err := do(memory, histories[memory.Card]); err != nil {
				return err
			}
		}
		if len(memories) < domain.MaxEntries {
			return nil
		}
		after = memories[len(memories)-1].Card
	}
}

// histories returns the events of some cards, by card.
func (a *Auditor) histories(ctx context.Context, user domain.UserID, memories []domain.CardMemory) (map[domain.CardID][]domain.Event, error) {
	cards := make([]domain.CardID, len(memories))
	for i, memory := range memories {
		cards[i] = memory.Card
	}
	events, err := a.log.CardEvents(ctx, user, cards...)
	histories := make(map[domain.CardID][]domain.Event, len(cards))
	for _, event := range events {
		histories[event.Card] = append(histories[event.Card], event)
	}
	return histories, err
}
