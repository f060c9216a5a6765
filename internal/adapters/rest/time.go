package rest

import (
	"time"

	"github.com/swaggest/jsonschema-go"
)

// timeLayout is RFC 3339 in UTC with exactly three digits of milliseconds, so that the order of texts is that of times.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Time is a time in an answer.
type Time time.Time

// MarshalJSON writes the time in UTC with milliseconds.
func (t Time) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, len(timeLayout)+2)
	b = append(b, '"')
	b = time.Time(t).UTC().Truncate(time.Millisecond).AppendFormat(b, timeLayout)
	return append(b, '"'), nil
}

// JSONSchema is what stands in the document.
func (Time) JSONSchema() (jsonschema.Schema, error) {
	var s jsonschema.Schema
	s.AddType(jsonschema.String)
	s.WithFormat("date-time")
	s.WithExamples("2026-01-31T08:15:00.000Z")
	return s, nil
}
