// Package plots draws statistics with gonum/plot, as SVG.
package plots

import "github.com/moshrank/spacey-backend/internal/ports"

// Plots draws statistics. Make one with New.
type Plots struct{}

var _ ports.Plots = (*Plots)(nil)

// New returns what draws statistics.
func New() *Plots { return &Plots{} }

const (
	noAnswers = "No answers yet"
	// matureName and youngName say what the groups of cards are, by domain.MatureDays.
	youngName  = "Young cards (interval below 21 days)"
	matureName = "Mature cards (21 days and more)"
)
