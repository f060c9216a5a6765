package plots

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/plotter"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Forecast draws how many cards fall due on each of the next days.
func (*Plots) Forecast(today domain.Day, due []int) ([]byte, error) {
	title := fmt.Sprintf("Cards that fall due in the next %d days", len(due))
	if !slices.ContainsFunc(due, func(cards int) bool { return cards > 0 }) {
		return empty(title, "No cards fall due")
	}
	values := make(plotter.Values, len(due))
	for i, cards := range due {
		values[i] = float64(cards)
	}
	bars, err := plotter.NewBarChart(values, 12)
	if err != nil {
		return nil, fmt.Errorf("drawing a forecast: %w", err)
	}
	bars.XMin, bars.Color = float64(today), blue.light
	bars.LineStyle.Width = 0
	last := today + domain.Day(len(due)-1)
	axes := newAxes("Day"+between(today, last)+"; what is overdue counts for today", "Cards due")
	axes.Add(bars)
	countAxis(&axes.Y, slices.Max(due))
	axes.X.Min, axes.X.Max = float64(today), float64(last)
	ticks := dayTicks(today, last, 7)
	ticks[0].Label = "Today"
	axes.X.Tick.Marker = ticks
	p := newPicture(title, width, height)
	axes.Draw(p.area)
	return p.svg()
}
