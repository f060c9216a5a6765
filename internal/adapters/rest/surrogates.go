package rest

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf16"
)

// escapeLength is the length of an escape with four digits.
const escapeLength = len(`\u0000`)

// loneSurrogate returns the place of the first escape of a surrogate (\ud800 to \udfff) that is not one of a pair
// (RFC 8259, section 8.2), or -1: the decoder would put U+FFFD there without a word. In valid JSON backslashes stand in
// texts only, and what is not valid the decoder refuses.
func loneSurrogate(raw []byte) int {
	for at := 0; ; {
		next := bytes.IndexByte(raw[at:], '\\')
		if next < 0 {
			return -1
		}
		at += next
		first := escapedUnit(raw[at:])
		if !utf16.IsSurrogate(first) {
			at = min(at+2, len(raw)) // the second backslash of two begins no escape
			continue
		}
		second := escapedUnit(raw[at+escapeLength:])
		if utf16.DecodeRune(first, second) == unicode.ReplacementChar {
			return at
		}
		at += 2 * escapeLength
	}
}

// escapedUnit returns the UTF-16 code unit whose escape a text begins with, or -1.
func escapedUnit(text []byte) rune {
	if len(text) < escapeLength || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(string(text[2:escapeLength]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(unit)
}
