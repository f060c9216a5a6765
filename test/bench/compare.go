package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// pace is how long and how often figures are taken.
type pace struct {
	rounds int
	round  time.Duration
}

// column is something that can be done again and again.
type column struct {
	name string
	// work does it for a while and returns how often it was done a second.
	work func(ctx context.Context, d time.Duration) (perSecond float64, err error)
}

// comparison is two columns beside each other.
type comparison struct {
	floor, figure string
	// floors and figures are the rates of each round.
	floors, figures []float64
	target          target
}

// target is what a comparison is held against. The zero target is none.
type target struct {
	// atLeast is the share of the floor's rate that the figure should reach.
	atLeast float64
	// atMost is how many times the time of the floor the figure may take.
	atMost float64
	// growAtMost is how many MiB more than the floor the figure may be. Both are sizes then and not rates.
	growAtMost float64
	// longerAtMost is how many times as long as the floor the figure may be. Both are times then and not rates.
	longerAtMost float64
}

// takeRounds measures columns in turn, each once a round, and returns the rates by column. Every other round goes
// backwards, so that what changes on the machine meanwhile does not favour the ones that come first.
func (p pace) takeRounds(ctx context.Context, columns ...column) ([][]float64, error) {
	for _, c := range columns {
		if _, err := c.work(ctx, p.round/2); err != nil {
			return nil, fmt.Errorf("warming up: %s: %w", c.name, err)
		}
	}
	rates := make([][]float64, len(columns))
	for round := range p.rounds {
		for turn := range columns {
			i := turn
			if round%2 == 1 {
				i = len(columns) - 1 - turn
			}
			rate, err := columns[i].work(ctx, p.round)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", columns[i].name, err)
			}
			rates[i] = append(rates[i], rate)
		}
	}
	return rates, nil
}

// against measures a floor and figures beside it.
func (p pace) against(ctx context.Context, t target, floor column, figures ...column) ([]comparison, error) {
	rates, err := p.takeRounds(ctx, append([]column{floor}, figures...)...)
	if err != nil {
		return nil, err
	}
	comparisons := make([]comparison, len(figures))
	for i, figure := range figures {
		comparisons[i] = comparison{floor: floor.name, figure: figure.name, floors: rates[0], figures: rates[i+1], target: t}
	}
	return comparisons, nil
}

// ratios returns the ratio of each round: of the figure's rate to the floor's, or where the target is a cost of the
// figure's time to the floor's. Of sizes it is what was added.
func (c comparison) ratios() []float64 {
	ratios := make([]float64, len(c.floors))
	for i := range ratios {
		ratios[i] = c.figures[i] / c.floors[i]
		switch {
		case c.target.atMost > 0:
			ratios[i] = 1 / ratios[i]
		case c.target.growAtMost > 0:
			ratios[i] = c.figures[i] - c.floors[i]
		}
	}
	return ratios
}

// met reports whether a ratio reaches the target.
func (t target) met(ratio float64) bool {
	return (t.atLeast == 0 || ratio >= t.atLeast) && (t.atMost == 0 || ratio <= t.atMost) && (t.growAtMost == 0 || ratio <= t.growAtMost) &&
		(t.longerAtMost == 0 || ratio <= t.longerAtMost)
}

// median returns the value in the middle, or the mean of the two there.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
