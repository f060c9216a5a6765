package rest

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// exactIntegers is the size up to which a number of JSON, as most programs read it, holds every integer exactly.
const exactIntegers = 1 << 53

// wholeNumbers returns valid JSON with integers written as such. To JSON Schema, and so to clients that go by the
// document, 73.0 and 1e2 are integers; encoding/json refuses them.
func wholeNumbers(raw []byte) []byte {
	var out []byte
	inText, done := false, 0
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case !inText && (c == '-' || c >= '0' && c <= '9'):
			end := i + 1
			for end < len(raw) && strings.IndexByte("0123456789+-.eE", raw[end]) >= 0 {
				end++
			}
			if n, ok := wholeNumber(raw[i:end]); ok {
				out = strconv.AppendInt(append(out, raw[done:i]...), n, 10)
				done = end
			}
			i = end - 1
		}
	}
	if done == 0 || !json.Valid(raw) {
		return raw // what is wrong with it is told of what was sent
	}
	return append(out, raw[done:]...)
}

// wholeNumber returns the value of an integer that is written as a fraction or with an exponent.
func wholeNumber(text []byte) (n int64, ok bool) {
	if !bytes.ContainsAny(text, ".eE") {
		return 0, false
	}
	value, err := strconv.ParseFloat(string(text), 64)
	if err != nil || value != math.Trunc(value) || math.Abs(value) > exactIntegers {
		return 0, false
	}
	return int64(value), true
}
