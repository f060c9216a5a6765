package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddities are JSON texts, or almost, that stand where a value is expected.
func oddities() map[string]string {
	return map[string]string{
		"null": "null", "true": "true", "zero": "0", "a negative number": "-1", "minus zero": "-0", "a fraction": "0.1", "no text": `""`, "a space": `" "`,
		"an empty list": "[]", "a list of null": "[null]", "an empty object": "{}", "an object": `{"$ne":null,"a":[{}]}`,
		"a number beyond all": "1e999999", "a number close to none": "1e-999999", "a number of 10,000 digits": strings.Repeat("9", 10_000),
		"the largest integer and one": "9223372036854775808", "NaN": "NaN", "Infinity": "Infinity", "a hexadecimal number": "0x1F", "a leading zero": "01",
		"a lone surrogate": `"\ud83d"`, "two surrogates the wrong way round": `"\ude42\ud83d"`, "half an escape": `"\u12"`, "an unknown escape": `"\x41"`,
		"invalid UTF-8": "\"\xff\xfe\"", "an overlong encoding": "\"\xc0\xaf\"", "an encoded surrogate": "\"\xed\xa0\x80\"", "NUL": "\"\x00\"", "an escaped NUL": `"\u0000"`,
		"a line break in a text": "\"a\nb\"", "a text without an end": `"abc`, "a BOM": "\xef\xbb\xbf\"x\"", "500 KB of text": `"` + strings.Repeat("x", 500_000) + `"`,
		"500 KB of escapes": `"` + strings.Repeat(`\u00e9`, 80_000) + `"`, "a depth of 60": strings.Repeat("[", 60) + strings.Repeat("]", 60),
		"a depth of 100,000": strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "objects 10,000 deep": strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000),
		"a depth without an end": strings.Repeat("[", 400_000), "100,000 values": "[" + strings.Repeat("0,", 100_000) + "0]", "40,000 values": "[" + strings.Repeat("{},", 40_000) + "{}]",
		"50,000 names": "{" + strings.Repeat(`"a":1,`, 50_000) + `"b":1}`, "a date beyond all": `"99999-12-31T23:59:59Z"`, "year zero": `"0000-01-01T00:00:00Z"`,
		"a leap second": `"2016-12-31T23:59:60Z"`, "a long fraction": `"2026-01-01T00:00:00.` + strings.Repeat("1", 1000) + `Z"`, "a far zone": `"2026-01-01T00:00:00+99:99"`,
		"an id in capitals": `"01A20E98-960E-7A9F-B4A6-EA7A73112157"`, "an id in braces": `"{01a20e98-960e-7a9f-b4a6-ea7a73112157}"`, "an id of zeros": `"00000000-0000-0000-0000-000000000000"`,
	}
}

// TestOddJSON sends odd texts as the body of each operation, and in place of each of its fields. Whatever they are, the
// answer says so: it is no fault of the service. PostgreSQL takes fewer texts than SQLite does.
func TestOddJSON(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run("on "+engine, func(t *testing.T) {
			t.Parallel()
			sendOddJSON(t, start(t, newStorage(t, engine)))
		})
	}
}

// keptTexts are the fields whose texts are stored as they are.
var keptTexts = []string{"name", "description", "color", "question", "answer"}

func sendOddJSON(t *testing.T, s *system) {
	d, all := s.operations(t)
	owner := s.person(t)
	mine := owner.newDeck(1)
	c := carrying(s.visitor(t), "Authorization", "Bearer "+owner.cookie(t, "Authorization"))
	ids := map[string]string{"id": mine.ID, "cardID": mine.Cards[0].ID, "deckID": mine.ID, "deck_id": mine.ID}
	sent := 0
	for _, o := range all {
		if o.RequestBody == nil {
			continue
		}
		good, err := json.Marshal(d.body(o, ids))
		require.NoError(t, err)
		bodies := maps.Clone(oddities())
		maps.Copy(bodies, frames(string(good)))
		for field, without := range fields(string(good)) {
			for name, odd := range oddities() {
				bodies[field+": "+name] = without(odd)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(bodies)) {
			a, err := c.try(o.method, o.address(ids), bodies[name])
			sent++
			if !assert.NoError(t, err, "%s with %s", o, name) || !assert.Less(t, a.Status, 500, "%s with %s: %s", o, name, a.Body) {
				return
			}
			if a.Status >= 400 {
				failure(t, a)
			}
			if field, ok := strings.CutSuffix(name, ": an escaped NUL"); ok && slices.Contains(keptTexts, field) {
				assert.Equal(t, http.StatusBadRequest, a.Status, "%s with %s: %s", o, name, a.Body)
			}
		}
	}
	t.Logf("%d bodies", sent)
	require.Greater(t, sent, 1000)
	owner.must(http.StatusOK, http.MethodGet, "/decks", nil)
	requireOneLineEach(t, s.processes[0].output.String())
}

// frames are a good body with something odd around it.
func frames(good string) map[string]string {
	return map[string]string{
		"a BOM before it": "\xef\xbb\xbf" + good, "NUL after it": good + "\x00", "a second value": good + good, "a comment": "/* */" + good,
		"the first half of it": good[:len(good)/2], "UTF-16": "\xff\xfe" + strings.Join(strings.Split(good, ""), "\x00") + "\x00", "white space": strings.Repeat(" \t\r\n", 100_000) + good,
		"only white space": "   ", "a comma at the end": strings.TrimSuffix(good, "}") + ",}", "brackets that do not fit": strings.TrimSuffix(good, "}") + "]",
		"everything twice": twice(good), "names in other letters": strings.ToUpper(good), "a prototype": strings.Replace(good, "{", `{"__proto__":{"betaUser":true},`, 1),
	}
}

// twice returns an object with each of its names twice.
func twice(good string) string {
	inner, isObject := strings.CutPrefix(good, "{")
	if !isObject {
		return good
	}
	return "{" + strings.TrimSuffix(inner, "}") + "," + inner
}

// fields returns, for each field of an object, or of the objects of a list, a function that puts another text in its place.
func fields(good string) map[string]func(string) string {
	var object map[string]json.RawMessage
	before, after := "", ""
	if err := json.Unmarshal([]byte(good), &object); err != nil {
		var list []map[string]json.RawMessage
		if json.Unmarshal([]byte(good), &list) != nil || len(list) == 0 {
			return nil
		}
		object, before, after = list[0], "[", "]"
	}
	replace := map[string]func(string) string{}
	for field := range object {
		replace[field] = func(odd string) string {
			parts := []string{fmt.Sprintf("%q:%s", field, odd)}
			for other, value := range object {
				if other != field {
					parts = append(parts, fmt.Sprintf("%q:%s", other, value))
				}
			}
			return before + "{" + strings.Join(parts, ",") + "}" + after
		}
	}
	return replace
}
