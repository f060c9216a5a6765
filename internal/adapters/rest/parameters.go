package rest

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// The sentences for input of the wrong type.
const (
	wantID      = "This must be an id (a UUID)."
	wantInteger = "This must be a whole number."
	wantNumber  = "This must be a number."
	wantBool    = "This must be true or false."
	wantTime    = "This must be a time, as in 2026-01-31T08:15:00Z."
	wantDate    = "This must be a date, as in 2026-01-31."
	wantText    = "This must be a text."
	wantList    = "This must be a list."
	wantObject  = "This must be an object."
	wantValue   = "This is required."
	wantOther   = "This value is not valid."
)

var timeType = reflect.TypeFor[time.Time]()

// parameter is a field that is read from the path or the query.
type parameter struct {
	name     string
	index    []int
	inPath   bool
	required bool
	list     bool
	// fallback is the text that counts when a query does not have the parameter, "" for none.
	fallback string
	// what is the kind of object that an id of the path names, for example "deck".
	what string
	set  setter
}

// setter parses one text into a value. What it returns is a sentence for the caller, "" when all is well.
type setter func(value reflect.Value, text string) (sentence string)

func planParameter(field reflect.StructField) (parameter, error) {
	inPath, name := true, field.Tag.Get("path")
	if name == "" {
		inPath, name = false, field.Tag.Get("query")
	}
	if name == "" {
		return parameter{}, errors.New("it has no tag path or query, and is not Body")
	}
	p := parameter{
		name: name, index: field.Index, inPath: inPath,
		required: field.Tag.Get("required") == "true", fallback: field.Tag.Get("default"),
	}
	element := field.Type
	if element.Kind() == reflect.Slice {
		p.list, element = true, element.Elem()
	}
	if inPath && element.Kind() != reflect.String || inPath && p.list {
		return parameter{}, fmt.Errorf("%v cannot be read from a path", field.Type)
	}
	p.what = kindOfObject(element)
	p.set = setterOf(element, field.Tag.Get("format"))
	if p.set == nil || p.list && element.Kind() != reflect.String {
		return parameter{}, fmt.Errorf("%v cannot be read from a query", field.Type)
	}
	if p.fallback != "" && (inPath || p.list || p.required || p.set(reflect.New(element).Elem(), p.fallback) != "") {
		return parameter{}, fmt.Errorf("%q cannot be its default", p.fallback)
	}
	return p, nil
}

// isIDType reports whether a type is one of the domain's ids.
func isIDType(t reflect.Type) bool {
	return t.Kind() == reflect.String && t.PkgPath() == reflect.TypeFor[domain.DeckID]().PkgPath() && strings.HasSuffix(t.Name(), "ID")
}

// kindOfObject names what an id is of, so that a malformed one looks like one that is not there: domain.DeckID is of a
// "deck", domain.LearningSessionID of a "learning session".
func kindOfObject(t reflect.Type) string {
	if !isIDType(t) {
		return "object"
	}
	var b strings.Builder
	for i, r := range strings.TrimSuffix(t.Name(), "ID") {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// setterOf returns the setter of a type; the tag format says "uuid" of a text that is an id, and "date" of a time that is
// the midnight of a day, in UTC.
func setterOf(t reflect.Type, format string) setter {
	switch {
	case t == timeType && format == "date":
		return setDate
	case t == timeType:
		return setTime
	case t.Kind() == reflect.String && (format == "uuid" || isIDType(t)):
		return setID
	case t.Kind() == reflect.String:
		return setText
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64 && t != reflect.TypeFor[time.Duration]():
		return setInteger
	case t.Kind() == reflect.Bool:
		return setBool
	default:
		return nil
	}
}

func setText(value reflect.Value, text string) string {
	value.SetString(text)
	return ""
}

func setID(value reflect.Value, text string) string {
	id, ok := domain.ParseID(text)
	if !ok {
		return wantID
	}
	value.SetString(id)
	return ""
}

func setInteger(value reflect.Value, text string) string {
	n, err := strconv.ParseInt(text, 10, value.Type().Bits())
	if err != nil {
		return wantInteger
	}
	value.SetInt(n)
	return ""
}

func setBool(value reflect.Value, text string) string {
	if text != "true" && text != "false" {
		return wantBool
	}
	value.SetBool(text == "true")
	return ""
}

func setTime(value reflect.Value, text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return wantTime
	}
	value.Set(reflect.ValueOf(at.UTC()))
	return ""
}

func setDate(value reflect.Value, text string) string {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return wantDate
	}
	value.Set(reflect.ValueOf(day))
	return ""
}

// setFromPath reports whether the segment of the path can name anything at all.
func (p *parameter) setFromPath(c *fiber.Ctx, field reflect.Value) bool {
	text, err := url.PathUnescape(c.Params(p.name))
	return err == nil && text != "" && p.set(field, text) == ""
}

// setFromQuery reads the first parameter of the name, or all of them into a list. Empty ones count as not given.
func (p *parameter) setFromQuery(c *fiber.Ctx, field reflect.Value) (sentence string) {
	arguments := c.Context().QueryArgs()
	if p.list {
		return p.setList(arguments.PeekMulti(p.name), field)
	}
	text := arguments.Peek(p.name)
	switch {
	case len(text) > 0:
		return p.set(field, string(text))
	case p.required:
		return wantValue
	case p.fallback != "":
		return p.set(field, p.fallback)
	default:
		return ""
	}
}

func (p *parameter) setList(texts [][]byte, field reflect.Value) (sentence string) {
	if p.required && len(texts) == 0 {
		return wantValue
	}
	list := reflect.MakeSlice(field.Type(), len(texts), len(texts))
	for i, text := range texts {
		if sentence := p.set(list.Index(i), string(text)); sentence != "" {
			return sentence
		}
	}
	field.Set(list)
	return ""
}

// HasQueryList reports whether the query of the route may hold a list, and so be long.
func (e Endpoint) HasQueryList() bool {
	for _, p := range e.request.parameters {
		if p.list {
			return true
		}
	}
	return false
}

// Canonical returns the canonical form of an id that the kit has checked, "" for none.
func Canonical[ID ~string](id ID) ID {
	text, _ := domain.ParseID(string(id))
	return ID(text)
}
