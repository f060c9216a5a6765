package plots

import (
	"time"

	"gonum.org/v1/plot"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxDates is how many dates fit below a plot.
const maxDates = 9

// dateAxis makes an axis one of days, from the middle of the first to that of the last.
func dateAxis(axis *plot.Axis, from, to domain.Day) {
	if from == to {
		from, to = from-3, to+3
	}
	axis.Min, axis.Max = float64(from), float64(to)
	axis.Tick.Marker = dateTicks(from, to)
}

// between says which days a plot shows, with their years.
func between(from, to domain.Day) string {
	const layout = "2 Jan 2006"
	if from == to {
		return ", " + from.Date().Format(layout)
	}
	return ", " + from.Date().Format(layout) + " to " + to.Date().Format(layout)
}

// dateTicks returns marks at round dates, few enough to be read: days, else firsts of months, else firsts of years.
func dateTicks(from, to domain.Day) plot.ConstantTicks {
	for _, step := range []domain.Day{1, 2, 7, 14} {
		if (to-from)/step < maxDates {
			return dayTicks(from, to, step)
		}
	}
	for _, months := range []int{1, 2, 3, 6} {
		if ticks := monthTicks(from, to, months, "Jan 2006"); len(ticks) <= maxDates {
			return ticks
		}
	}
	for years := 1; ; years++ {
		if ticks := monthTicks(from, to, 12*years, "2006"); len(ticks) <= maxDates+3 {
			return ticks
		}
	}
}

// dayTicks returns marks from the first day on.
func dayTicks(from, to, step domain.Day) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for day := from; day <= to; day += step {
		ticks = append(ticks, plot.Tick{Value: float64(day), Label: day.Date().Format("2 Jan")})
	}
	return ticks
}

// monthTicks returns marks at each so many months, counted from a January.
func monthTicks(from, to domain.Day, months int, layout string) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	year := from.Date().Year()
	year -= year % max(months/12, 1)
	for month := time.Month(1); ; month += time.Month(months) {
		first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
		day := domain.Day(first.Unix() / (24 * 60 * 60))
		if day > to {
			return ticks
		}
		if day >= from {
			ticks = append(ticks, plot.Tick{Value: float64(day), Label: first.Format(layout)})
		}
	}
}
