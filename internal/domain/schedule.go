package domain

import "time"

// Schedule is one version of a person's settings that decide when cards fall due. Versions are never changed; a new
// one is added.
type Schedule struct {
	// Version counts 1, 2, 3 ... for each person.
	Version   int
	Algorithm string
	// Weights are the parameters of the algorithm.
	Weights [21]float64
	// Retention is the desired retention: the probability of recall at which a card falls due, 0.70 to 0.99.
	Retention float64
	// LearningSteps and RelearningSteps are the pauses between answers before a card (again) counts its due date in days.
	LearningSteps   []time.Duration
	RelearningSteps []time.Duration
	// MaxInterval is the longest interval, in days.
	MaxInterval int
}

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
		MaxInterval:     36500,
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
