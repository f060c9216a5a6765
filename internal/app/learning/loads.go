package learning

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// recentAnswer is how old an answer may be for its due day to be chosen by the loads of the days. Answers of an
	// offline client have gone by.
	recentAnswer = 24 * time.Hour
	// maxLoads is how many due times are read for one choice. A person with more cards in the range keeps plain fuzz.
	maxLoads = 2000
)

// loads counts the cards that fall due on the days that an answer may choose among.
type loads struct {
	service  *Service
	user     domain.UserID
	calendar domain.Calendar
	// added counts the cards that events of the same attempt put on a day, which storage does not know of yet.
	added map[domain.Day]int
	// err is why the due times could not be read.
	err error
}

func (s *Service) newLoads(user domain.UserID, calendar domain.Calendar) *loads {
	return &loads{service: s, user: user, calendar: calendar, added: map[domain.Day]int{}}
}

// chooser returns the choice among the days that an answered card may fall due on: the day with the fewest cards.
func (l *loads) chooser(ctx context.Context) func(low, high domain.Day, fuzz float64) float64 {
	return func(low, high domain.Day, fuzz float64) float64 {
		const leaveIt = -1
		due, err := l.service.queue.DueTimes(ctx, l.user, l.calendar.Start(low), l.calendar.Start(high+1), maxLoads)
		if err != nil {
			l.err = err
			return leaveIt
		}
		if len(due) == maxLoads {
			return leaveIt
		}
		count := make(map[domain.Day]int, high-low+1)
		for day := low; day <= high; day++ {
			count[day] = l.added[day]
		}
		for _, at := range due {
			count[l.calendar.DayOf(at)]++
		}
		return domain.Balance(low, high, fuzz, func(day domain.Day) int { return count[day] })
	}
}

// add counts an event that storage does not know of yet.
func (l *loads) add(event domain.Event) {
	if event.After.Phase == domain.PhaseReview {
		l.added[l.calendar.DayOf(event.After.Due)]++
	}
}
