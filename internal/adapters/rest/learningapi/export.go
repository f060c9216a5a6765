package learningapi

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func exportSpec() rest.Spec {
	return rest.ExportSpec(rest.Learning, "/export/learning", "Export what is known of learning")
}

// exportedSettings is the line of the settings in an export: what GET /learning/settings answers, and all versions of the
// schedule.
type exportedSettings struct {
	// Type is "settings".
	Type string `json:"type"`
	settingsResponse
	// UpdatedAt is left out of settings that were never changed.
	UpdatedAt *rest.Time         `json:"updatedAt,omitempty"`
	Schedules []exportedSchedule `json:"schedules"`
}

// exportedSchedule is a version of the schedule in an export. Steps are in seconds, the longest interval is in days.
type exportedSchedule struct {
	Version          int       `json:"version"`
	Algorithm        string    `json:"algorithm"`
	DesiredRetention float64   `json:"desiredRetention"`
	LearningSteps    []int64   `json:"learningSteps"`
	RelearningSteps  []int64   `json:"relearningSteps"`
	MaxInterval      int       `json:"maxInterval"`
	Weights          []float64 `json:"weights"`
	// Restores is the earlier version that this one brought back, left out where it is none.
	Restores int `json:"restores,omitempty"`
	// CreatedAt is left out of the first version.
	CreatedAt *rest.Time `json:"createdAt,omitempty"`
}

// exportedSession is the line of a sitting in an export.
type exportedSession struct {
	// Type is "learning_session".
	Type      string                   `json:"type"`
	ID        domain.LearningSessionID `json:"id"`
	DeckID    domain.DeckID            `json:"deckID"`
	StartedAt rest.Time                `json:"startedAt"`
	// FinishedAt is left out when nobody told the end.
	FinishedAt *rest.Time `json:"finishedAt,omitempty"`
}

// exportedMemory is the line of the memory of a card in an export.
type exportedMemory struct {
	// Type is "memory".
	Type      string        `json:"type"`
	CardID    domain.CardID `json:"cardID"`
	DeckID    domain.DeckID `json:"deckID"`
	Suspended bool          `json:"suspended"`
	dayedMemory
}

// dayedMemory is a memory with the person's day of the last answer, left out when there is none.
type dayedMemory struct {
	memoryResponse
	LastDay string `json:"lastDay,omitempty"`
}

// exportedEvent is the line of an event in an export: what GET /learning/log lists, and what is known besides.
type exportedEvent struct {
	// Type is "event".
	Type string `json:"type"`
	loggedEvent
	// Latest is when the last answer of the card's history was, as the log stood at this number.
	Latest *rest.Time  `json:"latest,omitempty"`
	After  dayedMemory `json:"after"`
}

func (a *api) export(_ context.Context, caller domain.Identity, _ rest.Empty) (rest.Stream, error) {
	return func(ctx context.Context, write func(any) error) error {
		return a.learning.Export(ctx, caller, func(item learning.ExportedItem) error { return write(newExported(item)) })
	}, nil
}

func newExported(item learning.ExportedItem) any {
	switch {
	case item.Settings != nil:
		return newExportedSettings(*item.Settings)
	case item.Session != nil:
		s := item.Session
		return exportedSession{"learning_session", s.ID, s.Deck, rest.Time(s.StartedAt), given(s.FinishedAt)}
	case item.Memory != nil:
		m := item.Memory
		return exportedMemory{"memory", m.Card, m.Deck, m.Suspended, newDayedMemory(m.Memory)}
	default:
		e := *item.Event
		return exportedEvent{"event", newLoggedEvent(e), given(e.Latest), newDayedMemory(e.After)}
	}
}

func newExportedSettings(s domain.Settings) exportedSettings {
	exported := exportedSettings{Type: "settings", settingsResponse: newSettingsResponse(s), UpdatedAt: given(s.UpdatedAt)}
	for _, v := range s.Schedules {
		exported.Schedules = append(exported.Schedules, exportedSchedule{
			v.Version, v.Algorithm, v.Retention, seconds(v.LearningSteps), seconds(v.RelearningSteps), v.MaxInterval, v.Weights[:],
			v.Restores, given(v.CreatedAt),
		})
	}
	return exported
}

func newDayedMemory(m domain.Memory) dayedMemory {
	dayed := dayedMemory{memoryResponse: newMemoryResponse(m)}
	if m.LastDay != 0 {
		dayed.LastDay = date(m.LastDay)
	}
	return dayed
}
