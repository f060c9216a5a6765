package learning

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// A change of the schedule reaches each card by an event: a reschedule, or, when a change is undone, the undo of the
// reschedule. They are appended in batches; each has an id that follows from the card and the version, so that whoever
// goes on after a crash doubles nothing.

// plan is how a schedule version reaches the cards of a person.
type plan struct {
	settings domain.Settings
	today    domain.Day
	moves    []domain.Move
	// undoes names the reschedule that is taken back of a card, where there is one.
	undoes map[domain.CardID]domain.EventID
	// restores says that reschedules are taken back, or were already: the due days are to be what they were.
	restores bool
}

// errChangedAgain says that a plan is for a schedule version that is no longer the newest one.
var errChangedAgain = errors.New("the schedule was changed again")

// errNoTimeLeft says that a change has taken as long as a caller should wait.
var errNoTimeLeft = errors.New("the change takes longer")

// patience is how long a caller waits for a change to reach the cards. What is left then is done by a sweep.
const patience = 25 * time.Second

// reschedule brings the newest schedule version to all cards of a person, or to as many as can be reached until a time;
// zero is no limit. The settings of the change say whether cards are missing.
func (s *Service) reschedule(ctx context.Context, user domain.UserID, until time.Time) (Change, error) {
	var change Change
	for {
		settings, err := s.settings.LearningSettings(ctx, user)
		if err != nil {
			return Change{}, err
		}
		change.Settings = settings
		if !settings.Pending {
			return change, nil
		}
		plan, err := s.plan(ctx, settings)
		if err != nil {
			return Change{}, err
		}
		change.Forecast = plan.forecast()
		err = s.carryOut(ctx, plan, until)
		if errors.Is(err, errChangedAgain) {
			continue
		}
		if errors.Is(err, errNoTimeLeft) {
			return change, nil
		}
		if err != nil {
			return Change{}, err
		}
		_, err = s.settings.UpdateLearningSettings(ctx, user, func(current *domain.Settings) error {
			// A change that was quicker than the last events of this one has missed them: it is gone through again.
			current.Pending = current.Schedule().Version != settings.Schedule().Version
			return nil
		})
		if err != nil {
			return Change{}, err
		}
	}
}

// plan works out what the newest schedule version of the settings does to each card. It reads the whole log of the person,
// 500 cards at a time.
func (s *Service) plan(ctx context.Context, settings domain.Settings) (*plan, error) {
	calendar := settings.Calendar()
	p := &plan{settings: settings, today: calendar.DayOf(s.clock.Now()), undoes: map[domain.CardID]domain.EventID{}}
	scheduler := settings.Projector().Current()
	err := s.auditor.eachCard(ctx, settings.Owner, func(memory domain.CardMemory, events []domain.Event) error {
		if len(events) > 0 {
			p.add(scheduler, memory, events)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !p.restores {
		domain.Spread(p.moves, calendar, p.today)
	}
	return p, nil
}

// add works out what becomes of a card.
func (p *plan) add(scheduler *domain.Scheduler, memory domain.CardMemory, events []domain.Event) {
	version := p.settings.Schedule().Version
	newest := events[len(events)-1]
	move := domain.Move{Card: memory.Card, Before: memory.Memory, Settled: newest.ScheduleVersion >= version}
	if p.settings.Schedule().Restores > 0 {
		id, undone := lastReschedule(events, version-1)
		p.restores = p.restores || id != ""
		if id != "" && !undone && !move.Settled {
			p.undoes[memory.Card] = id
			events = append(slices.Clone(events), domain.Event{Kind: domain.KindUndo, Undoes: id})
		}
	}
	move.After = scheduler.Replay(events, newest.Seq)
	p.moves = append(p.moves, move)
}

// lastReschedule returns the reschedule that brought a card under a version, "" for none, and whether it was taken back.
func lastReschedule(events []domain.Event, version int) (id domain.EventID, undone bool) {
	for _, event := range events {
		switch {
		case event.Kind == domain.KindReschedule && event.ScheduleVersion == version:
			id, undone = event.ID, false
		case event.Kind == domain.KindUndo && event.Undoes == id:
			undone = true
		}
	}
	return id, undone
}

// entries returns what is to be added to the log: nothing for cards that stay as they are.
func (p *plan) entries() []domain.Entry {
	schedule := p.settings.Schedule()
	var entries []domain.Entry
	for _, move := range p.moves {
		undoes, undone := p.undoes[move.Card]
		switch {
		case move.Settled:
		case undone:
			entries = append(entries, domain.Entry{Kind: domain.KindUndo, Card: move.Card, Undoes: undoes})
		case move.Moved():
			entries = append(entries, domain.Entry{
				ID:   rescheduleID(p.settings.Owner, move.Card, schedule.Version),
				Kind: domain.KindReschedule, Card: move.Card, FinishedAt: schedule.CreatedAt, DueDay: move.DueDay,
			})
		}
	}
	return entries
}

func rescheduleID(user domain.UserID, card domain.CardID, version int) domain.EventID {
	return domain.EventID(domain.NameID(string(user), string(domain.KindReschedule), string(card), strconv.Itoa(version)))
}

// forecast counts the cards of the plan by day.
func (p *plan) forecast() *Forecast {
	f := &Forecast{}
	for _, move := range p.moves {
		if move.Moved() {
			f.Moved++
		}
	}
	f.Days, f.Later = domain.Loads(p.moves, p.settings.Calendar(), p.today)
	return f
}

// carryOut appends the events of a plan. errChangedAgain; errNoTimeLeft when it is not done by a time.
func (s *Service) carryOut(ctx context.Context, p *plan, until time.Time) error {
	for entries := range slices.Chunk(p.entries(), domain.MaxEntries) {
		if !until.IsZero() && time.Now().After(until) {
			return errNoTimeLeft
		}
		batch := newBatch(p.settings.Owner, entries, fromSchedule)
		batch.version = p.settings.Schedule().Version
		outcomes, err := s.record(ctx, batch)
		if err != nil {
			return err
		}
		for _, outcome := range outcomes {
			if outcome.Err != nil && domain.CodeOf(outcome.Err) != domain.CodeNotFound { // else the card was deleted meanwhile
				return outcome.Err
			}
		}
	}
	return nil
}

// pendingAge is how long a change of the schedule may take before a sweep goes on with it.
const pendingAge = 2 * time.Minute

// CompleteChanges goes on with changes of the schedule that were cut off. It returns how many people had one that is
// complete now; that somebody's fails keeps nobody else waiting.
func (s *Service) CompleteChanges(ctx context.Context) (int, error) {
	owners, err := s.settings.PendingSettings(ctx, s.clock.Now().Add(-pendingAge), domain.MaxEntries)
	if err != nil {
		return 0, err
	}
	done := 0
	var failures []error
	for _, owner := range owners {
		if _, err := s.reschedule(ctx, owner, time.Time{}); err != nil {
			failures = append(failures, err)
			continue
		}
		done++
	}
	return done, errors.Join(failures...)
}
