package e2e

import (
	"net/http"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// signInFrom signs in from an IP address with a password and returns the status.
func (c *client) signInFrom(t *testing.T, s *system, address, secret string) int {
	t.Helper()
	visitor := carrying(s.visitor(t), "X-Forwarded-For", address)
	a, err := visitor.try(http.MethodPost, "/user/login", map[string]string{"email": c.email, "password": secret})
	assert.NoError(t, err)
	return a.Status
}

func TestMailsOfAccounts(t *testing.T) {
	t.Parallel()
	server, environment := toMailServer(t)
	environment = append(append(productionEnvironment(t), "TRUSTED_PROXIES=127.0.0.1"), environment...)
	s := startServices(t, newStorage(t, "postgres"), environment...)
	c := s.signUp(t)

	c.must(http.StatusOK, http.MethodGet, "/user/validate", nil)
	verification := awaitLetter(t, server, c.email, 1)
	found := regexp.MustCompile(`/verifying\?token=(\S+)`).FindStringSubmatch(verification.Text)
	require.NotNil(t, found, verification.Text)
	c.must(http.StatusOK, http.MethodPost, "/user/validate", map[string]string{"token": found[1]})

	var signIns sync.WaitGroup
	for range 4 {
		signIns.Go(func() { assert.Equal(t, http.StatusOK, c.signInFrom(t, s, "203.0.113.7", password)) })
	}
	signIns.Wait()
	assert.Equal(t, http.StatusOK, c.signInFrom(t, s, "203.0.113.7", password))
	assert.Contains(t, awaitLetter(t, server, c.email, 2).Text, "203.0.113.7")

	c.must(http.StatusOK, http.MethodPost, "/user/password/forgot", map[string]string{"email": c.email})
	reset := map[string]string{"token": awaitLetter(t, server, c.email, 3).resetToken(t), "password": "another-otter-8"}
	c.must(http.StatusOK, http.MethodPost, "/user/password/reset", reset)
	assert.Equal(t, "invalid_token", failure(t, c.must(http.StatusBadRequest, http.MethodPost, "/user/password/reset", reset)), "a link works once")
	awaitLetter(t, server, c.email, 4)
	assert.NotEqual(t, http.StatusOK, c.signInFrom(t, s, "203.0.113.7", password), "the old password is gone")
	assert.Equal(t, http.StatusOK, c.signInFrom(t, s, "203.0.113.7", "another-otter-8"))
	assert.Equal(t, http.StatusOK, c.signInFrom(t, s, "198.51.100.7", "another-otter-8"))
	assert.Contains(t, awaitLetter(t, server, c.email, 5).Text, "198.51.100.7", "each new place is told, and none twice")

	for _, letter := range lettersTo(t, server, c.email) {
		t.Logf("%q", letter.Subject)
		assert.NotEmpty(t, letter.Text, letter.Subject)
		assert.Contains(t, letter.HTML, "<html", letter.Subject)
	}
}
