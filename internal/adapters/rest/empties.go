package rest

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
)

// filler replaces nil lists and maps inside an answer with empty ones, so that they are [] and {} and never null. The
// value is addressable. Types that cannot hold any have no filler.
type filler func(value reflect.Value)

// fillerOf returns the filler of a type, nil where there is nothing to fill. Interfaces are refused: nobody can say of
// them what will stand in the answer, and the document cannot either.
func fillerOf(t reflect.Type) (filler, error) { return (&fillers{}).of(t) }

// fillers are those of the types on the way from the answer to where we are, so that recursive types come to an end.
type fillers struct{ open map[reflect.Type]*filler }

func (f *fillers) of(t reflect.Type) (filler, error) {
	if encodesItself(t) {
		return nil, nil
	}
	switch t.Kind() {
	case reflect.Interface, reflect.Func, reflect.Chan, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return nil, fmt.Errorf("%v cannot stand in an answer", t)
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Struct, reflect.Array:
		return f.ofContainer(t)
	default:
		return nil, nil
	}
}

func encodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Marshaler]()) || p.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

func (f *fillers) ofContainer(t reflect.Type) (filler, error) {
	if known, ok := f.open[t]; ok {
		return func(v reflect.Value) {
			if *known != nil {
				(*known)(v)
			}
		}, nil
	}
	if f.open == nil {
		f.open = map[reflect.Type]*filler{}
	}
	result := new(filler)
	f.open[t] = result
	defer delete(f.open, t)
	var err error
	if t.Kind() == reflect.Struct {
		*result, err = f.ofStruct(t)
		return *result, err
	}
	element, err := f.of(t.Elem())
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case reflect.Slice:
		*result = fillSlice(element)
	case reflect.Map:
		*result = fillMap(element)
	case reflect.Pointer:
		*result = fillPointer(element)
	default:
		*result = fillItems(element)
	}
	return *result, nil
}

func fillSlice(element filler) filler {
	items := fillItems(element)
	return func(v reflect.Value) {
		switch {
		case v.IsNil():
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		case items != nil:
			items(v)
		}
	}
}

func fillItems(element filler) filler {
	if element == nil {
		return nil
	}
	return func(v reflect.Value) {
		for i := range v.Len() {
			element(v.Index(i))
		}
	}
}

// fillMap makes a new map where values need filling, since values of a map cannot be changed in place.
func fillMap(element filler) filler {
	return func(v reflect.Value) {
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
			return
		}
		if element == nil {
			return
		}
		filled := reflect.MakeMapWithSize(v.Type(), v.Len())
		for entries := v.MapRange(); entries.Next(); {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(entries.Value())
			element(value)
			filled.SetMapIndex(entries.Key(), value)
		}
		v.Set(filled)
	}
}

func fillPointer(element filler) filler {
	if element == nil {
		return nil
	}
	return func(v reflect.Value) {
		if !v.IsNil() {
			element(v.Elem())
		}
	}
}

func (f *fillers) ofStruct(t reflect.Type) (filler, error) {
	type step struct {
		index []int
		fill  filler
	}
	var steps []step
	for _, field := range jsonFields(t) {
		fill, err := f.of(field.Type)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field.name, err)
		}
		// A nil value that is left out when empty stays: it is not null, but absent.
		if kind := field.Type.Kind(); field.omits && fill != nil && (kind == reflect.Slice || kind == reflect.Map) {
			inner := fill
			fill = func(v reflect.Value) {
				if !v.IsNil() {
					inner(v)
				}
			}
		}
		if fill != nil {
			steps = append(steps, step{field.Index, fill})
		}
	}
	if len(steps) == 0 {
		return nil, nil
	}
	return func(v reflect.Value) {
		for _, s := range steps {
			s.fill(v.FieldByIndex(s.index))
		}
	}, nil
}
