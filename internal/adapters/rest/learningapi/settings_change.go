package learningapi

import (
	"maps"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

type changeSettingsRequest struct {
	Preview bool `query:"preview" description:"Only tell what would happen."`
	Body    settingsChange
}

// settingsChange is what is to change. What is nil stays as it is.
type settingsChange struct {
	TimeZone         *string                         `json:"timeZone,omitempty" description:"An IANA name, for example Europe/Berlin."`
	RolloverHour     *int                            `json:"rolloverHour,omitempty" minimum:"0" maximum:"23"`
	NewPerDay        rest.Patch[int]                 `json:"newPerDay,omitzero" minimum:"0" maximum:"9999" description:"null brings the default back."`
	ReviewsPerDay    rest.Patch[int]                 `json:"reviewsPerDay,omitzero" minimum:"0" maximum:"9999" description:"null brings the default back."`
	Decks            map[domain.DeckID]*limitsChange `json:"decks,omitempty" description:"By deck id. Those of a deck are replaced, or with null taken away."`
	LeechThreshold   *int                            `json:"leechThreshold,omitempty" minimum:"1" maximum:"99"`
	LeechAction      *domain.LeechAction             `json:"leechAction,omitempty" enum:"tag,suspend"`
	LoadBalancing    *bool                           `json:"loadBalancing,omitempty"`
	Algorithm        *string                         `json:"algorithm,omitempty" enum:"FSRS-6,half-life,SM-2"`
	DesiredRetention *float64                        `json:"desiredRetention,omitempty" minimum:"0.7" maximum:"0.99"`
	LearningSteps    []int64                         `json:"learningSteps,omitempty" validate:"omitempty,max=10,dive,min=1,max=86399" description:"Seconds."`
	RelearningSteps  []int64                         `json:"relearningSteps,omitempty" validate:"omitempty,max=10,dive,min=1,max=86399" description:"Seconds."`
	MaxInterval      *int                            `json:"maxInterval,omitempty" minimum:"1" maximum:"36500" description:"In days."`
	Weights          []float64                       `json:"weights,omitempty" validate:"omitempty,len=21"`
}

// limitsChange are the limits of a deck. What is nil is as for all decks.
type limitsChange struct {
	NewPerDay     *int `json:"newPerDay,omitempty" minimum:"0" maximum:"9999"`
	ReviewsPerDay *int `json:"reviewsPerDay,omitempty" minimum:"0" maximum:"9999"`
}

// limits returns the limits of the decks that are named, nil for those to take away.
func (c *settingsChange) limits() (map[domain.DeckID]*domain.Limits, error) {
	decks := make(map[domain.DeckID]*domain.Limits, len(c.Decks))
	for _, name := range slices.Sorted(maps.Keys(c.Decks)) {
		id, ok := domain.ParseID(string(name))
		if !ok {
			return nil, domain.Invalid("decks."+string(name), "The limits of a deck stand under its id (a UUID).")
		}
		decks[domain.DeckID(id)] = nil
		if own := c.Decks[name]; own != nil {
			decks[domain.DeckID(id)] = &domain.Limits{New: own.NewPerDay, Reviews: own.ReviewsPerDay}
		}
	}
	return decks, nil
}

// changeSettings changes what does not depend on the schedule.
func (c *settingsChange) changeSettings(s *domain.Settings, decks map[domain.DeckID]*domain.Limits) {
	set(&s.TimeZone, c.TimeZone)
	set(&s.RolloverHour, c.RolloverHour)
	set(&s.Leech.Threshold, c.LeechThreshold)
	set(&s.Leech.Action, c.LeechAction)
	set(&s.LoadBalancing, c.LoadBalancing)
	if c.NewPerDay.Given {
		s.Limits.New = c.NewPerDay.Value
	}
	if c.ReviewsPerDay.Given {
		s.Limits.Reviews = c.ReviewsPerDay.Value
	}
	for deck, limits := range decks {
		if limits == nil {
			delete(s.Decks, deck)
		} else {
			s.Decks[deck] = *limits
		}
	}
}

// changeSchedule changes what decides when cards fall due.
func (c *settingsChange) changeSchedule(s *domain.Schedule) {
	set(&s.Algorithm, c.Algorithm)
	set(&s.Retention, c.DesiredRetention)
	set(&s.MaxInterval, c.MaxInterval)
	if c.LearningSteps != nil {
		s.LearningSteps = durations(c.LearningSteps)
	}
	if c.RelearningSteps != nil {
		s.RelearningSteps = durations(c.RelearningSteps)
	}
	if c.Weights != nil {
		s.Weights = [21]float64(c.Weights) // the kit has counted them
	}
}

// set gives a setting its new value, if there is one.
func set[T any](setting, value *T) {
	if value != nil {
		*setting = *value
	}
}

func durations(seconds []int64) []time.Duration {
	found := make([]time.Duration, len(seconds))
	for i, n := range seconds {
		found[i] = time.Duration(n) * time.Second
	}
	return found
}
