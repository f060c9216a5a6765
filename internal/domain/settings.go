package domain

import (
	"errors"
	"reflect"
	"slices"
	"time"
)

// Settings are how one person wants to learn.
type Settings struct {
	Owner UserID
	// TimeZone is an IANA name; RolloverHour, 0..23, is when the person's day begins.
	TimeZone     string
	RolloverHour int
	// Limits are how much a day may bring; Decks are those of decks that have their own.
	Limits Limits
	Decks  map[DeckID]Limits
	Leech  Leech
	// LoadBalancing lets a due day within the range of fuzz be the one with the fewest cards.
	LoadBalancing bool
	// Schedules are all schedule versions, 1, 2, 3 ... The last one is in force; none is ever removed.
	Schedules []Schedule
	// Pending says that the newest schedule version has not reached all cards yet.
	Pending   bool
	UpdatedAt time.Time
	// Rev counts the changes; storage uses it to find out that somebody else was faster. 0 is: never stored.
	Rev int64
}

// Limits of settings.
const (
	maxSchedules  = 1000
	maxDeckLimits = 1000
	maxDaily      = 9999
)

// DefaultSettings returns the settings of a person who has not changed any.
func DefaultSettings(owner UserID) Settings {
	return Settings{
		Owner: owner, TimeZone: "UTC", RolloverHour: DefaultRollover, Decks: map[DeckID]Limits{},
		Leech: DefaultLeech(), LoadBalancing: true, Schedules: []Schedule{DefaultSchedule()},
	}
}

// Schedule returns the schedule version in force.
func (s Settings) Schedule() Schedule { return s.Schedules[len(s.Schedules)-1] }

// Calendar returns the calendar in force.
func (s Settings) Calendar() Calendar {
	calendar, err := NewCalendar(s.TimeZone, s.RolloverHour)
	if err != nil {
		return DefaultCalendar() // the zone was known when it was set; a system without it counts in UTC
	}
	return calendar
}

// Change edits the settings. The function gets a copy, and the schedule in force as a draft; when the draft then differs,
// it becomes the next version. The error says everything that is wrong.
func (s *Settings) Change(edit func(*Settings, *Schedule), now time.Time) error {
	changed, draft := s.clone(), s.Schedule()
	edit(&changed, &draft)
	if err := changed.check(draft); err != nil {
		return err
	}
	if !s.Schedule().same(draft) {
		draft.Restores = 0
		if err := changed.add(draft, now); err != nil {
			return err
		}
	}
	changed.UpdatedAt = now
	*s = changed
	return nil
}

// UndoSchedule appends the schedule version before the one in force again. CodeConflict when there is none.
func (s *Settings) UndoSchedule(now time.Time) error {
	if len(s.Schedules) < 2 {
		return NewError(CodeConflict, "There is no change of the schedule to undo.")
	}
	changed := s.clone()
	earlier := s.Schedules[len(s.Schedules)-2]
	earlier.Restores = earlier.Version
	if err := changed.add(earlier, now); err != nil {
		return err
	}
	changed.UpdatedAt = now
	*s = changed
	return nil
}

// add appends a schedule version that has yet to reach the cards.
func (s *Settings) add(schedule Schedule, now time.Time) error {
	if len(s.Schedules) >= maxSchedules {
		return NewError(CodeConflict, "The schedule was changed 1,000 times, and cannot be changed again.")
	}
	schedule.Version, schedule.CreatedAt = s.Schedule().Version+1, now
	s.Schedules = append(s.Schedules, schedule)
	s.Pending = true
	return nil
}

// clone returns a copy that shares nothing that changes.
func (s Settings) clone() Settings {
	s.Schedules = slices.Clone(s.Schedules)
	decks := make(map[DeckID]Limits, len(s.Decks))
	for deck, limits := range s.Decks {
		decks[deck] = limits
	}
	s.Decks = decks
	return s
}

func (s Settings) check(draft Schedule) error {
	var p problems
	if _, err := NewCalendar(s.TimeZone, s.RolloverHour); err != nil {
		var invalid *Error
		if errors.As(err, &invalid) {
			p = append(p, invalid.Fields...)
		}
	}
	s.Limits.check("", &p)
	s.Leech.check(&p)
	p.add(len(s.Decks) > maxDeckLimits, "decks", "1,000 decks with limits of their own are the most.")
	for deck, limits := range s.Decks {
		limits.check("decks."+string(deck)+".", &p)
	}
	draft.check(&p)
	return p.err()
}

// same reports whether two versions schedule alike.
func (s Schedule) same(other Schedule) bool {
	other.Version, other.CreatedAt, other.Restores = s.Version, s.CreatedAt, s.Restores
	if len(s.LearningSteps)+len(other.LearningSteps) == 0 {
		other.LearningSteps = s.LearningSteps
	}
	if len(s.RelearningSteps)+len(other.RelearningSteps) == 0 {
		other.RelearningSteps = s.RelearningSteps
	}
	return reflect.DeepEqual(s, other)
}
