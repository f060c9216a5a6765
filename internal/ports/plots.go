package ports

import "github.com/moshrank/spacey-backend/internal/domain"

// Plots draws statistics. Each plot is an SVG document that loads nothing and runs nothing, and can be read on light and
// on dark. It has a title, and axes with their units; without data it says so. Ranges of days are not empty.
type Plots interface {
	// Heatmap draws how many answers there were on each day of a range, as a calendar.
	Heatmap(from, to domain.Day, days map[domain.Day]domain.Tally) ([]byte, error)
	// Forecast draws how many cards fall due on each day from today.
	Forecast(today domain.Day, due []int) ([]byte, error)
	// Retention draws which share of the answers to young and to mature cards was right in the weeks, or months, of a range.
	Retention(from, to domain.Day, days map[domain.Day]domain.Tally) ([]byte, error)
	// Progress draws how well a deck was remembered on each day from a first one, 0..1. Scores that are all 0 are
	// those of a deck without answers.
	Progress(from domain.Day, scores []float64) ([]byte, error)
	// Calibration draws the share that was recalled against the predicted probability of recall.
	Calibration(bins map[int]domain.Bin) ([]byte, error)
}
