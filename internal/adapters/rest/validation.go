package rest

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/go-playground/validator/v10"
	"github.com/swaggest/jsonschema-go"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// embedded stands for the name of an embedded struct, which is not part of a JSON path.
const embedded = "\x00"

// engine is the validator of all requests. It caches what it knows of a type and is safe for use at once.
var engine = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(fieldName)
	// validator's own takes lower case only, and forms that are not ours.
	err := v.RegisterValidation("uuid", func(level validator.FieldLevel) bool {
		_, ok := domain.ParseID(level.Field().String())
		return ok
	})
	if err != nil {
		panic(err) // the name is a constant
	}
	return v
})

// fieldName is the name of a field as the client knows it.
func fieldName(field reflect.StructField) string {
	for _, tag := range []string{"json", "query", "path"} {
		if name, _, _ := strings.Cut(field.Tag.Get(tag), ","); name != "" && name != "-" {
			return name
		}
	}
	if field.Anonymous {
		return embedded
	}
	return field.Name
}

// validatorOf returns a function that says which rules a request breaks.
func validatorOf(request reflect.Type) func(reflect.Value) []domain.FieldError {
	prefix := request.Name() + "."
	return func(value reflect.Value) []domain.FieldError {
		err := engine().Struct(value.Addr().Interface())
		if err == nil {
			return nil
		}
		broken, ok := err.(validator.ValidationErrors) //nolint:errorlint // the library returns it as it is
		if !ok {
			return []domain.FieldError{{Field: "body", Message: wantOther}}
		}
		problems := make([]domain.FieldError, len(broken))
		for i, b := range broken {
			problems[i] = domain.FieldError{Field: jsonPath(b.Namespace(), prefix), Message: sentenceOf(b)}
		}
		return problems
	}
}

func sentenceOf(broken validator.FieldError) string {
	rule, ok := rules[broken.Tag()]
	if !ok {
		return wantOther
	}
	return rule.sentence(broken.Type(), broken.Param())
}

// jsonPath turns validator's "createRequest.Body.cards[3].question" into "cards[3].question".
func jsonPath(namespace, prefix string) string {
	path := strings.TrimPrefix(namespace, prefix)
	path = strings.ReplaceAll(path, embedded+".", "")
	inBody, isBody := strings.CutPrefix(path, bodyField)
	switch {
	case !isBody:
		return path
	case inBody == "":
		return "body"
	default:
		return strings.TrimPrefix(inBody, ".")
	}
}

// checkRules makes sure that every rule in a type of request is known and fits, and reports whether there are any.
func checkRules(t reflect.Type) (ruled bool, err error) { return walkRules(t, map[reflect.Type]bool{}) }

func walkRules(t reflect.Type, seen map[reflect.Type]bool) (ruled bool, err error) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] || t == timeType {
		return false, nil
	}
	seen[t] = true
	for i := range t.NumField() {
		field := t.Field(i)
		tag := field.Tag.Get("validate")
		if _, err := documentRules(&jsonschema.Schema{}, field.Type, tag); err != nil {
			return false, fmt.Errorf("field %s: %w", field.Name, err)
		}
		inner, err := walkRules(field.Type, seen)
		if err != nil {
			return false, fmt.Errorf("field %s: %w", field.Name, err)
		}
		ruled = ruled || inner || tag != "" && tag != "-"
	}
	return ruled, nil
}

// documentRules adds the counterparts of a validate tag to the schema of a field, and reports whether the field is
// required.
func documentRules(s *jsonschema.Schema, t reflect.Type, tag string) (required bool, err error) {
	if tag == "" || tag == "-" {
		return false, nil
	}
	for t.Kind() == reflect.Pointer {
		pointed := t.Elem()
		if kind := kindOf(pointed); strings.HasPrefix(tag, "required") && (kind == ofNumber || kind == ofBool) {
			// Of a pointer, "required" refuses nothing but its absence.
			required, tag = true, strings.TrimPrefix(strings.TrimPrefix(tag, "required"), ",")
		}
		t = pointed
	}
	for tag != "" {
		var item string
		item, tag, _ = strings.Cut(tag, ",")
		name, argument, _ := strings.Cut(item, "=")
		if name == "dive" {
			if kind := kindOf(t); kind != ofList && kind != ofMap {
				return required, fmt.Errorf("rule dive: %w", errKind)
			}
			_, err := documentRules(itemSchema(s, t), t.Elem(), tag)
			return required, err
		}
		rule, ok := rules[name]
		if !ok || strings.Contains(item, "|") {
			return required, fmt.Errorf("rule %q has no counterpart in the document", item)
		}
		if err := rule.document(s, t, argument); err != nil {
			return required, fmt.Errorf("rule %q: %w", item, err)
		}
		required = required || name == "required"
	}
	return required, nil
}

// itemSchema returns the schema of what a list or a map holds, and makes one where there is none yet.
func itemSchema(s *jsonschema.Schema, t reflect.Type) *jsonschema.Schema {
	if kindOf(t) == ofMap {
		return s.AdditionalPropertiesEns().TypeObjectEns()
	}
	items := s.ItemsEns()
	if items.SchemaOrBool == nil {
		items.SchemaOrBool = &jsonschema.SchemaOrBool{}
	}
	return items.SchemaOrBool.TypeObjectEns()
}
