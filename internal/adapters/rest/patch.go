package rest

import (
	"encoding/json"
	"reflect"

	"github.com/swaggest/jsonschema-go"
)

// Patch is a field of a partial change that tells null, which takes a value away, from absence, which leaves it alone.
// Where null means nothing, a pointer does.
type Patch[T any] struct {
	// Given reports that the field was there.
	Given bool
	// Value is nil for null.
	Value *T
}

// patch is a Patch of any type.
type patch interface{ patched() reflect.Type }

func (Patch[T]) patched() reflect.Type { return reflect.TypeFor[T]() }

// UnmarshalJSON reads the value, and notes that there is one.
func (p *Patch[T]) UnmarshalJSON(raw []byte) error {
	p.Given, p.Value = true, nil
	return json.Unmarshal(raw, &p.Value)
}

// JSONSchema is what stands in the document: the schema of the value, or null.
func (Patch[T]) JSONSchema() (jsonschema.Schema, error) {
	var reflector jsonschema.Reflector
	var value T
	schema, err := reflector.Reflect(value, jsonschema.InlineRefs)
	schema.AddType(jsonschema.Null)
	return schema, err
}
