package plots

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
)

// newAxes returns axes with their titles, and lines across the plot at each number of the vertical one.
func newAxes(x, y string) *plot.Plot {
	axes := plot.New()
	axes.BackgroundColor = nil // whatever it lies on
	for _, axis := range []*plot.Axis{&axes.X, &axes.Y} {
		axis.Color, axis.Tick.Color = muted.light, muted.light
		axis.Label.Padding = 4
		restyle(&axis.Label.TextStyle, textStyle(labelSize, ink))
		restyle(&axis.Tick.Label, textStyle(tickSize, ink))
	}
	axes.X.Label.Text, axes.Y.Label.Text = x, y
	lines := plotter.NewGrid()
	lines.Vertical.Color = nil
	lines.Horizontal = lineStyle(0.5, grid)
	axes.Add(lines)
	return axes
}

// restyle changes how a text looks, and leaves where it stands.
func restyle(style *text.Style, looks text.Style) { style.Color, style.Font = looks.Color, looks.Font }

// percentAxis makes an axis one of percentages from some on.
func percentAxis(axis *plot.Axis, from int) {
	axis.Min, axis.Max = float64(from), 100
	step := 20
	if from >= 50 {
		step = 10
	}
	axis.Tick.Marker = steps(from, 100, step)
}

// countAxis makes an axis one of whole numbers from 0 to at least some number.
func countAxis(axis *plot.Axis, most int) {
	const marks = 5
	step := niceStep(float64(most) / marks)
	axis.Min, axis.Max = 0, float64((most+step-1)/step*step)
	axis.Tick.Marker = steps(0, int(axis.Max), step)
}

// niceStep returns the least of 1, 2, 5, 10, 20, 50 ... that is not below a number.
func niceStep(least float64) int {
	for unit := 1; ; unit *= 10 {
		for _, step := range []int{unit, 2 * unit, 5 * unit} {
			if float64(step) >= least {
				return step
			}
		}
	}
}

// steps returns marks with their numbers.
func steps(from, to, step int) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for value := int(math.Ceil(float64(from)/float64(step))) * step; value <= to; value += step {
		ticks = append(ticks, plot.Tick{Value: float64(value), Label: thousands(value)})
	}
	return ticks
}

// thousands writes a number with its thousands apart.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	var groups []string
	for len(digits) > 3 {
		groups = append([]string{digits[len(digits)-3:]}, groups...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, groups...), ",")
}
