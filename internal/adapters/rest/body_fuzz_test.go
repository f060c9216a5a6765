package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// fuzzed has a field of each kind that bodies have.
type fuzzed struct {
	Name  string            `json:"name"`
	Size  int               `json:"size"`
	Share *float64          `json:"share"`
	At    time.Time         `json:"at"`
	Deck  domain.DeckID     `json:"deckID"`
	Note  Patch[string]     `json:"note"`
	List  []struct{ A int } `json:"list"`
	Map   map[string]bool   `json:"map"`
}

var bodySeeds = []string{
	"", "null", "{}", " {\"name\":\"a\"} ", `{"size":73.0}`, `{"size":1e2,"share":1.5e300}`, `{"name":"\ud83d\ude00"}`, `{"name":"\ud83d"}`, `{"name":"\\ud83d"}`,
	`{"list":[{"A":1},{"A":"x"}]}`, `{"at":"2026-01-31T08:15:00Z"}`, `{"at":"yesterday"}`, `{"note":null}`, `{"map":{"a":1}}`, `[1]`, `{"NAME":1}`,
	strings.Repeat("[", 70), `{"size":9007199254740993.0}`, `{"size":-0.0}`, "{\"name\":\"\xff\"}", `{"size":1.0}}`, `{"name":"\ude00\ud83d\ude00\\"}`,
}

func FuzzBody(f *testing.F) {
	for _, seed := range bodySeeds {
		f.Add([]byte(seed))
	}
	app := fiber.New()
	plan := bodyPlan{max: 4096}
	read := func(body []byte) (fuzzed, error) {
		var ctx fasthttp.RequestCtx
		ctx.Request.Header.SetContentType(fiber.MIMEApplicationJSON)
		ctx.Request.SetBody(body)
		c := app.AcquireCtx(&ctx)
		defer app.ReleaseCtx(c)
		var value fuzzed
		return value, plan.read(c, reflect.ValueOf(&value).Elem())
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, err := read(body)
		if err != nil {
			var refusal *domain.Error
			if !errors.As(err, &refusal) || refusal.Message == "" {
				t.Fatalf("%q is refused with %v", body, err)
			}
			switch refusal.Code {
			case CodeMalformed, domain.CodeInvalid, domain.CodeTooLarge:
			default:
				t.Fatalf("%q is refused with %v", body, err)
			}
			if (refusal.Code == domain.CodeInvalid) != (len(refusal.Fields) > 0) || len(refusal.Fields) > maxMisfits+1 {
				t.Fatalf("%q is refused with %v", body, err)
			}
			return
		}
		if !json.Valid(body) || !utf8.Valid(body) || len(body) > 4096 {
			t.Fatalf("%q is taken", body)
		}
		first, _ := json.Marshal(mustRead(t, read, body))
		second, _ := json.Marshal(mustRead(t, read, append([]byte(" "), body...)))
		if !bytes.Equal(first, second) {
			t.Fatalf("%q is read as %s, then as %s", body, first, second)
		}
	})
}

func mustRead(t *testing.T, read func([]byte) (fuzzed, error), body []byte) fuzzed {
	t.Helper()
	value, err := read(body)
	if err != nil && len(body) <= 4096 {
		t.Fatalf("%q is taken and then refused: %v", body, err)
	}
	return value
}

func FuzzWholeNumbers(f *testing.F) {
	for _, seed := range bodySeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		sent := bytes.Clone(raw)
		out := wholeNumbers(raw)
		if !bytes.Equal(raw, sent) {
			t.Fatalf("%q was changed in its place to %q", sent, raw)
		}
		if !json.Valid(raw) {
			if !bytes.Equal(out, raw) {
				t.Fatalf("%q is not JSON, and was mended to %q", raw, out)
			}
			return
		}
		if again := wholeNumbers(out); !bytes.Equal(again, out) {
			t.Fatalf("%q became %q, and that %q", raw, out, again)
		}
		var before, after any
		wrong := json.Unmarshal(raw, &before)
		if err := json.Unmarshal(out, &after); (err == nil) != (wrong == nil) || !reflect.DeepEqual(before, after) {
			t.Fatalf("%q means %v, and %q means %v (%v)", raw, before, out, after, err)
		}
	})
}

func FuzzSurrogates(f *testing.F) {
	for _, seed := range bodySeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		at := loneSurrogate(raw)
		if at >= len(raw) {
			t.Fatalf("%q has half a character at byte %d", raw, at)
		}
		var value any
		if !utf8.Valid(raw) || json.Unmarshal(raw, &value) != nil {
			return
		}
		text, _ := json.Marshal(value)
		// The decoder writes U+FFFD for half a character; one that was sent as such stands there too.
		sent := bytes.Contains(raw, []byte("\ufffd")) || bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`))
		if replaced := bytes.Contains(text, []byte("\ufffd")); replaced && !sent && at < 0 {
			t.Fatalf("%q is let through and changed to %s", raw, text)
		}
		if at >= 0 && !bytes.Contains(text, []byte("\ufffd")) && !duplicates(raw) {
			t.Fatalf("%q is refused at byte %d and means %s", raw, at, text)
		}
	})
}

// duplicates reports whether JSON may hold a key twice: of the first one nothing is left in its value.
func duplicates(raw []byte) bool { return bytes.Count(raw, []byte(":")) > 1 }

func FuzzParameters(f *testing.F) {
	for _, seed := range []string{"", "1", "+1", "007", "9223372036854775808", "true", "TRUE", "2026-01-31", "2026-02-30", "2026-01-31T08:15:00+25:00", "2026-01-31T08:15:00.123456789Z", "0198F0A0-0000-7000-8000-00000000000a"} {
		f.Add(seed)
	}
	type request struct {
		Size int8          `query:"size"`
		All  bool          `query:"all"`
		At   time.Time     `query:"at"`
		Day  time.Time     `query:"day" format:"date"`
		Deck domain.DeckID `query:"deck"`
		Name string        `query:"name"`
	}
	kind := reflect.TypeFor[request]()
	f.Fuzz(func(t *testing.T, text string) {
		var r request
		for i := range kind.NumField() {
			plan, err := planParameter(kind.Field(i))
			if err != nil {
				t.Fatal(err)
			}
			value := reflect.ValueOf(&r).Elem().Field(i)
			before := value.Interface()
			if sentence := plan.set(value, text); sentence != "" && value.Interface() != before {
				t.Fatalf("%q is refused (%s) and sets %v", text, sentence, value)
			}
		}
		if r.Name != text {
			t.Fatalf("the text %q became %q", text, r.Name)
		}
		if id, ok := domain.ParseID(string(r.Deck)); r.Deck != "" && (!ok || id != string(r.Deck)) {
			t.Fatalf("%q is the id %q", text, r.Deck)
		}
		for _, at := range []time.Time{r.At, r.Day} {
			if at.Location() != time.UTC || at.Year() < 0 || at.Year() > 10000 {
				t.Fatalf("%q is the time %v", text, at)
			}
		}
		if !r.Day.IsZero() && r.Day.Format(time.DateOnly) != text {
			t.Fatalf("%q is the day %v", text, r.Day)
		}
	})
}
