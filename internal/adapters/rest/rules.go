package rest

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/swaggest/jsonschema-go"
)

// A rule is a tag of go-playground/validator that may be used in requests. Each has a counterpart in JSON Schema, so that
// the document says what is checked.
type rule struct {
	// document adds the counterpart. The type is that of the value, without pointers.
	document func(s *jsonschema.Schema, t reflect.Type, argument string) error
	// sentence tells a person that the rule is broken.
	sentence func(t reflect.Type, argument string) string
}

var rules = map[string]rule{
	"required":  {documentRequired, sentence(wantValue)},
	"omitempty": {documentNothing, sentence(wantOther)},
	"email":     {documentFormat("email"), sentence("This is not a valid e-mail address.")},
	"uuid":      {documentFormat("uuid"), sentence(wantID)},
	"url":       {documentFormat("uri"), sentence("This is not a valid address (URL).")},
	"oneof":     {documentChoice, sentenceChoice},
	"unique":    {documentUnique, sentence("This must not hold the same value twice.")},
	"min":       {documentBound(0, true, false), sentenceBound("at least")},
	"gte":       {documentBound(0, true, false), sentenceBound("at least")},
	"max":       {documentBound(0, false, true), sentenceBound("at most")},
	"lte":       {documentBound(0, false, true), sentenceBound("at most")},
	"len":       {documentBound(0, true, true), sentenceBound("exactly")},
	"gt":        {documentBound(1, true, false), sentenceBound("more than")},
	"lt":        {documentBound(-1, false, true), sentenceBound("less than")},
}

var errKind = errors.New("the rule does not fit the type")

func documentNothing(*jsonschema.Schema, reflect.Type, string) error { return nil }

// documentRequired adds what "required" says of the value itself; that it must be there, the parent says. validator takes
// 0 and false for missing, which is never meant.
func documentRequired(s *jsonschema.Schema, t reflect.Type, _ string) error {
	switch kindOf(t) {
	case ofNumber, ofBool:
		return errors.New("required refuses 0 and false; use a pointer")
	case ofText:
		s.MinLength = max(s.MinLength, 1)
	}
	return nil
}

func documentFormat(format string) func(*jsonschema.Schema, reflect.Type, string) error {
	return func(s *jsonschema.Schema, t reflect.Type, _ string) error {
		if kindOf(t) != ofText {
			return errKind
		}
		s.WithFormat(format)
		return nil
	}
}

func documentChoice(s *jsonschema.Schema, t reflect.Type, argument string) error {
	if strings.Contains(argument, "'") {
		return errors.New("choices with quotes are not supported")
	}
	s.Enum = nil
	for choice := range strings.FieldsSeq(argument) {
		switch kindOf(t) {
		case ofText:
			s.Enum = append(s.Enum, choice)
		case ofNumber:
			n, err := strconv.ParseInt(choice, 10, 64)
			if err != nil {
				return err
			}
			s.Enum = append(s.Enum, n)
		default:
			return errKind
		}
	}
	return nil
}

func documentUnique(s *jsonschema.Schema, t reflect.Type, argument string) error {
	if kindOf(t) != ofList || argument != "" {
		return errKind
	}
	s.WithUniqueItems(true)
	return nil
}

// documentBound adds a lower or an upper bound, or both. Counts have whole numbers, so that "more than 3" is "at least 4";
// numbers have exclusive bounds for it. The step is 1 for "more than" and -1 for "less than".
func documentBound(step int64, lower, upper bool) func(*jsonschema.Schema, reflect.Type, string) error {
	return func(s *jsonschema.Schema, t reflect.Type, argument string) error {
		if kindOf(t) == ofNumber {
			return boundNumber(s, argument, step, lower, upper)
		}
		n, err := strconv.ParseInt(argument, 10, 64)
		if err != nil {
			return err
		}
		n += step
		if n < 0 {
			return errors.New("the bound is negative")
		}
		var least *int64
		var most **int64
		switch kindOf(t) {
		case ofText:
			least, most = &s.MinLength, &s.MaxLength
		case ofList:
			least, most = &s.MinItems, &s.MaxItems
		case ofMap:
			least, most = &s.MinProperties, &s.MaxProperties
		default:
			return errKind
		}
		if lower {
			*least = n
		}
		if upper {
			*most = &n
		}
		return nil
	}
}

func boundNumber(s *jsonschema.Schema, argument string, step int64, lower, upper bool) error {
	n, err := strconv.ParseFloat(argument, 64)
	if err != nil {
		return err
	}
	switch {
	case step > 0:
		s.WithExclusiveMinimum(n)
	case step < 0:
		s.WithExclusiveMaximum(n)
	default:
		if lower {
			s.WithMinimum(n)
		}
		if upper {
			s.WithMaximum(n)
		}
	}
	return nil
}

func sentence(text string) func(reflect.Type, string) string {
	return func(reflect.Type, string) string { return text }
}

func sentenceChoice(_ reflect.Type, argument string) string {
	return "This must be one of: " + strings.Join(strings.Fields(argument), ", ") + "."
}

func sentenceBound(how string) func(reflect.Type, string) string {
	return func(t reflect.Type, argument string) string {
		unit := units[kindOf(t)]
		if unit != "" && argument != "1" {
			unit += "s"
		}
		verb := "have"
		if unit == "" {
			verb = "be"
		}
		return strings.TrimSpace(fmt.Sprintf("This must %s %s %s %s", verb, how, argument, unit)) + "."
	}
}

// valueKind is a kind of value as JSON Schema tells them apart.
type valueKind int

const (
	ofOther valueKind = iota
	ofText
	ofNumber
	ofBool
	ofList
	ofMap
)

// units are what bounds count.
var units = map[valueKind]string{ofText: "character", ofList: "item", ofMap: "entry"}

func kindOf(t reflect.Type) valueKind {
	switch kind := t.Kind(); {
	case kind == reflect.String:
		return ofText
	case kind >= reflect.Int && kind <= reflect.Float64:
		return ofNumber
	case kind == reflect.Bool:
		return ofBool
	case kind == reflect.Slice || kind == reflect.Array:
		return ofList
	case kind == reflect.Map:
		return ofMap
	default:
		return ofOther
	}
}
