package rest

import (
	"encoding/json"
	"reflect"

	"github.com/swaggest/jsonschema-go"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Each is an object in a list of which every one is judged on its own: one that does not fit its type, or breaks a rule of
// it, does not fail the request.
type Each[T any] struct {
	Value T
	// Err is a CodeInvalid error that says what is wrong with the item; Value is of no use then.
	Err error
}

// each is an Each of any type.
type each interface{ item() reflect.Type }

func (Each[T]) item() reflect.Type { return reflect.TypeFor[T]() }

// UnmarshalJSON reads the item. What is wrong with it goes to Err.
func (e *Each[T]) UnmarshalJSON(raw []byte) error {
	*e = Each[T]{}
	var problems []domain.FieldError
	switch item := reflect.TypeFor[T](); {
	case raw[0] != '{': // null too, which json takes for anything
		problems = whole(wantObject)
	case json.Unmarshal(raw, &e.Value) != nil:
		if problems = misfits(raw, item); len(problems) == 0 {
			problems = whole(wantOther)
		}
	default:
		problems = validatorOf(item)(reflect.ValueOf(&e.Value).Elem())
	}
	if len(problems) > 0 {
		e.Err = invalid(problems)
	}
	return nil
}

// whole says what is wrong with an item as a whole.
func whole(sentence string) []domain.FieldError {
	return []domain.FieldError{{Field: "item", Message: sentence}}
}

// JSONSchema is what stands in the document: the schema of the item.
func (Each[T]) JSONSchema() (jsonschema.Schema, error) {
	var reflector jsonschema.Reflector
	var item T
	return reflector.Reflect(item, jsonschema.InlineRefs, jsonschema.InterceptProp(func(params jsonschema.InterceptPropParams) error {
		return documentProperty(params, false)
	}))
}
