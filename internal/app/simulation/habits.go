package simulation

import (
	"math/rand/v2"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Doing is what a person does on a day.
type Doing int

// What people do on a day.
const (
	// Studies is a day with a sitting, if any card is due.
	Studies Doing = iota
	// Skips is a day on which discipline lapses.
	Skips
	// Rests is a day of a holiday.
	Rests
)

// habits are when and how long a person studies.
type habits struct {
	// hour is how long after the beginning of the day the person usually sits down.
	hour time.Duration
	// budget is the time for answers a day.
	budget time.Duration
	// skip is the probability to skip a day after one that was not skipped.
	skip float64
	// weekend multiplies it on Saturdays and Sundays.
	weekend float64
}

func newHabits(chance *rand.Rand) habits {
	return habits{
		hour:    seconds(between(chance, 2, 17) * 3600), // from 6 in the morning until 9 in the evening
		budget:  seconds(min(max(around(chance, 15, 0.5), 4), 60) * 60),
		skip:    between(chance, 0.02, 0.2),
		weekend: between(chance, 0.5, 2),
	}
}

// Holidays are between minHoliday and maxHoliday days long, and begin again after minGap days and meanGap more in the
// mean: some three a year, as working people have.
const (
	minHoliday, maxHoliday = 4, 16
	minGap, meanGap        = 40, 70
)

// Plan returns what the person does on each of some days.
//
// Who skipped a day is more likely to skip the next one: lapses of discipline come in runs.
func (p Person) Plan(first domain.Day, days int) []Doing {
	chance := stream(p.seed, p.Number, "plan")
	plan := make([]Doing, days)
	begins := chance.IntN(minGap + meanGap)
	ends := begins + minHoliday + chance.IntN(maxHoliday-minHoliday+1)
	skipped := false
	for i := range plan {
		draw := chance.Float64()
		if i == ends {
			begins = ends + minGap + int(meanGap*chance.ExpFloat64())
			ends = begins + minHoliday + chance.IntN(maxHoliday-minHoliday+1)
		}
		if i >= begins {
			plan[i], skipped = Rests, false
			continue
		}
		if skipped = draw < p.skip(first+domain.Day(i), skipped); skipped {
			plan[i] = Skips
		}
	}
	return plan
}

// skip returns the probability to skip a day.
func (p Person) skip(day domain.Day, skipped bool) float64 {
	probability := p.habits.skip
	if weekday := day.Date().Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		probability *= p.habits.weekend
	}
	if skipped {
		probability = 0.15 + 2*probability
	}
	return min(probability, 0.6)
}

// sitsDown returns when the person sits down on a day: at least an hour after it began, and early enough to end in it.
func (p Person) sitsDown(day domain.Day, chance *rand.Rand) time.Time {
	after := p.habits.hour + seconds(2400*chance.NormFloat64())
	return p.Calendar.Start(day).Add(min(max(after, time.Hour), 18*time.Hour))
}
