package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
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
type decksColumn struct {
	decks *map[domain.DeckID]domain.Limits
}

// Value returns JSON.
func (c decksColumn) Value() (driver.Value, error) {
	records := make(map[domain.DeckID]limitsRecord, len(*c.decks))
	for deck, limits := range *c.decks {
		records[deck] = limitsRecord(limits)
	}
	return asJSON(records)
}

// Scan takes JSON.
func (c decksColumn) Scan(value any) error {
	var records map[domain.DeckID]limitsRecord
	if err := fromJSON(value, &records); err != nil {
		return err
	}
	*c.decks = make(map[domain.DeckID]domain.Limits, len(records))
	for deck, record := range records {
		(*c.decks)[deck] = domain.Limits(record)
	}
	return nil
}

// schedulesColumn is a column with schedule versions.
type schedulesColumn struct{ schedules *[]domain.Schedule }

// Value returns JSON.
func (c schedulesColumn) Value() (driver.Value, error) {
	records := make([]scheduleRecord, len(*c.schedules))
	for i, s := range *c.schedules {
		records[i] = scheduleRecord{
			Version: s.Version, Algorithm: s.Algorithm, Weights: s.Weights, Retention: s.Retention,
			LearningSteps: s.LearningSteps, RelearningSteps: s.RelearningSteps, MaxInterval: s.MaxInterval, Restores: s.Restores,
		}
		if !s.CreatedAt.IsZero() {
			at := s.CreatedAt.UnixMilli()
			records[i].CreatedAt = &at
		}
	}
	return asJSON(records)
}

// Scan takes JSON.
func (c schedulesColumn) Scan(value any) error {
	var records []scheduleRecord
	if err := fromJSON(value, &records); err != nil {
		return err
	}
	*c.schedules = make([]domain.Schedule, len(records))
	for i, r := range records {
		schedule := domain.Schedule{
			Version: r.Version, Algorithm: r.Algorithm, Weights: r.Weights, Retention: r.Retention,
			LearningSteps: r.LearningSteps, RelearningSteps: r.RelearningSteps, MaxInterval: r.MaxInterval, Restores: r.Restores,
		}
		if r.CreatedAt != nil {
			schedule.CreatedAt = time.UnixMilli(*r.CreatedAt).UTC()
		}
		(*c.schedules)[i] = schedule
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

// asJSON returns what a column with JSON is given.
func asJSON(record any) (driver.Value, error) {
	text, err := json.Marshal(record)
	return string(text), err
}

// fromJSON reads what a column with JSON holds.
func fromJSON(value, record any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("JSON is stored as %T", value)
	}
	return json.Unmarshal([]byte(text), record)
}
