package learning

import (
	"context"
	"fmt"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// MaxStatisticsDays is how many days one look at statistics may cover: ten years.
const MaxStatisticsDays = 3660

// maxForecast is how many due cards a forecast counts.
const maxForecast = 100_000

// Statistics are what a person did in a range of days.
type Statistics struct {
	From, To domain.Day
	// Today is the person's day.
	Today domain.Day
	// Days are the days on which there were answers, in order.
	Days []DayTally
	// Total is the sum of the days.
	Total domain.Tally
	// Streak is how many days in a row there were answers, in any deck, up to today or yesterday.
	Streak int
	// Forecast is how many cards in review fall due on each of the next domain.Horizon days; what is overdue counts for the first.
	Forecast []int
}

// DayTally is what was counted of a day.
type DayTally struct {
	Day domain.Day
	domain.Tally
}

// Statistics returns what the caller did from one day to another, both included: in a deck, or with an empty deck in all of
// them. Answers count for the deck that the card was in then; a deck that is gone keeps its answers. CodeInvalid when the
// range is empty or longer than MaxStatisticsDays; CodeNotFound when the caller has neither the deck nor answers in it.
func (s *Service) Statistics(ctx context.Context, caller domain.Identity, from, to domain.Day, deck domain.DeckID) (Statistics, error) {
	if to < from || to-from >= MaxStatisticsDays {
		return Statistics{}, domain.Invalid("from", fmt.Sprintf("The range must have between 1 and %d days.", MaxStatisticsDays))
	}
	settings, err := s.settings.LearningSettings(ctx, caller.User)
	if err != nil {
		return Statistics{}, err
	}
	if err := s.countUp(ctx, caller.User); err != nil {
		return Statistics{}, err
	}
	calendar, now := settings.Calendar(), s.clock.Now()
	statistics := Statistics{From: from, To: to, Today: calendar.DayOf(now), Days: []DayTally{}}
	months, err := s.months(ctx, caller.User, from, to)
	if err != nil {
		return Statistics{}, err
	}
	for day := from; day <= to; day++ {
		tally := months[domain.MonthOf(day)].Of(day, deck)
		if tally.Reviews > 0 {
			statistics.Days = append(statistics.Days, DayTally{day, tally})
			statistics.Total.Merge(&tally)
		}
	}
	if deck != "" && len(statistics.Days) == 0 {
		if _, err := s.decks.Deck(ctx, caller.User, deck); err != nil {
			return Statistics{}, err
		}
	}
	if statistics.Streak, err = s.streak(ctx, caller.User, statistics.Today); err != nil {
		return Statistics{}, err
	}
	statistics.Forecast, err = s.forecast(ctx, caller.User, deck, calendar, now)
	return statistics, err
}

// Today returns the caller's day.
func (s *Service) Today(ctx context.Context, caller domain.Identity) (domain.Day, error) {
	settings, err := s.settings.LearningSettings(ctx, caller.User)
	if err != nil {
		return 0, err
	}
	return settings.Calendar().DayOf(s.clock.Now()), nil
}

// months returns what is kept of the months of some days.
func (s *Service) months(ctx context.Context, user domain.UserID, from, to domain.Day) (map[int]domain.MonthTally, error) {
	cached, err := s.statistics.CachedMonths(ctx, user, domain.MonthOf(from), domain.MonthOf(to))
	months := make(map[int]domain.MonthTally, len(cached))
	for _, month := range cached {
		if months[month.Month], err = decodeMonth(month.Data); err != nil {
			return nil, err
		}
	}
	return months, err
}

// streakPage is how many days are looked at between two questions to storage.
const streakPage = 180

// streak counts the days in a row with answers, back from today, or from yesterday when there are none today yet.
func (s *Service) streak(ctx context.Context, user domain.UserID, today domain.Day) (int, error) {
	streak := 0
	for last := today; ; last -= streakPage {
		months, err := s.months(ctx, user, last-streakPage+1, last)
		if err != nil {
			return 0, err
		}
		for day := last; day > last-streakPage; day-- {
			switch {
			case len(months[domain.MonthOf(day)][day]) > 0:
				streak++
			case day != today:
				return streak, nil
			}
		}
	}
}

// forecast counts the cards in review that fall due on the next days.
func (s *Service) forecast(ctx context.Context, user domain.UserID, deck domain.DeckID, calendar domain.Calendar, now time.Time) ([]int, error) {
	today := calendar.DayOf(now)
	days := make([]int, domain.Horizon)
	count := func(due time.Time) {
		if day := max(int(calendar.DayOf(due)-today), 0); day < len(days) {
			days[day]++
		}
	}
	if deck == "" {
		due, err := s.queue.DueTimes(ctx, user, time.Time{}, calendar.Start(today+domain.Horizon), maxForecast)
		for _, at := range due {
			count(at)
		}
		return days, err
	}
	for memory, err := range s.memories.DeckMemories(ctx, user, []domain.DeckID{deck}) {
		if err != nil {
			return nil, err
		}
		if memory.Memory.Phase == domain.PhaseReview && !memory.Suspended {
			count(memory.Memory.Due)
		}
	}
	return days, nil
}
