package smtp

import (
	"bytes"
	"html"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func FuzzMessage(f *testing.F) {
	for _, seed := range [][4]string{
		{"Ada", "ada@example.org", "Firefox on Linux, 203.0.113.7", link},
		{"Ada\r\nBcc: x@example.org", "ada@example.org\r\nBcc: x@example.org", "a\r\n\r\n.\r\nMAIL FROM:<x@y>", "javascript:alert(1)"},
		{`"><script>`, "ada@example.org, b@example.org", "<script>alert(1)</script>", `https://x/"><script>`},
		{"=?utf-8?q?=0d=0aBcc:_x=40example.org?=", `"a b"@example.org`, "{{.Link}}", "https://x/?a=1&b=2"},
		{"ä\\", "ada@example.org", "", "https://x"},
		{"\xff\u2028\u202e", "ä@exämple.org", "\u202e\u2066x", "//evil.example"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	mailer, err := New(Options{Host: "h", Port: 25, Security: None, From: "spacey <no-reply@spacey.example.org>"})
	if err != nil {
		f.Fatal(err)
	}
	headers := []string{
		"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To",
	}
	f.Fuzz(func(t *testing.T, name, email, place, link string) {
		for _, of := range []struct {
			kind  kind
			shows content
		}{
			{verification, content{Link: link, Hours: 24}}, {newSignIn, content{At: minute(time.Unix(0, 0)), Place: shown(place)}},
		} {
			message, err := mailer.compose(domain.User{Name: name, Email: email}, of.kind, of.shows)
			if err != nil {
				continue
			}
			var written bytes.Buffer
			if _, err := message.WriteTo(&written); err != nil {
				continue // it is not sent
			}
			read, err := mail.ReadMessage(&written)
			if err != nil {
				t.Fatalf("the mail to %q cannot be read: %v", email, err)
			}
			for header, values := range read.Header {
				if !slices.Contains(headers, header) || len(values) != 1 {
					t.Fatalf("%q, %q have made the header %s: %q", name, email, header, values)
				}
			}
			checkRecipient(t, read.Header, email)
		}
		checkHTML(t, place, link)
	})
}

// checkRecipient holds that a mail goes to one address.
func checkRecipient(t *testing.T, header mail.Header, email string) {
	t.Helper()
	to, err := header.AddressList("To")
	if err != nil {
		// net/mail cannot read each name that it writes: a backslash beside other letters than those of ASCII. What counts is
		// that nothing but a name stands before the address.
		name, found := strings.CutSuffix(header.Get("To"), " <"+email+">")
		if !found || !strings.Contains(name, `\`) || strings.ContainsAny(name, "<>,;:@\"") {
			t.Fatalf("the mail to %q goes to %q (%v)", email, header["To"], err)
		}
		return
	}
	if len(to) != 1 || to[0].Address != email {
		t.Fatalf("the mail to %q goes to %q", email, header["To"])
	}
}

// checkHTML holds that texts from outside are texts in the HTML of mails too.
func checkHTML(t *testing.T, place, link string) {
	t.Helper()
	render := func(kind kind, shows content) string {
		var b strings.Builder
		if err := kind.html.Execute(&b, shows); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	seen := shown(place)
	if utf8.RuneCountInString(seen) > maxPlace || strings.ContainsAny(seen, "\r\n\u2028\u202e\u2066") {
		t.Fatalf("the place %q is shown as %q", place, seen)
	}
	for _, page := range [][2]string{
		{render(newSignIn, content{Place: seen}), render(newSignIn, content{Place: "x"})},
		{render(verification, content{Link: link}), render(verification, content{Link: "https://x"})},
	} {
		if seen == "" && strings.Contains(page[1], "<bdi>x</bdi>") {
			continue
		}
		if tags := strings.Count(page[0], "<"); tags != strings.Count(page[1], "<") {
			t.Fatalf("%q, %q have made %d tags: %s", place, link, tags, page[0])
		}
		_, address, _ := strings.Cut(page[0], `href="`)
		address, _, _ = strings.Cut(address, `"`)
		if scheme, _, found := strings.Cut(strings.ToLower(strings.TrimSpace(html.UnescapeString(address))), ":"); found && strings.HasPrefix(scheme, "javascript") {
			t.Fatalf("%q is the link %q", link, address)
		}
	}
}
