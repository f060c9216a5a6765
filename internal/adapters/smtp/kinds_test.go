package smtp

import (
	"context"
	"flag"
	"mime"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/mailserver"
)

// update writes the files that mails are compared with: go test ./internal/adapters/smtp -update.
var update = flag.Bool("update", false, "write the expected mails")

var (
	berlin    = time.FixedZone("CET", 3600)
	happened  = time.Date(2026, 3, 1, 0, 30, 59, 0, berlin)
	resetLink = "https://spacey.example.org/resetting?token=7QF3XK2M5JZ4YV6W7QF3XK2M5J"
)

// sendings sends a mail of each kind.
var sendings = map[string]func(ctx context.Context, m *Mailer, user domain.User) error{
	"verification": func(ctx context.Context, m *Mailer, user domain.User) error {
		return m.SendVerification(ctx, user, link)
	},
	"password-reset": func(ctx context.Context, m *Mailer, user domain.User) error {
		return m.SendPasswordReset(ctx, user, resetLink)
	},
	"password-changed": func(ctx context.Context, m *Mailer, user domain.User) error {
		return m.SendPasswordChanged(ctx, user, happened)
	},
	"new-sign-in": func(ctx context.Context, m *Mailer, user domain.User) error {
		return m.SendNewSignIn(ctx, user, happened, `Firefox on "Linux", 203.0.113.7`)
	},
}

// sent returns the mail that a call sends.
func sent(t *testing.T, send func(ctx context.Context, m *Mailer, user domain.User) error, user domain.User) letter {
	t.Helper()
	server := mailserver.Start(t, mailserver.Options{})
	require.NoError(t, send(t.Context(), mailerFor(t, server), user))
	require.Len(t, server.Mails(), 1)
	require.Equal(t, []string{user.Email}, server.Mails()[0].To)
	return open(t, server.Mails()[0].Content)
}

func (l letter) subject(t *testing.T) string {
	t.Helper()
	subject, err := new(mime.WordDecoder).DecodeHeader(l.header.Get("Subject"))
	require.NoError(t, err)
	return subject
}

var remote = regexp.MustCompile(`(?i)<(img|link|script|iframe|object|video|audio|form|style)|\bsrc=|url\(|@import|background=`)

func TestEachKindOfMail(t *testing.T) {
	for name, send := range sendings {
		t.Run(name+" is as it was agreed, in text and in HTML", func(t *testing.T) {
			l := sent(t, send, ada)
			got := "Subject: " + l.subject(t) + "\n\n" + l.text + "\n" + l.html
			got = strings.ReplaceAll(got, "\r\n", "\n")
			path := filepath.Join("testdata", name+".txt")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o750))
				require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got)
		})
		t.Run(name+" loads nothing and needs no pictures", func(t *testing.T) {
			l := sent(t, send, ada)
			assert.NotRegexp(t, remote, l.html)
			for _, address := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(l.html, -1) {
				assert.Contains(t, []string{link, resetLink}, address[1])
			}
		})
		t.Run(name+" has no words of a person in it, and a name adds no header", func(t *testing.T) {
			user := ada
			user.Name = "Mallory\r\nBcc: victim@example.org\r\n\r\n<b>\u202eWin</b>"
			l := sent(t, send, user)
			assert.Empty(t, l.header.Get("Bcc"))
			assert.NotContains(t, l.text+l.html, "Mallory")
			assert.NotContains(t, l.text+l.html, "Win")
			to, err := l.header.AddressList("To")
			require.NoError(t, err)
			assert.Equal(t, "Mallory Bcc: victim@example.org <b> Win</b>", to[0].Name)
		})
		t.Run(name+" that cannot be sent is told without address, link or place", func(t *testing.T) {
			server := mailserver.Start(t, mailserver.Options{Content: func(_ int, content string) error {
				return &gosmtp.SMTPError{Code: 550, Message: "not this: " + strings.Join(strings.Fields(open(t, content).text), " ") + " for " + ada.Email}
			}})
			err := send(t.Context(), mailerFor(t, server), ada)
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			for _, secret := range []string{ada.Email, "token=", "203.0.113.7"} {
				assert.NotContains(t, err.Error(), secret)
			}
		})
	}
}

func TestAPlaceStaysWhereItBelongs(t *testing.T) {
	for outcome, c := range map[string]struct{ place, text, html string }{
		"newlines add neither lines nor headers": {"Firefox\r\nBcc: victim@example.org\r\n\r\nHello", "Firefox Bcc: victim@example.org Hello", "Firefox Bcc: victim@example.org Hello"},
		"HTML is shown, not read":                {`<script>alert(1)</script><img src=x>`, `<script>alert(1)</script><img src=x>`, `&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x&gt;`},
		"nothing turns the text around":          {"Fire\u202efox\u2066 Linux\u200f", "Fire fox Linux", "Fire fox Linux"},
		"a template is text":                     {"{{.Link}}", "{{.Link}}", "{{.Link}}"},
		"what is not UTF-8 is harmless":          {"Fire\xfffox", "Fire\ufffdfox", "Fire\ufffdfox"},
		"a hundred characters are shown":         {strings.Repeat("ж", 100), strings.Repeat("ж", 100), strings.Repeat("ж", 100)},
		"a long one is cut":                      {strings.Repeat("ж", 101), strings.Repeat("ж", 99) + "…", strings.Repeat("ж", 99) + "…"},
	} {
		t.Run(outcome, func(t *testing.T) {
			l := sent(t, func(ctx context.Context, m *Mailer, user domain.User) error {
				return m.SendNewSignIn(ctx, user, happened, c.place)
			}, ada)
			assert.Contains(t, l.text, "28 February 2026, 23:30 UTC\r\n"+c.text+"\r\n\r\n")
			assert.Contains(t, l.html, "<bdi>"+c.html+"</bdi>")
			assert.Empty(t, l.header.Get("Bcc"))
			assert.Equal(t, "New sign-in to your account – spacey", l.subject(t))
		})
	}
	t.Run("an empty one is left out", func(t *testing.T) {
		l := sent(t, func(ctx context.Context, m *Mailer, user domain.User) error {
			return m.SendNewSignIn(ctx, user, happened, " \r\n\u202e")
		}, ada)
		assert.Contains(t, l.text, "28 February 2026, 23:30 UTC\r\n\r\nIf that was you")
		assert.NotContains(t, l.html, "<bdi>")
	})
}
