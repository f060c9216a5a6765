package domain

import (
	"net/mail"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"", "0198F0A0-0000-7000-8000-00000000000a", "0198f0a0000070008000-00000000000a", strings.Repeat("-", 36)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, ok := ParseID(text)
		if !ok {
			if id != "" {
				t.Fatalf("%q is refused and yet has the id %q", text, id)
			}
			return
		}
		if again, ok := ParseID(id); !ok || again != id {
			t.Fatalf("the id %q of %q is not canonical: %q", id, text, again)
		}
		if !strings.EqualFold(id, text) || id != strings.ToLower(id) || strings.Trim(id, "0123456789abcdef-") != "" {
			t.Fatalf("%q became %q", text, id)
		}
	})
}

func FuzzParseAPIToken(f *testing.F) {
	good := APITokenText("0198f0a0-0000-7000-8000-00000000000a", "0198f0a0-0000-7000-8000-00000000000b", strings.Repeat("A2", 13))
	for _, seed := range []string{"", "spacey_", good, good + "_", good[:len(good)-1], strings.ToUpper(good), " " + good, strings.Replace(good, "0198", "-198", 1)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		owner, id, secret, ok := ParseAPIToken(text)
		if !ok {
			return
		}
		if APITokenText(owner, id, secret) != text {
			t.Fatalf("%q is taken for the token %q", text, APITokenText(owner, id, secret))
		}
		if !IsAPIToken(text) {
			t.Fatalf("%q is a token and does not look like one", text)
		}
		for _, name := range []string{string(owner), string(id)} {
			if canonical, ok := ParseID(name); !ok || canonical != name {
				t.Fatalf("%q names %q, which is no id", text, name)
			}
		}
	})
}

func FuzzEmail(f *testing.F) {
	for _, seed := range []string{
		"", "ada@example.org", " Ada@Example.ORG ", "a@b@c", `"a b"@example.org`, "Ada <ada@example.org>", "a@example.org\r\nBcc: b@example.org",
		"ä@exämple.org", "a@[127.0.0.1]", "a,b@example.org", "(x)a@example.org", "a@example.org\u2028b", strings.Repeat("a", 250) + "@b.c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !validEmail(text) {
			if validEmail(strings.TrimSpace(text)) {
				t.Fatalf("%q is valid without the space around it only", text)
			}
			return
		}
		email := strings.TrimSpace(text)
		list, err := mail.ParseAddressList(email)
		if err != nil || len(list) != 1 || list[0].Address != email || list[0].Name != "" {
			t.Fatalf("mail to %q would go to %v (%v)", email, list, err)
		}
		if len(email) > MaxEmail || strings.ContainsAny(email, "\r\n\x00<>") || !utf8.ValidString(email) {
			t.Fatalf("%q is taken", email)
		}
		if key := EmailKey(text); key != EmailKey(key) || key == "" || key != EmailKey(email) {
			t.Fatalf("%q has the key %q, and that has another", text, key)
		}
	})
}

func FuzzUserAgent(f *testing.F) {
	for _, seed := range []string{
		"", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "curl/8.5.0", "Firefox/\r\nBcc: x@example.org",
		"Visit https://evil.example Chrome/ Windows", strings.Repeat("x", 600) + "Safari/ iPhone", "\xffEdg Mac OS X",
	} {
		f.Add(seed)
	}
	known := map[string]bool{"": true}
	for _, browser := range append([][2]string{{}}, browsers...) {
		for _, system := range append([][2]string{{}}, systems...) {
			known[strings.TrimSuffix(strings.TrimPrefix(browser[1]+" on "+system[1], " on "), " on ")] = true
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		client := NewClient(netip.MustParseAddr("::ffff:203.0.113.7"), text)
		if !known[client.Program] {
			t.Fatalf("%q has chosen the words %q", text, client.Program)
		}
		if strings.HasPrefix(client.Program, "on ") || !strings.HasSuffix(client.Place(), "203.0.113.7") {
			t.Fatalf("%q is at %q", text, client.Place())
		}
	})
}

func FuzzEntry(f *testing.F) {
	f.Add("", "review", "c", "s", int64(0), int64(1000), 3, 4, "", 0.0, 0.0, 0, 0)
	f.Add("e", "undo", "", "", int64(0), int64(0), 0, 0, "x", 0.0, 0.0, 0, 0)
	f.Add("", "import", "c", "", int64(0), int64(1<<50), 0, 0, "", 12.5, 5.0, 3, 1)
	f.Add("", "reset", "c", "", int64(-1), int64(-1), 9, 9, "", -1.0, 11.0, -1, 2)
	f.Fuzz(func(t *testing.T, id, kind, card, session string, started, finished int64, rating, buttons int, undoes string,
		stability, difficulty float64, reps, lapses int) {
		entry := Entry{
			ID: EventID(id), Kind: Kind(kind), Card: CardID(card), Session: LearningSessionID(session),
			StartedAt: time.UnixMicro(started), FinishedAt: time.UnixMicro(finished), Rating: Rating(rating), Buttons: buttons,
			Undoes: EventID(undoes), Imported: Imported{Stability: stability, Difficulty: difficulty, Reps: reps, Lapses: lapses},
		}
		if entry.Check() != nil {
			return
		}
		var target *Event
		if entry.Kind == KindUndo {
			target = &Event{ID: entry.Undoes, Card: "c", Day: 7}
		}
		event := NewEvent("u", entry, "d", target, DefaultSettings("u"), noon)
		if event.ID == "" || event.ID != entry.EventID("u") || event.Card == "" {
			t.Fatalf("%+v became %+v", entry, event)
		}
		if !event.Says(entry) {
			t.Fatalf("%+v sent again is another entry than %+v", entry, event)
		}
		if event.AnsweredAt.After(noon) || event.AnsweredAt.After(event.FinishedAt) {
			t.Fatalf("%+v was answered at %v", entry, event.AnsweredAt)
		}
	})
}

func FuzzParseSource(f *testing.F) {
	for _, seed := range []string{
		"", "https://example.org/a?b#c", "HTTP://EXAMPLE.ORG", "10.1000/182", "doi:10.1000/182", "https://doi.org/10.1000/182", "https://a:b@example.org",
		"javascript:alert(1)", "https://example.org\r\nX: y", "http://[::1%25a]/", "10.1000/\u00a0", "https://example.org/\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		source, is, err := ParseSource(text)
		if err != nil {
			if source != "" || is != "" || CodeOf(err) != CodeInvalid {
				t.Fatalf("%q is refused with %v and yet gives %q, %q", text, err, source, is)
			}
			return
		}
		if !strings.Contains(text, source) || !utf8.ValidString(source) || strings.ContainsAny(source, "\x00\r\n\t") || len(source) > maxSource {
			t.Fatalf("%q became %q", text, source)
		}
		if again, same, err := ParseSource(source); err != nil || again != source || same != is {
			t.Fatalf("the source %q, %q of %q is not canonical: %q, %q, %v", source, is, text, again, same, err)
		}
		lower := strings.ToLower(source)
		web := strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
		if is == SourceURL && !web || is == SourceDOI && !strings.HasPrefix(source, "10.") || is == SourcePDF {
			t.Fatalf("%q is taken for %q", source, is)
		}
	})
}

func FuzzSearchTerms(f *testing.F) {
	for _, seed := range []string{
		"", "The cell's cells", "Straße ẞ İ ﬁ", "東京tower", "コンピューター", "ภาษาไทย", "שָׁלוֹם", `[{"children":[{"text":"a"}]}]`, "[[[[", "a\xffb", "½ ㍍ x²",
		strings.Repeat("s", 40), "e\u0301\u0301", "\u0301", "\u0f73\u0f71",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		terms, seen := SearchTerms(text), map[string]bool{}
		if len(terms) > MaxTerms {
			t.Fatalf("%d terms", len(terms))
		}
		for _, term := range terms {
			if term == "" || seen[term] || !utf8.ValidString(term) || utf8.RuneCountInString(term) > maxTerm {
				t.Fatalf("%q has the term %q", text, term)
			}
			if strings.ContainsFunc(term, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }) {
				t.Fatalf("%q has the term %q, in which is more than letters and digits", text, term)
			}
			seen[term] = true
		}
		if query, err := ParseSearch(text); err == nil {
			for _, word := range query.Words {
				if !seen[word.Text] {
					t.Fatalf("%q is not found by its own word %q", text, word.Text)
				}
			}
		}
	})
}
