package plots

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	calibrationWidth  = 450
	calibrationHeight = 440

	minRadius, maxRadius = 2.5, 9
)

var dashes = []vg.Length{4, 3}

// Calibration draws the share that was recalled against the predicted probability of recall.
func (*Plots) Calibration(bins map[int]domain.Bin) ([]byte, error) {
	const title = "Predicted and actual recall"
	points, reviews, lowest := binPoints(bins)
	if len(points) == 0 {
		return empty(title, "No answers to cards in review yet")
	}
	from := max(int(lowest)/10*10-10, 0)
	axes := newAxes("Predicted probability of recall, %", "Answers correct, %")
	perfect, err := plotter.NewLine(plotter.XYs{{X: float64(from), Y: float64(from)}, {X: 100, Y: 100}})
	if err != nil {
		return nil, fmt.Errorf("drawing calibration: %w", err)
	}
	perfect.LineStyle = lineStyle(1, muted)
	perfect.Dashes = dashes
	found, err := plotter.NewScatter(points)
	if err != nil {
		return nil, fmt.Errorf("drawing calibration: %w", err)
	}
	most := 0
	for _, count := range reviews {
		most = max(most, count)
	}
	// The area of a point is its number of answers.
	found.GlyphStyleFunc = func(i int) draw.GlyphStyle {
		return dot(max(minRadius, maxRadius*vg.Length(math.Sqrt(float64(reviews[i])/float64(most)))), blue)
	}
	axes.Add(perfect, found)
	percentAxis(&axes.X, from)
	percentAxis(&axes.Y, from)
	p := newPicture(title, calibrationWidth, calibrationHeight)
	p.legend(
		entry{fmt.Sprintf("Answers to cards in review (largest point: %s)", thousands(most)), func(c draw.Canvas) { c.DrawGlyph(dot(4, blue), c.Center()) }},
		entry{"As predicted", func(c draw.Canvas) {
			style := lineStyle(1, muted)
			style.Dashes = dashes
			c.StrokeLine2(style, c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
		}},
	)
	axes.Draw(p.area)
	return p.svg()
}

// binPoints returns the points of the bins in percent, how many answers each rests on, and their lowest coordinate.
func binPoints(bins map[int]domain.Bin) (points plotter.XYs, reviews []int, lowest float64) {
	lowest = 100
	for i := range domain.CalibrationBins {
		bin := bins[i]
		if bin.Reviews == 0 {
			continue
		}
		point := plotter.XY{
			X: 100 * bin.MeanPredicted(), Y: 100 * bin.Share(),
		}
		points, reviews = append(points, point), append(reviews, bin.Reviews)
		lowest = min(lowest, point.X, point.Y)
	}
	return points, reviews, lowest
}
