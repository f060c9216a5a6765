package sqlite

import "database/sql/driver"

// textsColumn is a column with a list of texts, as JSON. No list is an empty one.
type textsColumn[T ~string] struct{ texts *[]T }

// Value returns JSON.
func (c textsColumn[T]) Value() (driver.Value, error) { return asJSON(storedTexts(*c.texts)) }

// Scan takes JSON.
func (c textsColumn[T]) Scan(value any) error {
	var texts []T
	if err := fromJSON(value, &texts); err != nil {
		return err
	}
	*c.texts = storedTexts(texts)
	return nil
}

// storedTexts returns a list of texts as it comes back from storage.
func storedTexts[T ~string](texts []T) []T { return append([]T{}, texts...) }
