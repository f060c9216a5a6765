package plots

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/plotter"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// manyDays is from how many days on a thin line shows more.
const manyDays = 2 * 365

// Progress draws how well a deck was remembered on each day.
func (*Plots) Progress(from domain.Day, scores []float64) ([]byte, error) {
	const title = "How well the deck was remembered"
	if !slices.ContainsFunc(scores, func(score float64) bool { return score > 0 }) {
		return empty(title, noAnswers)
	}
	points := make(plotter.XYs, len(scores))
	for i, score := range scores {
		points[i] = plotter.XY{X: float64(from) + float64(i), Y: 100 * score}
	}
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		return nil, fmt.Errorf("drawing the scores of %d days: %w", len(scores), err)
	}
	line.LineStyle = lineStyle(2, blue)
	if len(scores) > manyDays {
		line.Width = 1
	}
	to := from + domain.Day(len(scores)-1)
	axes := newAxes("Day"+between(from, to), "Mean probability of recall, %")
	axes.Add(line)
	if len(scores) == 1 { // a line of one point cannot be seen
		dots.GlyphStyle = dot(3, blue)
		axes.Add(dots)
	}
	percentAxis(&axes.Y, 0)
	dateAxis(&axes.X, from, to)
	p := newPicture(title, width, height)
	axes.Draw(p.area)
	return p.svg()
}
