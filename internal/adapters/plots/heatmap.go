package plots

import (
	"fmt"
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	cell       = 8.5
	pitch      = 10.5
	maxColumns = 54
	// monthColumns is how many columns the name of a month needs.
	monthColumns = 3
	// weekdayWidth and yearWidth are the room for names at the left.
	weekdayWidth = 28
	yearWidth    = 34
	monthHeight  = 14
	blockHeight  = monthHeight + 7*pitch + 10
	// headHeight is the room for title, subtitle and legend.
	headHeight = 80
)

// Heatmap draws how many answers there were on each day, as a calendar: a column is a week, a row a weekday. What is longer
// than a year is drawn year below year.
func (*Plots) Heatmap(from, to domain.Day, days map[domain.Day]domain.Tally) ([]byte, error) {
	const title = "Answers a day"
	var counts []int
	for day, tally := range days {
		if from <= day && day <= to && tally.Reviews > 0 {
			counts = append(counts, tally.Reviews)
		}
	}
	if len(counts) == 0 {
		return empty(title, noAnswers)
	}
	step := levelStep(counts)
	blocks := blocksOf(from, to)
	across := vg.Length(2*margin + weekdayWidth + maxColumns*pitch)
	if len(blocks) > 1 {
		across += yearWidth
	}
	p := newPicture(title, across, headHeight+vg.Length(len(blocks))*blockHeight)
	p.line(textStyle(labelSize, muted), "Columns are weeks, rows weekdays"+between(from, to))
	p.legend(levelEntries(step)...)
	squares := [len(levels)]vg.Path{}
	for i, block := range blocks {
		area := draw.Crop(p.area, 0, 0, 0, -vg.Length(i)*blockHeight)
		if len(blocks) > 1 {
			area = drawYear(area, block.from.Date().Year())
		}
		drawNames(area, block)
		for day := block.from; day <= block.to; day++ {
			level := levelOf(days[day].Reviews, step)
			addSquare(&squares[level], area, block.column(day), weekday(day))
		}
	}
	for level := range levels { // one path a level keeps ten years small
		p.area.SetColor(levels[level].light)
		p.area.Fill(squares[level])
	}
	return p.svg()
}

// column returns the week that a day is in, 0 for the first day of the period.
func (p period) column(day domain.Day) int { return (int(day-p.from) + weekday(p.from)) / 7 }

// blocksOf returns the days that are drawn beside each other: all, or where they are more than fit, each year.
func blocksOf(from, to domain.Day) []period {
	whole := period{from, to}
	if whole.column(to) < maxColumns {
		return []period{whole}
	}
	var blocks []period
	for day := from; day <= to; day++ {
		if len(blocks) == 0 || day.Date().YearDay() == 1 {
			blocks = append(blocks, period{from: day})
		}
		blocks[len(blocks)-1].to = day
	}
	slices.Reverse(blocks) // what is of interest first
	return blocks
}

// levelStep returns how many answers a level spans, so that busy days reach the highest and a single busiest one does not
// make all others pale.
func levelStep(counts []int) int {
	slices.Sort(counts)
	busy := counts[(len(counts)-1)*9/10]
	return niceStep(float64(busy) / float64(len(levels)-1))
}

// levelOf returns the level of a number of answers: 0 for none.
func levelOf(reviews, step int) int { return min((reviews+step-1)/step, len(levels)-1) }

func levelEntries(step int) []entry {
	entries := []entry{{"none", square(levels[0])}}
	for level := 1; level < len(levels); level++ {
		low, high := (level-1)*step+1, level*step
		name := thousands(low) + "–" + thousands(high)
		switch {
		case level == len(levels)-1:
			name = thousands(low) + " and more"
		case low == high:
			name = strconv.Itoa(low)
		}
		entries = append(entries, entry{name, square(levels[level])})
	}
	return entries
}

// square returns what draws a square, for a legend.
func square(s shade) func(draw.Canvas) {
	return func(c draw.Canvas) {
		low := vg.Point{X: c.Max.X - cell, Y: c.Center().Y - cell/2}
		c.SetColor(s.light)
		c.Fill(vg.Rectangle{Min: low, Max: low.Add(vg.Point{X: cell, Y: cell})}.Path())
	}
}

func addSquare(path *vg.Path, area draw.Canvas, column, row int) {
	low := vg.Point{X: area.Min.X + weekdayWidth + vg.Length(column)*pitch, Y: area.Max.Y - monthHeight - vg.Length(row)*pitch - cell}
	*path = append(*path, vg.Rectangle{Min: low, Max: low.Add(vg.Point{X: cell, Y: cell})}.Path()...)
}

// drawYear writes the year of a block, and returns what is left beside it.
func drawYear(area draw.Canvas, year int) draw.Canvas {
	style := textStyle(labelSize, ink)
	style.YAlign = draw.YTop
	area.FillText(style, vg.Point{X: area.Min.X, Y: area.Max.Y - monthHeight}, fmt.Sprintf("%04d", year))
	return draw.Crop(area, yearWidth, 0, 0, 0)
}

// drawNames writes the names of weekdays and months.
func drawNames(area draw.Canvas, block period) {
	style := textStyle(tickSize-1, muted)
	style.YAlign = draw.YCenter
	for row, name := range []string{"Mon", "", "Wed", "", "Fri", "", "Sun"} {
		area.FillText(style, vg.Point{X: area.Min.X, Y: area.Max.Y - monthHeight - vg.Length(row)*pitch - cell/2}, name)
	}
	style.YAlign = draw.YTop
	for _, day := range monthNames(block) {
		at := vg.Point{X: area.Min.X + weekdayWidth + vg.Length(block.column(day))*pitch, Y: area.Max.Y}
		area.FillText(style, at, day.Date().Format("Jan"))
	}
}

// monthNames returns the days above which the name of their month stands: the first ones of months. That of the block's
// beginning gives way when the next one is near.
func monthNames(block period) []domain.Day {
	names := []domain.Day{block.from}
	for day := block.from + 1; day <= block.to; day++ {
		if day.Date().Day() != 1 {
			continue
		}
		if len(names) == 1 && block.column(day)-block.column(block.from) < monthColumns {
			names = nil
		}
		names = append(names, day)
	}
	return names
}
