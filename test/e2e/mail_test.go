package e2e

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/mailserver"
)

const mailPassword = "password-of-the-mail-server"

// productionEnvironment is what a person sets to serve real people, besides storage and mail.
func productionEnvironment(t *testing.T) []string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	text, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return []string{
		"ENVIRONMENT=production", "DOMAIN=spacey.example.org", "SERVICE_TOKEN=the-services-of-this-test",
		"AUTH_PRIVATE_KEY_FILE=" + file(t, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})),
	}
}

// startInProduction runs `spacey serve` as for real people, with a mail server that wants encryption and a password.
func startInProduction(t *testing.T, storage storage) (*system, *mailserver.Server) {
	t.Helper()
	settings, certificate := mailserver.SelfSigned(t)
	server := mailserver.Start(t, mailserver.Options{TLS: settings, Username: "spacey", Password: mailPassword})
	s := start(t, storage, append(productionEnvironment(t),
		"SMTP_HOST="+server.Host, fmt.Sprintf("SMTP_PORT=%d", server.Port), "SMTP_USERNAME=spacey",
		"SMTP_PASSWORD_FILE="+file(t, []byte(mailPassword+"\n")), "SSL_CERT_FILE="+file(t, certificate),
	)...)
	return s, server
}

// file returns the path of a new file.
func file(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// bearer shows a token on each request: cookies of production go over HTTPS only.
type bearer string

// RoundTrip sends a request with the token.
func (b bearer) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(request)
}

// withToken returns the same person with another session token.
func (c *client) withToken(token string) *client {
	return &client{t: c.t, base: c.base, user: c.user, email: c.email, http: &http.Client{Transport: bearer(token), Timeout: 30 * time.Second}}
}

// signUp returns a person who has an account and a token.
func (s *system) signUp(t *testing.T) *client {
	t.Helper()
	c := s.visitor(t)
	c.email = fmt.Sprintf("person%d@example.org", people.Add(1))
	account := data[struct{ ID, Token string }](t, c.must(http.StatusCreated, http.MethodPost, "/user", map[string]any{
		"name": "Jürgen", "email": c.email, "password": password,
	}))
	c.user = account.ID
	return c.withToken(account.Token)
}

var verificationLink = regexp.MustCompile(`https://spacey\.example\.org/verifying\?token=(\S+)`)

// mailedToken asks for a verification mail and returns the token in it.
func (c *client) mailedToken(server *mailserver.Server) string {
	c.t.Helper()
	before := len(server.Mails())
	c.must(http.StatusOK, http.MethodGet, "/user/validate", nil)
	mails := server.Mails()
	require.Len(c.t, mails, before+1, "a mail is sent when the answer says so")
	require.Equal(c.t, []string{c.email}, mails[before].To)
	require.True(c.t, mails[before].Encrypted)
	content, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(mails[before].Content)))
	require.NoError(c.t, err)
	found := verificationLink.FindSubmatch(content)
	require.NotNil(c.t, found, string(content))
	return string(found[1])
}

// onEveryEngineInProduction runs a scenario on a fresh system of each engine.
func onEveryEngineInProduction(t *testing.T, scenario func(t *testing.T, s *system, server *mailserver.Server)) {
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s, server := startInProduction(t, newStorage(t, engine))
			scenario(t, s, server)
		})
	}
}

func TestAnAddressIsProvenByMail(t *testing.T) {
	onEveryEngineInProduction(t, func(t *testing.T, s *system, server *mailserver.Server) {
		person := s.signUp(t)
		require.Equal(t, "email_not_verified", failure(t, person.must(http.StatusForbidden, http.MethodGet, "/decks", nil)))
		token := person.mailedToken(server)
		require.Equal(t, "email_not_verified", failure(t, person.must(http.StatusForbidden, http.MethodGet, "/decks", nil)),
			"asking for a mail proves nothing")

		verified := data[struct {
			EmailValidated bool
			Token          string
		}](t, person.must(http.StatusOK, http.MethodPost, "/user/validate", map[string]string{"token": token}))
		assert.True(t, verified.EmailValidated)
		person.withToken(verified.Token).must(http.StatusOK, http.MethodGet, "/decks", nil)

		assert.Equal(t, "invalid_token", failure(t, person.must(http.StatusBadRequest, http.MethodPost, "/user/validate",
			map[string]string{"token": token})), "a token is used once")
		assert.Equal(t, "email_already_verified", failure(t, person.must(http.StatusBadRequest, http.MethodGet, "/user/validate", nil)))
		assert.Len(t, server.Mails(), 1)
	})
}

func TestSomebodyElsesMailProvesNothing(t *testing.T) {
	onEveryEngineInProduction(t, func(t *testing.T, s *system, server *mailserver.Server) {
		owner, stranger := s.signUp(t), s.signUp(t)
		token := owner.mailedToken(server)
		assert.Equal(t, "invalid_token", failure(t, stranger.must(http.StatusBadRequest, http.MethodPost, "/user/validate",
			map[string]string{"token": token})))
		owner.must(http.StatusOK, http.MethodPost, "/user/validate", map[string]string{"token": token})
	})
}

func TestTheLogOfProductionHoldsNoMail(t *testing.T) {
	s, server := startInProduction(t, newStorage(t, "sqlite"))
	person := s.signUp(t)
	token := person.mailedToken(server)
	require.NoError(t, s.processes[0].stop()) // then the log is complete
	output := s.processes[0].output.String()
	for _, secret := range []string{token, person.email, mailPassword, "/verifying"} {
		assert.NotContains(t, output, secret)
	}
}

func TestWithoutAMailServerTheRestGoesOn(t *testing.T) {
	s := start(t, newStorage(t, "sqlite"), append(productionEnvironment(t),
		"SMTP_HOST=127.0.0.1", fmt.Sprintf("SMTP_PORT=%d", freePort(t)))...)
	person := s.signUp(t)
	answer := person.must(http.StatusServiceUnavailable, http.MethodGet, "/user/validate", nil)
	assert.Equal(t, "unavailable", failure(t, answer))
	assert.NotContains(t, answer.Body, "127.0.0.1", "the cause is for the log")
	person.must(http.StatusOK, http.MethodGet, "/user", nil)
	require.NoError(t, s.processes[0].stop()) // then the log is complete
	assert.Contains(t, s.processes[0].output.String(), "connection refused")
}

func TestProductionDoesNotStartWithoutAMailServer(t *testing.T) {
	for _, program := range [][]string{{"spacey", "serve"}, {"user-service"}} {
		t.Run(program[0], func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // for a program that starts all the same
			defer cancel()
			process := exec.CommandContext(ctx, filepath.Join(binaries, program[0]), program[1:]...)
			process.Dir = t.TempDir()
			storage := newStorage(t, "sqlite")
			migrate := exec.Command(filepath.Join(binaries, "spacey"), "migrate")
			migrate.Dir, migrate.Env = process.Dir, storage.environment
			out, err := migrate.CombinedOutput()
			require.NoError(t, err, string(out))

			process.Env = append(append(productionEnvironment(t), fmt.Sprintf("PORT=%d", freePort(t)),
				fmt.Sprintf("ADMIN_PORT=%d", freePort(t))), storage.environment...)
			out, err = process.CombinedOutput()
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			assert.NotZero(t, exit.ExitCode())
			assert.Contains(t, string(out), "SMTP_HOST must be set")
		})
	}
}
