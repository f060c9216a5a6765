package plots

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxWeeks is how many weeks are drawn one by one; what is longer is drawn by month.
const maxWeeks = 26

// Retention draws which share of the answers to cards in review was right.
func (*Plots) Retention(from, to domain.Day, days map[domain.Day]domain.Tally) ([]byte, error) {
	const title = "True retention"
	first := to + 1
	for day, tally := range days {
		if day >= from && tally.Young.Reviews+tally.Mature.Reviews > 0 {
			first = min(first, day)
		}
	}
	if first > to {
		return empty(title, "No answers to cards in review yet")
	}
	name, periods := periodsOf(first, to)
	axes := newAxes(name+between(first, to), "Answers correct, %")
	lowest := 100.0
	for _, series := range []struct {
		count func(domain.Tally) domain.Count
		shade shade
		shape draw.GlyphDrawer
	}{
		{func(t domain.Tally) domain.Count { return t.Young }, orange, draw.CircleGlyph{}},
		{func(t domain.Tally) domain.Count { return t.Mature }, blue, draw.BoxGlyph{}},
	} {
		for _, run := range runsOf(periods, days, series.count) {
			for _, point := range run {
				lowest = min(lowest, point.Y)
			}
			if err := addRun(axes, run, series.shade, series.shape, len(periods)); err != nil {
				return nil, err
			}
		}
	}
	percentAxis(&axes.Y, max(int(lowest)/10*10-10, 0))
	dateAxis(&axes.X, first, to)
	p := newPicture(title, width, height)
	p.legend(
		entry{youngName, mark(orange, draw.CircleGlyph{})},
		entry{matureName, mark(blue, draw.BoxGlyph{})},
	)
	axes.Draw(p.area)
	return p.svg()
}

// period is some days that are one point of a plot.
type period struct{ from, to domain.Day }

// periodsOf returns the weeks of some days, or where they are many, the months, and what they are called.
func periodsOf(from, to domain.Day) (string, []period) {
	var periods []period
	weekly := to-from < 7*maxWeeks
	for day := from; day <= to; day++ {
		begins := weekday(day) == 0
		if !weekly {
			begins = day.Date().Day() == 1
		}
		if begins || len(periods) == 0 {
			periods = append(periods, period{from: day})
		}
		periods[len(periods)-1].to = day
	}
	if weekly {
		return "Week", periods
	}
	return "Month", periods
}

// weekday returns the day of the week, 0 (Monday) to 6.
func weekday(day domain.Day) int { return (int(day.Date().Weekday()) + 6) % 7 }

// runsOf returns the shares in percent, each in the middle of its period. A run ends where a period has no answers.
func runsOf(periods []period, days map[domain.Day]domain.Tally, count func(domain.Tally) domain.Count) []plotter.XYs {
	var runs []plotter.XYs
	within := false
	for _, p := range periods {
		var sum domain.Count
		for day := p.from; day <= p.to; day++ {
			sum = sum.Plus(count(days[day]))
		}
		if sum.Reviews == 0 {
			within = false
			continue
		}
		if !within {
			runs = append(runs, nil)
			within = true
		}
		run := &runs[len(runs)-1]
		*run = append(*run, plotter.XY{X: float64(p.from+p.to) / 2, Y: 100 * float64(sum.Correct) / float64(sum.Reviews)})
	}
	return runs
}

// addRun adds points with a line through them. Where there are many the points are small.
func addRun(axes *plot.Plot, run plotter.XYs, s shade, shape draw.GlyphDrawer, periods int) error {
	line, points, err := plotter.NewLinePoints(run)
	if err != nil {
		return fmt.Errorf("drawing retention: %w", err)
	}
	line.LineStyle = lineStyle(1.5, s)
	points.GlyphStyle = dot(3, s)
	if periods > 2*maxWeeks {
		points.GlyphStyle = dot(1.5, s)
	}
	points.Shape = shape
	axes.Add(line, points)
	return nil
}

// dot returns the style of points.
func dot(radius vg.Length, s shade) draw.GlyphStyle {
	return draw.GlyphStyle{Color: s.light, Radius: radius, Shape: draw.CircleGlyph{}}
}

// mark returns what draws a point on a line, for a legend.
func mark(s shade, shape draw.GlyphDrawer) func(draw.Canvas) {
	return func(c draw.Canvas) {
		c.StrokeLine2(lineStyle(1.5, s), c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
		style := dot(3, s)
		style.Shape = shape
		c.DrawGlyph(style, c.Center())
	}
}
