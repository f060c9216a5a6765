package e2e

import (
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/mailserver"
)

// TestNobodyWritesAMailsHeader gives names and addresses that would add recipients, headers or markup to a mail.
func TestNobodyWritesAMailsHeader(t *testing.T) {
	t.Parallel()
	s, server := startInProduction(t, newStorage(t, "sqlite"))
	for _, email := range []string{
		"a@x.example\r\nBcc: v@y.example", "a@x.example\nBcc: v@y.example", "a@x.example, v@y.example", "a@x.example;v@y.example", "<v@y.example>", "A <v@y.example>",
		"\"v@y.example\" <a@x.example>", "a@x.example>\r\nRCPT TO:<v@y.example", "a@x.example\x00", "a@x.example%0d%0aBcc:v@y.example,", "a b@x.example", "a@x.example (comment)",
	} {
		for _, path := range []string{"/user", "/user?email=v@y.example"} {
			a := s.with(t, http.MethodPost, path, marshal(t, map[string]string{"name": "x", "email": email, "password": password}), nil)
			requireRefused(t, http.StatusBadRequest, "invalid_input", a)
		}
		a := s.with(t, http.MethodPost, "/user/password/forgot", marshal(t, map[string]string{"email": email}), nil)
		require.Equal(t, http.StatusOK, a.Status, a.Body)
	}
	for i, name := range []string{
		"Eve\r\nBcc: v@y.example", "Eve\nBcc: v@y.example", "Eve\r\n\r\n.\r\nMAIL FROM:<e@x.example>", "Eve\u2028Bcc: v@y.example", "Eve\" <v@y.example>, \"",
		"=?utf-8?q?Eve=0D=0ABcc:_v@y.example?=", "<script>alert(1)</script>", "<a href=https://evil.example>Sign in</a>", "{{.Link}}", "%0d%0aBcc: v@y.example",
	} {
		email := "eve" + itoa(i) + "@x.example"
		a := s.with(t, http.MethodPost, "/user", marshal(t, map[string]string{"name": name, "email": email, "password": password}), nil)
		if strings.ContainsAny(name, "\r\n\u2028") && a.Status == http.StatusBadRequest {
			requireRefused(t, http.StatusBadRequest, "invalid_input", a)
			continue
		}
		require.Equal(t, http.StatusCreated, a.Status, "%q: %s", name, a.Body)
		before := len(server.Mails())
		person := s.visitor(t).withToken(data[struct{ Token string }](t, a).Token)
		person.must(http.StatusOK, http.MethodGet, "/user/validate", nil)
		person.must(http.StatusOK, http.MethodPost, "/user/password/forgot", map[string]string{"email": email})
		require.Eventually(t, func() bool { return len(server.Mails()) == before+2 }, 30*time.Second, 10*time.Millisecond, name)
		for _, m := range server.Mails()[before:] {
			requireOneRecipient(t, m, email)
		}
	}
	for _, m := range server.Mails() {
		require.NotContains(t, m.To, "v@y.example")
	}
}

// requireOneRecipient checks that a mail goes to one person, and that its head has the usual headers, each once.
func requireOneRecipient(t *testing.T, m mailserver.Mail, email string) {
	t.Helper()
	require.Equal(t, []string{email}, m.To)
	parsed, err := mail.ReadMessage(strings.NewReader(m.Content))
	require.NoError(t, err, m.Content)
	for name, values := range parsed.Header {
		assert.Len(t, values, 1, name)
	}
	for _, name := range []string{"Bcc", "Cc", "Reply-To", "Sender"} {
		assert.Empty(t, parsed.Header.Get(name), m.Content)
	}
	to, err := parsed.Header.AddressList("To")
	require.NoError(t, err)
	require.Len(t, to, 1)
	assert.Equal(t, email, to[0].Address)
	for line := range strings.Lines(m.Content) {
		assert.False(t, strings.HasPrefix(strings.ToLower(line), "bcc:"), m.Content)
	}
	for _, markup := range []string{"<script", "<a href=3Dhttps://evil", "<a href=https://evil"} {
		if _, page, found := strings.Cut(m.Content, "text/html"); found {
			assert.NotContains(t, page, markup)
		}
	}
}
