package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Limits of a body's shape. What clients send is nested a handful deep, and 1,000 cards have some 5,000 values. Many tiny
// values would take many times their size in memory before any rule could refuse them.
const (
	maxDepth  = 64
	maxValues = 50_000
	// A route that takes larger bodies takes more values, one for so many bytes.
	bytesPerValue = 24
)

// bodyPlan is how the body of a request is read.
type bodyPlan struct {
	index []int
	max   int64
	// optional bodies may be left out: pointers, and objects of which nothing is read.
	optional bool
	// nullable bodies may be the JSON value null.
	nullable bool
}

func planBody(spec Spec, field reflect.StructField) *bodyPlan {
	pointer := field.Type.Kind() == reflect.Pointer
	return &bodyPlan{
		index: field.Index, max: spec.MaxBody, nullable: pointer,
		optional: pointer || field.Type == reflect.TypeFor[Empty](),
	}
}

// read decodes the body into a field. Errors are CodeTooLarge, CodeUnsupportedMedia, CodeMalformed and CodeInvalid.
func (b *bodyPlan) read(c *fiber.Ctx, field reflect.Value) error {
	// Not c.Body(): that one unpacks compressed bodies, to any size.
	raw := c.Request().Body()
	if len(raw) == 0 {
		if b.optional {
			return nil
		}
		return domain.NewError(CodeMalformed, "The request has no body; it needs one in JSON.")
	}
	if int64(len(raw)) > b.max {
		return domain.NewError(domain.CodeTooLarge, fmt.Sprintf("The request body is too large: %d bytes at most.", b.max))
	}
	if err := checkMedia(c); err != nil {
		return err
	}
	if err := checkText(raw, max(maxValues, int(b.max/bytesPerValue))); err != nil {
		return err
	}
	return b.decode(wholeNumbers(raw), field)
}

func checkMedia(c *fiber.Ctx) error {
	media, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	if !strings.EqualFold(strings.TrimSpace(media), fiber.MIMEApplicationJSON) {
		return domain.NewError(CodeUnsupportedMedia, codes[CodeUnsupportedMedia].sentence)
	}
	return checkCoding(c)
}

func checkCoding(c *fiber.Ctx) error {
	if coding := c.Get(fiber.HeaderContentEncoding); coding != "" && !strings.EqualFold(coding, "identity") {
		return domain.NewError(CodeUnsupportedMedia, "Send the body without compression.")
	}
	return nil
}

// checkText refuses what the decoder would change without a word, and what only an attack is made of.
func checkText(raw []byte, maxValues int) error {
	if !utf8.Valid(raw) {
		return domain.NewError(CodeMalformed, "The request body is not valid UTF-8.")
	}
	if at := loneSurrogate(raw); at >= 0 {
		return domain.NewError(CodeMalformed, fmt.Sprintf("The request body has half of a character (at byte %d): "+
			"an escaped surrogate without its partner.", at))
	}
	return checkShape(raw, maxValues)
}

func (b *bodyPlan) decode(raw []byte, field reflect.Value) error {
	err := json.Unmarshal(raw, field.Addr().Interface())
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return domain.WrapError(CodeMalformed, fmt.Sprintf("The request body is not valid JSON (at byte %d).", syntax.Offset), err)
	case err != nil:
		problems := misfits(raw, field.Type())
		if len(problems) == 0 {
			return domain.WrapError(CodeMalformed, "The request body is not what this route expects.", err)
		}
		return invalid(problems)
	case !b.nullable && string(bytes.TrimSpace(raw)) == "null":
		return domain.NewError(CodeMalformed, "The request body is null.")
	default:
		return nil
	}
}

// checkShape measures JSON by what stands outside of texts: brackets, and the commas between values.
func checkShape(raw []byte, maxValues int) error {
	depth, values, inText := 0, 1, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ',':
			values++
		}
		if depth > maxDepth {
			return domain.NewError(CodeMalformed, fmt.Sprintf("The request body is nested too deeply: %d levels at most.", maxDepth))
		}
		if values > maxValues {
			return domain.NewError(domain.CodeTooLarge, fmt.Sprintf("The request body holds too many values: %d at most.", maxValues))
		}
	}
	return nil
}
