package domain

import (
	"cmp"
	"math"
	"slices"
)

// Horizon is how many days a change of schedule looks ahead.
const Horizon = 30

// How many cards a change of the schedule may leave on a day: a fifth more than the new schedule asks for in the mean, and
// as long as that is little, three fifths of what was usual. The rest is for cards that are forgotten and come back soon.
const (
	roomOfNew = 1.2
	roomOfOld = 0.6
)

// Move is what a change of schedule does to a card.
type Move struct {
	Card          CardID
	Before, After Memory
	// DueDay is the day that the card is moved to, 0 where the schedule says.
	DueDay Day
	// Settled says that the change has reached the card: it stays where it is, and takes its room.
	Settled bool
}

// Moved reports whether the card's memory changes at all.
func (m Move) Moved() bool {
	before, after := m.Before, m.After
	after.Seq = before.Seq
	return m.DueDay > 0 || !SameMemory(before, after)
}

// DayLoad is how many cards in review fall due on a day, before a change and after it. What is overdue counts for today.
type DayLoad struct {
	Day           Day
	Before, After int
}

// Spread moves cards in review to later days, so that none of the next 30 days gets many of them: a fifth more than the mean of
// these days after the change, or three fifths of the mean before it, whichever is more. Where nothing falls due in these
// days, nothing is moved, and what is due after them stays where it is. Among the cards of a day the least stable stay: a
// delay costs them most.
func Spread(moves []Move, calendar Calendar, today Day) {
	room := int(math.Ceil(math.Max(roomOfOld*meanLoad(moves, calendar, today, false), roomOfNew*meanLoad(moves, calendar, today, true))))
	if room == 0 {
		return // nothing is usual that a day could be held against
	}
	load := map[Day]int{}
	var waiting []*Move
	for i := range moves {
		m := &moves[i]
		switch {
		case m.After.Phase != PhaseReview:
		case m.Settled, m.dueDay(calendar, today) >= today+Horizon: // what is due later stays there
			load[m.dueDay(calendar, today)]++
		default:
			waiting = append(waiting, m)
		}
	}
	slices.SortFunc(waiting, func(a, b *Move) int {
		return cmp.Or(cmp.Compare(a.dueDay(calendar, today), b.dueDay(calendar, today)),
			cmp.Compare(a.After.Stability, b.After.Stability), cmp.Compare(a.Card, b.Card))
	})
	first := today // no day before this one has room
	for _, m := range waiting {
		natural := m.dueDay(calendar, today)
		day := max(natural, first)
		for load[day] >= room {
			day++
		}
		first = max(first, day)
		load[day]++
		if day > natural {
			m.DueDay = day
		}
	}
}

// meanLoad returns how many cards a day fall due over the horizon.
func meanLoad(moves []Move, calendar Calendar, today Day, after bool) float64 {
	due := 0
	for i := range moves {
		m := moves[i].Before
		if after {
			m = moves[i].After
		}
		if m.Phase == PhaseReview && calendar.DayOf(m.Due) < today+Horizon {
			due++
		}
	}
	return float64(due) / Horizon
}

// dueDay returns the day on which the card is due after the change, today when it is overdue.
func (m Move) dueDay(calendar Calendar, today Day) Day {
	day := m.DueDay
	if day == 0 {
		day = calendar.DayOf(m.After.Due)
	}
	return max(day, today)
}

// Loads returns the loads of the days of the horizon, and how many cards are due later, before the change and after it.
func Loads(moves []Move, calendar Calendar, today Day) (days []DayLoad, later DayLoad) {
	days = make([]DayLoad, Horizon)
	for i := range days {
		days[i].Day = today + Day(i)
	}
	later.Day = today + Horizon
	at := func(day Day) *DayLoad {
		if i := int(day - today); i < Horizon {
			return &days[max(i, 0)]
		}
		return &later
	}
	for _, m := range moves {
		if m.Before.Phase == PhaseReview {
			at(calendar.DayOf(m.Before.Due)).Before++
		}
		if m.After.Phase == PhaseReview {
			at(m.dueDay(calendar, today)).After++
		}
	}
	return days, later
}
