package smtp

import (
	"context"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/mailserver"
)

var ada = domain.User{
	ID: "0190a000-0000-7000-8000-000000000001", Name: "Ada Lovelace", Email: "ada@example.org", PasswordHash: "$argon2id$hash",
}

const link = "https://spacey.example.org/verifying?token=7QF3XK2M5JZ4YV6W7QF3XK2M5J"

// mailerFor returns a mailer for a server, without pauses that a test would wait for.
func mailerFor(t *testing.T, server *mailserver.Server, change ...func(*Options)) *Mailer {
	t.Helper()
	options := Options{Host: server.Host, Port: server.Port, Security: None, From: "spacey <no-reply@spacey.example.org>"}
	for _, c := range change {
		c(&options)
	}
	mailer, err := New(options)
	require.NoError(t, err)
	mailer.pause = time.Millisecond
	return mailer
}

// letter is a mail as a person's program shows it.
type letter struct {
	header     mail.Header
	text, html string
}

// open takes a mail apart.
func open(t *testing.T, content string) letter {
	t.Helper()
	message, err := mail.ReadMessage(strings.NewReader(content))
	require.NoError(t, err)
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := map[string]string{}
	for reader := multipart.NewReader(message.Body, parameters["boundary"]); ; {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		require.Equal(t, "quoted-printable", part.Header.Get("Content-Transfer-Encoding"))
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		require.NoError(t, err)
		parts[part.Header.Get("Content-Type")] = string(text)
	}
	require.Len(t, parts, 2)
	return letter{message.Header, parts["text/plain; charset=UTF-8"], parts["text/html; charset=UTF-8"]}
}

func TestAMailIsDelivered(t *testing.T) {
	server := mailserver.Start(t, mailserver.Options{})
	user := ada
	user.Name = "Ада \"Лавлейс\" 🚀"
	require.NoError(t, mailerFor(t, server).SendVerification(t.Context(), user, link))
	require.Len(t, server.Mails(), 1)
	got := server.Mails()[0]
	l := open(t, got.Content)

	t.Run("from and to whom it should", func(t *testing.T) {
		assert.Equal(t, "no-reply@spacey.example.org", got.From)
		assert.Equal(t, []string{"ada@example.org"}, got.To)
		from, err := l.header.AddressList("From")
		require.NoError(t, err)
		assert.Equal(t, []*mail.Address{{Name: "spacey", Address: "no-reply@spacey.example.org"}}, from)
		to, err := l.header.AddressList("To")
		require.NoError(t, err)
		assert.Equal(t, []*mail.Address{{Name: user.Name, Address: "ada@example.org"}}, to)
	})
	t.Run("with a subject of any letters", func(t *testing.T) {
		subject, err := new(mime.WordDecoder).DecodeHeader(l.header.Get("Subject"))
		require.NoError(t, err)
		assert.Equal(t, "Confirm your e-mail address – spacey", subject)
	})
	t.Run("with the link and its lifetime in both parts", func(t *testing.T) {
		assert.Contains(t, l.text, "\n"+link+"\r\n")
		assert.Contains(t, l.html, `<a href="`+link+`">`+link+`</a>`)
		assert.Contains(t, l.text, "24 hours")
		assert.Contains(t, l.html, "24 hours")
	})
	t.Run("without words that somebody chose for a stranger", func(t *testing.T) {
		assert.NotContains(t, l.text+l.html, "Лавлейс")
	})
	t.Run("with what mail servers and programs want to see", func(t *testing.T) {
		_, err := l.header.Date()
		require.NoError(t, err)
		assert.Regexp(t, `^<[A-Z0-9]{26}@spacey\.example\.org>$`, l.header.Get("Message-Id"))
		assert.Equal(t, "auto-generated", l.header.Get("Auto-Submitted"))
		assert.Equal(t, "spacey.example.org", got.Greeting)
		assert.Empty(t, l.header.Get("User-Agent")+l.header.Get("X-Mailer"))
	})
}

func TestALinkCannotBreakOutOfTheHTML(t *testing.T) {
	server := mailserver.Start(t, mailserver.Options{})
	mailer := mailerFor(t, server)
	hostile := `https://spacey.example.org/?a=1&b="><script>alert('x')</script>`
	require.NoError(t, mailer.SendVerification(t.Context(), ada, hostile))
	require.NoError(t, mailer.SendVerification(t.Context(), ada, "javascript:alert(1)"))
	escaped, script := open(t, server.Mails()[0].Content), open(t, server.Mails()[1].Content)

	assert.NotContains(t, escaped.html, "<script")
	assert.Contains(t, html.UnescapeString(escaped.html), ">"+hostile+"</a>")
	assert.Contains(t, escaped.text, hostile)
	assert.NotContains(t, script.html, `href="javascript:`)
}

func TestHostileNamesAddNothing(t *testing.T) {
	server := mailserver.Start(t, mailserver.Options{})
	mailer := mailerFor(t, server)
	cases := map[string]struct{ name, shown string }{
		"a newline adds no header":      {"Ada\r\nBcc: victim@example.org\r\n\r\nBody", "Ada Bcc: victim@example.org Body"},
		"a bare newline neither":        {"Ada\nSubject: you won", "Ada Subject: you won"},
		"an address adds no recipient":  {`Ada" <victim@example.org>, "x`, `Ada" <victim@example.org>, "x`},
		"an encoded newline stays text": {"=?utf-8?q?Ada=0D=0ABcc:_victim@example.org?=", "=?utf-8?q?Ada=0D=0ABcc:_victim@example.org?="},
		"what cannot be seen is gone":   {"A\u202eda\x00\u2028Lovelace", "A da Lovelace"},
		"a long name stays a name":      {strings.Repeat("é", 100), strings.Repeat("é", 100)},
		"only spaces are no name":       {" \r\n\t", ""},
	}
	for outcome, c := range cases {
		t.Run(outcome, func(t *testing.T) {
			before := len(server.Mails())
			user := ada
			user.Name = c.name
			require.NoError(t, mailer.SendVerification(t.Context(), user, link))
			require.Len(t, server.Mails(), before+1)
			got := server.Mails()[before]
			assert.Equal(t, []string{"ada@example.org"}, got.To)
			l := open(t, got.Content)
			assert.Contains(t, l.text, link)
			assert.Empty(t, l.header.Get("Bcc"))
			assert.Len(t, l.header["Subject"], 1)
			to, err := l.header.AddressList("To")
			require.NoError(t, err)
			assert.Equal(t, []*mail.Address{{Name: c.shown, Address: "ada@example.org"}}, to)
		})
	}
}

func TestAnAddressThatIsNotOneAddressGetsNoMail(t *testing.T) {
	server := mailserver.Start(t, mailserver.Options{})
	mailer := mailerFor(t, server)
	for outcome, address := range map[string]string{
		"a command in it":   "ada@example.org>\r\nRCPT TO:<victim@example.org",
		"a header in it":    "ada@example.org\r\nBcc: victim@example.org",
		"a second one":      "ada@example.org, victim@example.org",
		"a name before it":  "Ada <ada@example.org>",
		"a remark after it": "ada@example.org (Ada)",
		"nothing":           "",
		"bytes in it":       "a\xffda@example.org",
		"no address at all": "ada",
	} {
		t.Run(outcome, func(t *testing.T) {
			user := ada
			user.Email = address
			err := mailer.SendVerification(t.Context(), user, link)
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			assert.Zero(t, server.Sessions(), "nobody is even asked")
		})
	}
}

func TestAddressesInOtherScripts(t *testing.T) {
	server := mailserver.Start(t, mailserver.Options{})
	user := ada
	user.Email = "ада@пример.example"
	require.NoError(t, mailerFor(t, server, func(o *Options) { o.From = "no-reply@пример.example" }).
		SendVerification(t.Context(), user, link))
	require.Len(t, server.Mails(), 1)
	assert.Equal(t, []string{user.Email}, server.Mails()[0].To)
	assert.Equal(t, "localhost", server.Mails()[0].Greeting, "a greeting is in ASCII")
}

func TestWrongOptionsAreTold(t *testing.T) {
	right := Options{Host: "mail.example.org", Port: 587, Security: StartTLS, From: "no-reply@example.org"}
	_, err := New(right)
	require.NoError(t, err)
	for want, change := range map[string]func(*Options){
		"no host":       func(o *Options) { o.Host = "" },
		`"ssl"`:         func(o *Options) { o.Security = "ssl" },
		"not a sender":  func(o *Options) { o.From = "spacey" },
		"a@b.c, d@e.f":  func(o *Options) { o.From = "a@b.c, d@e.f" },
		`not ""`:        func(o *Options) { o.Security = "" },
		`"x@y\r\nBcc: `: func(o *Options) { o.From = "x@y\r\nBcc: z@y" },
	} {
		options := right
		change(&options)
		_, err := New(options)
		assert.ErrorContains(t, err, want)
	}
}

func TestNothingIsSentForACallerWhoIsGone(t *testing.T) {
	server := mailserver.Start(t, mailserver.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := mailerFor(t, server).SendVerification(ctx, ada, link)
	assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	assert.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, server.Mails())
}
