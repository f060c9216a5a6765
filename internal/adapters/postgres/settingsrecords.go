package postgres

import (
	"encoding/json"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// limitsRecord is how the limits of a deck are stored. Nobody has set what is null.
type limitsRecord struct {
	New     *int `json:"new"`
	Reviews *int `json:"reviews"`
}

// scheduleRecord is how a schedule version is stored. Steps are in nanoseconds, the time in milliseconds since 1970. The
// weights are there even when they are the default, which may change.
type scheduleRecord struct {
	Version         int             `json:"version"`
	Algorithm       string          `json:"algorithm"`
	Weights         [21]float64     `json:"weights"`
	Retention       float64         `json:"retention"`
	LearningSteps   []time.Duration `json:"learningSteps"`
	RelearningSteps []time.Duration `json:"relearningSteps"`
	MaxInterval     int             `json:"maxInterval"`
	Restores        int             `json:"restores,omitempty"`
	CreatedAt       *int64          `json:"createdAt,omitempty"`
}

// decksColumn is a column with the limits of decks.
type decksColumn map[domain.DeckID]domain.Limits

var (
	_ json.Marshaler   = decksColumn{}
	_ json.Unmarshaler = (*decksColumn)(nil)
)

// MarshalJSON returns what the column is given.
func (c decksColumn) MarshalJSON() ([]byte, error) {
	records := make(map[domain.DeckID]limitsRecord, len(c))
	for deck, limits := range c {
		records[deck] = limitsRecord(limits)
	}
	return json.Marshal(records)
}

// UnmarshalJSON takes what the column holds.
func (c *decksColumn) UnmarshalJSON(text []byte) error {
	var records map[domain.DeckID]limitsRecord
	if err := json.Unmarshal(text, &records); err != nil {
		return err
	}
	*c = make(decksColumn, len(records))
	for deck, record := range records {
		(*c)[deck] = domain.Limits(record)
	}
	return nil
}

// schedulesColumn is a column with schedule versions.
type schedulesColumn []domain.Schedule

var (
	_ json.Marshaler   = schedulesColumn{}
	_ json.Unmarshaler = (*schedulesColumn)(nil)
)

// MarshalJSON returns what the column is given.
func (c schedulesColumn) MarshalJSON() ([]byte, error) {
	records := make([]scheduleRecord, len(c))
	for i, s := range c {
		records[i] = scheduleRecord{
			Version: s.Version, Algorithm: s.Algorithm, Weights: s.Weights, Retention: s.Retention,
			LearningSteps: s.LearningSteps, RelearningSteps: s.RelearningSteps, MaxInterval: s.MaxInterval, Restores: s.Restores,
		}
		if !s.CreatedAt.IsZero() {
			at := s.CreatedAt.UnixMilli()
			records[i].CreatedAt = &at
		}
	}
	return json.Marshal(records)
}

// UnmarshalJSON takes what the column holds.
func (c *schedulesColumn) UnmarshalJSON(text []byte) error {
	var records []scheduleRecord
	if err := json.Unmarshal(text, &records); err != nil {
		return err
	}
	*c = make(schedulesColumn, len(records))
	for i, r := range records {
		schedule := domain.Schedule{
			Version: r.Version, Algorithm: r.Algorithm, Weights: r.Weights, Retention: r.Retention,
			LearningSteps: r.LearningSteps, RelearningSteps: r.RelearningSteps, MaxInterval: r.MaxInterval, Restores: r.Restores,
		}
		if r.CreatedAt != nil {
			schedule.CreatedAt = time.UnixMilli(*r.CreatedAt).UTC()
		}
		(*c)[i] = schedule
	}
	return nil
}

// storedDecks returns limits of decks as they come back from storage.
func storedDecks(decks map[domain.DeckID]domain.Limits) map[domain.DeckID]domain.Limits {
	if decks == nil {
		return map[domain.DeckID]domain.Limits{}
	}
	return decks
}

// storedSchedules returns schedule versions as they come back from storage.
func storedSchedules(schedules []domain.Schedule) []domain.Schedule {
	kept := make([]domain.Schedule, len(schedules))
	for i, schedule := range schedules {
		schedule.CreatedAt = stored(schedule.CreatedAt)
		kept[i] = schedule
	}
	return kept
}
