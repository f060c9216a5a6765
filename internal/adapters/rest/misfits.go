package rest

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxMisfits is how many wrong types of one body are told at once.
const maxMisfits = 20

// misfits says which parts of valid JSON do not fit a type. encoding/json names neither the index of a list nor the
// field of a malformed time, so the parts are tried one by one; it is done only for bodies that did not fit as a whole.
func misfits(raw []byte, t reflect.Type) []domain.FieldError {
	var m misfitFinder
	m.find(raw, t, "")
	return m.found
}

type misfitFinder struct{ found []domain.FieldError }

func (m *misfitFinder) add(path, sentence string) {
	if path == "" {
		path = "body"
	}
	m.found = append(m.found, domain.FieldError{Field: path, Message: sentence})
}

func (m *misfitFinder) find(raw []byte, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if p, ok := reflect.Zero(t).Interface().(patch); ok {
		t = p.patched()
	}
	if len(m.found) >= maxMisfits || string(raw) == "null" {
		return
	}
	switch {
	case decodesItself(t):
		m.tryWhole(raw, t, path)
	case t.Kind() == reflect.Struct:
		m.findInObject(raw, t, path)
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8, t.Kind() == reflect.Array:
		m.findInList(raw, t, path)
	case t.Kind() == reflect.Map:
		m.findInMap(raw, t, path)
	default:
		m.tryWhole(raw, t, path)
	}
}

func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func (m *misfitFinder) tryWhole(raw []byte, t reflect.Type, path string) {
	if json.Unmarshal(raw, reflect.New(t).Interface()) != nil {
		m.add(path, wanted(t))
	}
}

func (m *misfitFinder) findInObject(raw []byte, t reflect.Type, path string) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		m.add(path, wantObject)
		return
	}
	fields := jsonFields(t)
	for _, key := range sortedKeys(members) {
		for _, field := range fields {
			if strings.EqualFold(key, field.name) {
				m.find(members[key], field.Type, join(path, field.name))
			}
		}
	}
}

func (m *misfitFinder) findInList(raw []byte, t reflect.Type, path string) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		m.add(path, wantList)
		return
	}
	for i, item := range items {
		m.find(item, t.Elem(), path+"["+strconv.Itoa(i)+"]")
	}
}

func (m *misfitFinder) findInMap(raw []byte, t reflect.Type, path string) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		m.add(path, wantObject)
		return
	}
	for _, key := range sortedKeys(members) {
		m.find(members[key], t.Elem(), join(path, key))
	}
}

func sortedKeys(members map[string]json.RawMessage) []string {
	keys := make([]string, 0, len(members))
	for key := range members {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// wanted says in a sentence what a type takes.
func wanted(t reflect.Type) string {
	switch kind := t.Kind(); {
	case t == timeType:
		return wantTime
	case kind == reflect.String:
		return wantText
	case kind == reflect.Bool:
		return wantBool
	case kind >= reflect.Int && kind <= reflect.Uintptr:
		return wantInteger
	case kind == reflect.Float32 || kind == reflect.Float64:
		return wantNumber
	default:
		return wantOther
	}
}

// jsonField is a field as encoding/json sees it.
type jsonField struct {
	reflect.StructField
	name string
	// omits is set where an empty value is left out of an answer.
	omits bool
}

// jsonFields returns the fields of a struct that are in its JSON, those of embedded structs included.
func jsonFields(t reflect.Type) []jsonField {
	var fields []jsonField
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Tag.Get("json") == "-":
		case field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct:
			for _, inner := range jsonFields(field.Type) {
				inner.Index = append([]int{i}, inner.Index...)
				fields = append(fields, inner)
			}
		case field.IsExported():
			if name == "" {
				name = field.Name
			}
			fields = append(fields, jsonField{field, name, strings.Contains(options, "omit")})
		}
	}
	return fields
}
