package postgres

import (
	"encoding/json"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// annotationRecord is how a mark in a content is stored.
type annotationRecord struct {
	StartPath   []int  `json:"start_path"`
	StartOffset int    `json:"start_offset"`
	EndPath     []int  `json:"end_path"`
	EndOffset   int    `json:"end_offset"`
	Color       string `json:"color"`
	Comment     string `json:"comment"`
	Text        string `json:"text"`
}

// annotationsColumn is a column with the marks in a content.
type annotationsColumn []domain.Annotation

var (
	_ json.Marshaler   = annotationsColumn{}
	_ json.Unmarshaler = (*annotationsColumn)(nil)
)

// MarshalJSON returns what the column is given.
func (c annotationsColumn) MarshalJSON() ([]byte, error) {
	records := make([]annotationRecord, len(c))
	for i, a := range c {
		records[i] = annotationRecord{
			StartPath: a.StartPath, StartOffset: a.StartOffset, EndPath: a.EndPath, EndOffset: a.EndOffset,
			Color: a.Color, Comment: a.Comment, Text: a.Text,
		}
	}
	return json.Marshal(records)
}

// UnmarshalJSON takes what the column holds.
func (c *annotationsColumn) UnmarshalJSON(text []byte) error {
	var records []annotationRecord
	if err := json.Unmarshal(text, &records); err != nil {
		return err
	}
	annotations := make([]domain.Annotation, len(records))
	for i, r := range records {
		annotations[i] = domain.Annotation{
			StartPath: r.StartPath, StartOffset: r.StartOffset, EndPath: r.EndPath, EndOffset: r.EndOffset,
			Color: r.Color, Comment: r.Comment, Text: r.Text,
		}
	}
	*c = storedAnnotations(annotations)
	return nil
}

// storedAnnotations returns the marks in a content as they come back from storage.
func storedAnnotations(annotations []domain.Annotation) []domain.Annotation {
	kept := append([]domain.Annotation{}, annotations...)
	for i := range kept {
		kept[i].StartPath = append([]int{}, kept[i].StartPath...)
		kept[i].EndPath = append([]int{}, kept[i].EndPath...)
	}
	return kept
}
