package e2e

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/mailserver"
)

// addGateway starts another gateway before the same services and returns its address.
func (s *system) addGateway() string {
	s.t.Helper()
	first := s.of("api")[0]
	another := &running{t: s.t, program: "api", port: freePort(s.t), environment: first.environment}
	s.processes = append(s.processes, another)
	another.run()
	another.waitReady()
	return another.url()
}

// at returns the same client at another gateway.
func (c *client) at(gateway string) *client {
	moved := *c
	moved.base = gateway
	return &moved
}

// signInAgain signs the person in on another device and returns its token.
func (c *client) signInAgain() string {
	c.t.Helper()
	device := &client{t: c.t, base: c.base, http: &http.Client{Timeout: 30 * time.Second}}
	return data[struct{ Token string }](c.t, device.must(http.StatusOK, http.MethodPost, "/user/login",
		map[string]string{"email": c.email, "password": password})).Token
}

// apiToken is an API token as it is shown once.
type apiToken struct{ ID, Token string }

func (c *client) newAPIToken() apiToken {
	c.t.Helper()
	return data[apiToken](c.t, c.must(http.StatusCreated, http.MethodPost, "/user/tokens",
		map[string]any{"name": "program", "scopes": []string{"decks:read"}}))
}

// toMailServer are the variables that have mails sent to a server in clear.
func toMailServer(t *testing.T) (*mailserver.Server, []string) {
	t.Helper()
	server := mailserver.Start(t, mailserver.Options{})
	return server, []string{"SMTP_HOST=" + server.Host, fmt.Sprint("SMTP_PORT=", server.Port), "SMTP_TLS=none"}
}

// letter is a mail as its reader sees it.
type letter struct{ Subject, Text, HTML string }

// lettersTo returns what has been mailed to an address.
func lettersTo(t *testing.T, server *mailserver.Server, address string) []letter {
	t.Helper()
	var letters []letter
	for _, sent := range server.Mails() {
		if len(sent.To) == 1 && sent.To[0] == address {
			letters = append(letters, readLetter(t, sent.Content))
		}
	}
	return letters
}

func readLetter(t *testing.T, content string) letter {
	t.Helper()
	message, err := mail.ReadMessage(strings.NewReader(content))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	require.NoError(t, err)
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind, subject)
	read := letter{Subject: subject}
	for parts := multipart.NewReader(message.Body, parameters["boundary"]); ; {
		part, err := parts.NextPart()
		if err == io.EOF {
			return read
		}
		require.NoError(t, err)
		text, err := io.ReadAll(part)
		require.NoError(t, err)
		switch kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind {
		case "text/plain":
			read.Text = string(text)
		case "text/html":
			read.HTML = string(text)
		}
	}
}

// awaitLetter returns the nth mail to an address, when it has come.
func awaitLetter(t *testing.T, server *mailserver.Server, address string, n int) letter {
	t.Helper()
	require.Eventually(t, func() bool { return len(lettersTo(t, server, address)) >= n }, 30*time.Second, 20*time.Millisecond,
		"mail %d to %s", n, address)
	return lettersTo(t, server, address)[n-1]
}

var resetLink = regexp.MustCompile(`/reset-password\?token=([^\s"<]+)`)

// resetToken returns the token of the link in a mail.
func (l letter) resetToken(t *testing.T) string {
	t.Helper()
	found := resetLink.FindStringSubmatch(l.Text)
	require.NotNil(t, found, l.Text)
	require.Contains(t, l.HTML, found[1])
	return found[1]
}
