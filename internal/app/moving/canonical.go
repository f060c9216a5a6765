package moving

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"time"
)

// encoder appends the canonical form of a value of one type: every field, each in a form whose end is known, so that two
// values have the same form only if they are the same. Two that storage does not tell apart have the same one: times are
// in milliseconds whatever their zone, there is no negative zero, and a list that is nil is empty.
type encoder func(to []byte, value reflect.Value) []byte

// encoders keeps the encoders of whole items by their types.
var encoders sync.Map

// canonical appends the canonical form of an item. The encoder is made from the type, so no field can be forgotten.
func canonical[T any](to []byte, item *T) []byte {
	t := reflect.TypeFor[T]()
	encode, known := encoders.Load(t)
	if !known {
		encode, _ = encoders.LoadOrStore(t, encoderOf(t))
	}
	return encode.(encoder)(to, reflect.ValueOf(item).Elem())
}

// same reports whether two items have the same canonical form.
func same[T any](a, b *T) bool { return bytes.Equal(canonical(nil, a), canonical(nil, b)) }

var timeType = reflect.TypeFor[time.Time]()

// encoderOf returns the encoder of a type. It panics for what no entity holds, such as functions: a
// test encodes each kind.
func encoderOf(t reflect.Type) encoder {
	if t == timeType {
		return encodeTime
	}
	switch t.Kind() {
	case reflect.String:
		return func(to []byte, v reflect.Value) []byte {
			text := v.String()
			return append(binary.AppendUvarint(to, uint64(len(text))), text...)
		}
	case reflect.Bool:
		return func(to []byte, v reflect.Value) []byte { return append(to, flag(v.Bool())) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(to []byte, v reflect.Value) []byte { return binary.AppendVarint(to, v.Int()) }
	case reflect.Float32, reflect.Float64:
		return func(to []byte, v reflect.Value) []byte {
			return binary.BigEndian.AppendUint64(to, math.Float64bits(v.Float()+0)) // -0 + 0 is 0
		}
	case reflect.Pointer:
		return encodePointer(encoderOf(t.Elem()))
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return func(to []byte, v reflect.Value) []byte {
				return append(binary.AppendUvarint(to, uint64(v.Len())), v.Bytes()...)
			}
		}
		return encodeList(encoderOf(t.Elem()))
	case reflect.Array:
		return encodeList(encoderOf(t.Elem()))
	case reflect.Map:
		return encodeMap(encoderOf(t.Key()), encoderOf(t.Elem()))
	case reflect.Struct:
		return encodeStruct(t)
	default:
		panic(fmt.Sprintf("there is no canonical form of %s", t))
	}
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

func encodeTime(to []byte, v reflect.Value) []byte {
	var at time.Time
	if v.CanAddr() {
		at = *v.Addr().Interface().(*time.Time) // nothing is copied to the heap
	} else {
		at = v.Interface().(time.Time)
	}
	if at.IsZero() {
		return append(to, 0)
	}
	return binary.AppendVarint(append(to, 1), at.UnixMilli())
}

func encodePointer(element encoder) encoder {
	return func(to []byte, v reflect.Value) []byte {
		if v.IsNil() {
			return append(to, 0)
		}
		return element(append(to, 1), v.Elem())
	}
}

func encodeList(element encoder) encoder {
	return func(to []byte, v reflect.Value) []byte {
		to = binary.AppendUvarint(to, uint64(v.Len()))
		for i := range v.Len() {
			to = element(to, v.Index(i))
		}
		return to
	}
}

// encodeMap encodes the entries in order of their forms.
func encodeMap(key, element encoder) encoder {
	return func(to []byte, v reflect.Value) []byte {
		entries := make([][]byte, 0, v.Len())
		for entry := v.MapRange(); entry.Next(); {
			entries = append(entries, element(key(nil, entry.Key()), entry.Value()))
		}
		slices.SortFunc(entries, bytes.Compare)
		to = binary.AppendUvarint(to, uint64(len(entries)))
		for _, entry := range entries {
			to = append(to, entry...)
		}
		return to
	}
}

func encodeStruct(t reflect.Type) encoder {
	fields := make([]encoder, t.NumField())
	for i := range fields {
		fields[i] = encoderOf(t.Field(i).Type)
	}
	return func(to []byte, v reflect.Value) []byte {
		for i, field := range fields {
			to = field(to, v.Field(i))
		}
		return to
	}
}
