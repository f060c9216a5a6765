package domain

import (
	"encoding/json"
	"time"
)

// FrontendConfig is the name of the configuration that front ends ask for.
const FrontendConfig = "frontend"

// ConfigDocument is a named piece of configuration: one JSON value.
type ConfigDocument struct {
	Name string
	// Public documents are readable by everybody.
	Public    bool
	Value     json.RawMessage
	UpdatedAt time.Time
	// Rev counts the changes.
	Rev int64
}

// DefaultConfigs returns the documents that a new installation starts with.
func DefaultConfigs(now time.Time) []ConfigDocument {
	colors := `{"colors":["#FFEC87","#BEBDFF","#FFAB87","#87FFE9","#FF87DD","#FF878E","#CFFFAA","#87DBFF"]}`
	return []ConfigDocument{
		{Name: FrontendConfig, Public: true, Value: json.RawMessage(colors), UpdatedAt: now, Rev: 1},
	}
}
