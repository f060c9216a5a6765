package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
)

func requestApp() []rest.Endpoint {
	return []rest.Endpoint{
		echo[deckRequest](spec(http.MethodPost, "/decks")),
		echo[deckRequest](with(spec(http.MethodPost, "/old/decks"), func(s *rest.Spec) { s.CapitalFields = true })),
		echo[struct {
			Body []card `validate:"max=2,dive"`
		}](spec(http.MethodPost, "/cards")),
		echo[struct {
			Body []card `validate:"max=2,dive"`
		}](with(spec(http.MethodPost, "/old/cards"), func(s *rest.Spec) { s.CapitalFields = true })),
		echo[answerRequest](spec(http.MethodPost, "/answer")),
		echo[struct{ Body *deckIn }](spec(http.MethodPost, "/optional")),
		echo[struct{ Body rest.Empty }](spec(http.MethodPost, "/nothing")),
		echo[rest.Empty](spec(http.MethodPost, "/bodyless")),
		echo[rest.Empty](spec(http.MethodGet, "/bodyless")),
		echo[rest.Empty](spec(http.MethodDelete, "/bodyless")),
		echo[listRequest](with(spec(http.MethodPost, "/small"), func(s *rest.Spec) { s.MaxBody = 64 })),
		echo[listRequest](with(spec(http.MethodPost, "/large"), func(s *rest.Spec) { s.MaxBody = 2 << 20 })),
		echo[getRequest](spec(http.MethodGet, "/decks/{id}")),
		echo[struct {
			Name string `path:"name"`
		}](spec(http.MethodGet, "/named/{name}")),
		echo[rest.Empty](spec(http.MethodGet, "/decks/public")),
		echo[queryRequest](spec(http.MethodGet, "/query")),
	}
}

var (
	half    = []string{"malformed_request", "half of a character"}
	notJSON = []string{"malformed_request", "not valid JSON"}
)

func TestBodies(t *testing.T) {
	app, _ := serve(requestApp()...)
	keep(t, app, []promise{
		{
			name:   "a good one arrives",
			method: "POST", target: "/decks", body: `{"name":"a","size":3,"cards":[{"question":"q"}]}`,
			status: 200, contains: []string{`"name":"a"`, `"size":3`, `"question":"q"`},
		},
		{name: "unknown fields are ignored", method: "POST", target: "/decks", body: `{"name":"a","id":"","betaUser":{"x":[1]}}`, status: 200},
		{
			name:   "a charset is fine",
			method: "POST", target: "/decks", body: `{"name":"a"}`, headers: []string{"Content-Type", "Application/JSON; charset=utf-8"},
			status: 200,
		},
		{
			name:   "texts stay byte for byte",
			method: "POST", target: "/cards", body: `[{"question":"<b>&\"\\ 🙂é ","answer":" <p> "}]`,
			status: 200, contains: []string{`<b>&\"\\ 🙂é `, `" <p> "`},
		},
		{
			name:   "a form is 415",
			method: "POST", target: "/decks", body: `{"name":"a"}`, headers: []string{"Content-Type", "application/x-www-form-urlencoded"},
			status: 415, contains: []string{"unsupported_media_type"},
		},
		{
			name:   "a compressed body is 415",
			method: "POST", target: "/decks", body: `{"name":"a"}`, headers: []string{"Content-Encoding", "gzip"},
			status: 415,
		},
		{name: "no body is malformed", method: "POST", target: "/decks", status: 400, contains: []string{"malformed_request", "no body"}},
		{
			name:   "broken JSON is malformed",
			method: "POST", target: "/decks", body: `{"name":`,
			status: 400, contains: []string{"malformed_request", "not valid JSON"},
		},
		{
			name:   "garbage behind it is malformed",
			method: "POST", target: "/decks", body: `{"name":"a"} x`,
			status: 400, contains: []string{"malformed_request"},
		},
		{name: "null is malformed", method: "POST", target: "/decks", body: ` null `, status: 400, contains: []string{"malformed_request"}},
		{
			name:   "bad UTF-8 is malformed",
			method: "POST", target: "/decks", body: "{\"name\":\"\xff\"}",
			status: 400, contains: []string{"malformed_request", "UTF-8"},
		},
		{
			name:   "pairs of surrogates are characters, other escapes are what they are",
			method: "POST", target: "/cards", body: `[{"question":"\uD83D\ude42\ud83d\ude42\u00e9","answer":"\\ud800\ufffd"}]`,
			status: 200, contains: []string{`"🙂🙂é"`, `"\\ud800` + "\ufffd"},
		},
		{name: "half a character is malformed", method: "POST", target: "/cards", body: `[{"question":"x\ud83dx"}]`, status: 400, contains: half},
		{name: "at the end of a text too", method: "POST", target: "/cards", body: `[{"question":"\ud83d"}]`, status: 400, contains: half},
		{name: "the second half too", method: "POST", target: "/cards", body: `[{"question":"\uDE42"}]`, status: 400, contains: half},
		{name: "the first half of two too", method: "POST", target: "/cards", body: `[{"question":"\ud83d\ud83d\ude42"}]`, status: 400, contains: half},
		{name: "two first halves too", method: "POST", target: "/cards", body: `[{"question":"\ud83d\ud83d"}]`, status: 400, contains: half},
		{name: "halves in the wrong order too", method: "POST", target: "/cards", body: `[{"question":"\ude42\ud83d"}]`, status: 400, contains: half},
		{name: "half a character before an escape too", method: "POST", target: "/cards", body: `[{"question":"\ud83d\u0041"}]`, status: 400, contains: half},
		{name: "halves that are apart too", method: "POST", target: "/cards", body: `[{"question":"\ud83d\n\ude42"}]`, status: 400, contains: half},
		{name: "behind an escaped backslash too", method: "POST", target: "/cards", body: `[{"question":"\\\ud83d"}]`, status: 400, contains: half},
		{name: "an escape that is cut off is malformed", method: "POST", target: "/cards", body: `[{"question":"\ud8`, status: 400, contains: notJSON},
		{name: "a backslash at the end is malformed", method: "POST", target: "/cards", body: `[{"question":"\`, status: 400, contains: notJSON},
		{
			name:   "deep nesting is malformed",
			method: "POST", target: "/decks", body: `{"name":"a","x":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`,
			status: 400, contains: []string{"nested too deeply"},
		},
		{
			name:   "brackets in texts are not nesting",
			method: "POST", target: "/cards", body: `[{"question":"q","answer":"\"` + strings.Repeat("[", 70) + `"}]`,
			status: 200,
		},
		{
			name:   "very many values are too large",
			method: "POST", target: "/large", body: `[` + strings.Repeat(`{},`, 90_000) + `{}]`,
			status: 413, contains: []string{"too_large"},
		},
		{name: "a route that takes large bodies takes more values", method: "POST", target: "/large", body: `[` + strings.Repeat(`{},`, 60_000) + `{"question":1}]`, status: 400},
		{
			name:   "more than the route takes is too large",
			method: "POST", target: "/small", body: `[{"question":"` + strings.Repeat("q", 64) + `"}]`,
			status: 413, contains: []string{"too_large"},
		},
		{name: "an optional body may be left out", method: "POST", target: "/optional", status: 200},
		{name: "an empty object may be left out", method: "POST", target: "/nothing", status: 200},
		{
			name:   "a route without body ignores one",
			method: "POST", target: "/bodyless", body: `garbage`, headers: []string{"Content-Type", "text/plain"},
			status: 200, contains: []string{`{"message":"Success","data":{}}`},
		},
		{name: "GET with a content type is fine", method: "GET", target: "/bodyless", headers: []string{"Content-Type", "application/json"}, status: 200},
		{
			name:   "DELETE with a content type is fine",
			method: "DELETE", target: "/bodyless", headers: []string{"Content-Type", "application/json"},
			status: 200,
		},
	})
}

func TestWrongTypesAreNamed(t *testing.T) {
	app, _ := serve(requestApp()...)
	keep(t, app, []promise{
		{
			name:   "of a field",
			method: "POST", target: "/decks", body: `{"name":1}`,
			status: 400, contains: []string{"invalid_input", field("name", "This must be a text.")},
		},
		{
			name:   "of all fields at once",
			method: "POST", target: "/decks", body: `{"size":"x","correct":1,"at":"yesterday","tags":{}}`,
			status: 400, contains: []string{
				field("size", "This must be a whole number."), field("correct", "This must be true or false."),
				field("at", "This must be a time, as in 2026-01-31T08:15:00Z."), field("tags", "This must be a list."),
			}},
		{
			name:   "of a field of an embedded struct",
			method: "POST", target: "/decks", body: `{"note":[]}`,
			status: 400, contains: []string{field("note", "This must be a text.")},
		},
		{
			name:   "in a list",
			method: "POST", target: "/decks", body: `{"cards":[{},{"question":3}]}`,
			status: 400, contains: []string{field("cards[1].question", "This must be a text.")},
		},
		{
			name:   "in a list that is the body",
			method: "POST", target: "/cards", body: `[{},4]`,
			status: 400, contains: []string{field("[1]", "This must be an object.")},
		},
		{
			name:   "but no more than twenty",
			method: "POST", target: "/cards", body: `[` + strings.Repeat(`1,`, 99) + `1]`,
			status: 400, contains: []string{`"[19]"`}, lacks: []string{`"[20]"`},
		},
		{name: "of the body", method: "POST", target: "/cards", body: `{}`, status: 400, contains: []string{field("body", "This must be a list.")}},
		{
			name:   "with capitals for older clients",
			method: "POST", target: "/old/decks", body: `{"cards":[{"question":3}]}`,
			status: 400, contains: []string{field("Cards[0].Question", "This must be a text.")},
		},
	})
}

func TestRulesAreChecked(t *testing.T) {
	app, _ := serve(requestApp()...)
	keep(t, app, []promise{
		{
			name:   "required",
			method: "POST", target: "/decks", body: `{}`,
			status: 400, contains: []string{"invalid_input", field("name", "This is required.")},
		},
		{name: "required of a pointer takes false", method: "POST", target: "/answer", body: `{"correct":false}`, status: 200},
		{
			name:   "required of a pointer misses null",
			method: "POST", target: "/answer", body: `{"correct":null}`,
			status: 400, contains: []string{field("correct", "This is required.")},
		},
		{name: "max of a text counts characters", method: "POST", target: "/decks", body: `{"name":"🙂🙂🙂🙂🙂"}`, status: 200},
		{
			name:   "max of a text",
			method: "POST", target: "/decks", body: `{"name":"abcdef"}`,
			status: 400, contains: []string{field("name", "This must have at most 5 characters.")},
		},
		{
			name:   "min in an embedded struct",
			method: "POST", target: "/decks", body: `{"name":"a","note":"x"}`,
			status: 400, contains: []string{field("note", "This must have at least 2 characters.")},
		},
		{
			name:   "bounds of a number",
			method: "POST", target: "/decks", body: `{"name":"a","size":10}`,
			status: 400, contains: []string{field("size", "This must be at most 9.")},
		},
		{
			name:   "choices",
			method: "POST", target: "/decks", body: `{"name":"a","color":"blue"}`,
			status: 400, contains: []string{field("color", "This must be one of: red, green.")},
		},
		{
			name:   "an id in the body",
			method: "POST", target: "/decks", body: `{"name":"a","deckID":"x"}`,
			status: 400, contains: []string{field("deckID", "This must be an id (a UUID).")},
		},
		{name: "an id in capitals is one", method: "POST", target: "/decks", body: `{"name":"a","deckID":"` + strings.ToUpper(deckID) + `"}`, status: 200},
		{
			name:   "length of a list",
			method: "POST", target: "/decks", body: `{"name":"a","tags":["a","b","c"]}`,
			status: 400, contains: []string{field("tags", "This must have at most 2 items.")},
		},
		{
			name:   "items of a list",
			method: "POST", target: "/decks", body: `{"name":"a","tags":["a","long"]}`,
			status: 400, contains: []string{field("tags[1]", "This must have at most 3 characters.")},
		},
		{
			name:   "the same item twice",
			method: "POST", target: "/decks", body: `{"name":"a","tags":["a","a"]}`,
			status: 400, contains: []string{field("tags", "This must not hold the same value twice.")},
		},
		{
			name:   "structs in a list",
			method: "POST", target: "/decks", body: `{"name":"a","cards":[{"question":"q"},{}]}`,
			status: 400, contains: []string{field("cards[1].question", "This is required.")},
		},
		{
			name:   "a list that is the body",
			method: "POST", target: "/cards", body: `[{"question":"q"},{}]`,
			status: 400, contains: []string{field("[1].question", "This is required.")},
		},
		{
			name:   "length of the body",
			method: "POST", target: "/cards", body: `[{},{},{}]`,
			status: 400, contains: []string{field("body", "This must have at most 2 items.")},
		},
		{name: "an empty list is one", method: "POST", target: "/cards", body: `[]`, status: 200},
		{
			name:   "capitals for older clients",
			method: "POST", target: "/old/decks", body: `{"cards":[{}]}`,
			status: 400, contains: []string{field("Name", "This is required."), field("Cards[0].Question", "This is required.")},
		},
		{
			name:   "capitals in a list that is the body",
			method: "POST", target: "/old/cards", body: `[{}]`,
			status: 400, contains: []string{field("[0].Question", "This is required.")},
		},
	})
}

func TestParameters(t *testing.T) {
	app, _ := serve(requestApp()...)
	query := "/query?deckID=" + deckID
	keep(t, app, []promise{
		{name: "an id in the path becomes canonical", method: "GET", target: "/decks/" + strings.ToUpper(deckID), status: 200, contains: []string{deckID}},
		{
			name:   "no id in the path is not found, as if it were not there",
			method: "GET", target: "/decks/42",
			status: 404, contains: []string{"not_found", "There is no such deck."},
		},
		{name: "an escaped path is no id", method: "GET", target: "/decks/..%2f..%2fx", status: 404},
		{name: "a fixed path goes before a parameter", method: "GET", target: "/decks/public", status: 200, contains: []string{`"data":{}`}},
		{name: "a name in the path is unescaped", method: "GET", target: "/named/a%20%C3%BC", status: 200, contains: []string{`"a ü"`}},
		{
			name:   "lists, numbers, times",
			method: "GET", target: query + "&ids=" + deckID + "&ids=" + otherID + "&names=a+b&names=%26&limit=7&all=true&since=2026-01-02T03:04:05%2B01:00&day=2026-01-02&q=x",
			status: 200,
			contains: []string{`"IDs":["` + deckID + `","` + otherID + `"]`, `"Names":["a b","&"]`,
				`"Limit":7`, `"All":true`, `"Since":"2026-01-02T02:04:05Z"`, `"Day":"2026-01-02T00:00:00Z"`, `"Text":"x"`}},
		{name: "what is not given is empty", method: "GET", target: query, status: 200, contains: []string{`"IDs":[]`, `"Limit":0`}},
		{
			name:   "a required one is missing",
			method: "GET", target: "/query",
			status: 400, contains: []string{"invalid_input", field("deckID", "This is required.")},
		},
		{name: "an id is none", method: "GET", target: "/query?deckID=1", status: 400, contains: []string{field("deckID", "This must be an id (a UUID).")}},
		{
			name:   "an id of a list is none",
			method: "GET", target: query + "&ids=1",
			status: 400, contains: []string{field("ids", "This must be an id (a UUID).")},
		},
		{name: "one that is not there has its default", method: "GET", target: query, status: 200, contains: []string{`"Size":4`}},
		{name: "an empty one too", method: "GET", target: query + "&size=", status: 200, contains: []string{`"Size":4`}},
		{name: "zero is not the default", method: "GET", target: query + "&size=0", status: 400, contains: []string{field("size", "This must be one of: 2, 4.")}},
		{name: "several are wrong", method: "GET", target: query + "&limit=x&all=yes&since=now&day=2026-02-30", status: 400, contains: []string{
			field("limit", "This must be a whole number."), field("all", "This must be true or false."),
			field("since", "This must be a time, as in 2026-01-31T08:15:00Z."), field("day", "This must be a date, as in 2026-01-31."),
		}},
		{
			name:   "a rule is broken",
			method: "GET", target: query + "&limit=201",
			status: 400, contains: []string{field("limit", "This must be at most 200.")},
		},
	})
}

func TestFiveThousandIDsFitIntoAQuery(t *testing.T) {
	address := listen(t, requestApp()...)
	var ids strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&ids, "&ids=0198f0a0-0000-7000-8000-%012d", i)
	}
	response, err := http.Get(address + "/query?deckID=" + deckID + ids.String())
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, 200, response.StatusCode)
}
