package domain

import (
	"fmt"
	"time"
)

// Schedule is one version of a person's settings that decide when cards fall due. Versions are never changed; a new
// one is added.
type Schedule struct {
	// Version counts 1, 2, 3 ... for each person.
	Version   int
	Algorithm string
	// Weights are the parameters of FSRS-6; other algorithms have none.
	Weights [21]float64
	// Retention is the desired retention: the probability of recall at which a card falls due, 0.70 to 0.99.
	Retention float64
	// LearningSteps and RelearningSteps are the pauses between answers before a card (again) counts its due date in days.
	LearningSteps   []time.Duration
	RelearningSteps []time.Duration
	// MaxInterval is the longest interval, in days.
	MaxInterval int
	// Restores is the earlier version that this one brings back, 0 for none.
	Restores int
	// CreatedAt is when the version was added; zero for the first one.
	CreatedAt time.Time
}

// Limits of a schedule.
const (
	MinRetention   = 0.70
	MaxRetention   = 0.99
	MaxMaxInterval = 36500
	MaxSteps       = 10
	// MaxStep is the longest step: from a day on a pause is counted in days of the calendar.
	MaxStep = 24*time.Hour - time.Second
)

// twoButtonSteps are the steps of a client that only knows right and wrong: a right answer is enough.
var twoButtonSteps = []time.Duration{time.Minute}

// DefaultSchedule returns the first schedule version of everybody.
func DefaultSchedule() Schedule {
	return Schedule{
		Version:         1,
		Algorithm:       AlgorithmFSRS6,
		Weights:         DefaultWeights(),
		Retention:       0.9,
		LearningSteps:   []time.Duration{time.Minute, 10 * time.Minute},
		RelearningSteps: []time.Duration{10 * time.Minute},
		MaxInterval:     MaxMaxInterval,
	}
}

// steps returns the steps that apply to an answer.
func (s Schedule) steps(relearning bool, buttons int) []time.Duration {
	switch {
	case buttons == 2:
		return twoButtonSteps
	case relearning:
		return s.RelearningSteps
	default:
		return s.LearningSteps
	}
}

// check notes everything that is wrong with a schedule.
func (s Schedule) check(p *problems) {
	known := false
	for _, name := range Algorithms() {
		known = known || name == s.Algorithm
	}
	p.add(!known, "algorithm", "The algorithm must be FSRS-6, half-life or SM-2.")
	p.add(!(s.Retention >= MinRetention && s.Retention <= MaxRetention), "desiredRetention", "The desired retention must be between 0.70 and 0.99.")
	p.add(s.MaxInterval < 1 || s.MaxInterval > MaxMaxInterval, "maxInterval", "The longest interval must be between 1 and 36,500 days.")
	checkSteps(s.LearningSteps, "learningSteps", p)
	checkSteps(s.RelearningSteps, "relearningSteps", p)
	for i, weight := range s.Weights {
		low, high := weightRanges[i][0], weightRanges[i][1]
		p.add(!(weight >= low && weight <= high), fmt.Sprintf("weights[%d]", i), fmt.Sprintf("The weight must be between %v and %v.", low, high))
	}
}

func checkSteps(steps []time.Duration, field string, p *problems) {
	p.add(len(steps) > MaxSteps, field, "Ten steps are the most.")
	for i, step := range steps {
		p.add(step < time.Second || step > MaxStep || step%time.Second != 0, fmt.Sprintf("%s[%d]", field, i),
			"A step is at least a second and less than a day.")
	}
}

// weightRanges are the bounds of the 21 parameters.
//
// Source: the bounds that the optimiser of FSRS-6 keeps its parameters in (open-spaced-repetition, fsrs-rs).
var weightRanges = [21][2]float64{
	{0.001, 100}, {0.001, 100}, {0.001, 100}, {0.001, 100}, {1, 10}, {0.001, 4}, {0.001, 4}, {0.001, 0.75}, {0, 4.5}, {0, 0.8},
	{0.001, 3.5}, {0.001, 5}, {0.001, 0.25}, {0.001, 0.9}, {0, 4}, {0, 1}, {1, 6}, {0, 2}, {0, 2}, {0, 0.8}, {0.1, 0.8},
}
