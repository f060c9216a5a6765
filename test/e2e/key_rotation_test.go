package e2e

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
)

// rotateKeys calls `spacey keys rotate` with a file, and restarts the replicas of user-service, one after the other.
func (s *system) rotateKeys(file string, args ...string) {
	s.t.Helper()
	command := exec.Command(filepath.Join(binaries, "spacey"), append([]string{"keys", "rotate", "-file", file}, args...)...)
	command.Dir = s.t.TempDir()
	out, err := command.CombinedOutput()
	require.NoError(s.t, err, string(out))
	for _, replica := range s.of("user-service") {
		require.NoError(s.t, replica.stop())
		replica.run()
		replica.waitReady()
	}
}

// newKeyFile returns a file with a new signing key.
func newKeyFile(t *testing.T) string {
	t.Helper()
	key, err := jwt.GenerateKey()
	require.NoError(t, err)
	text, err := jwt.EncodePrivateKey(key)
	require.NoError(t, err)
	return file(t, text)
}

func TestAKeyIsRotatedWhilePeopleAreAtWork(t *testing.T) {
	t.Parallel()
	keys := newKeyFile(t)
	// The delay lets the gateway see that a replica stops.
	s := startServices(t, newStorage(t, "sqlite"), "AUTH_PRIVATE_KEY_FILE="+keys, "SHUTDOWN_DELAY=4")
	clients, decks := s.students(t, 3)
	before := s.person(t)
	signedBefore := before.cookie(t, "Authorization")
	published := func() string {
		return s.visitor(t).must(http.StatusOK, http.MethodGet, "/.well-known/jwks.json", nil).Body
	}
	first := published()

	l := startLoad(clients, func(c *client, i int) (answer, error) {
		if i%10 == 0 { // a new token, of whatever replica
			return c.try(http.MethodPost, "/user/login", map[string]any{"email": c.email, "password": password})
		}
		return c.try(http.MethodGet, []string{"/user", "/decks/" + decks[c].ID}[i%2], nil)
	})
	s.rotateKeys(keys, "add")
	added := published()
	s.rotateKeys(keys, "-early", "promote")
	during := s.person(t)
	sent, failures := l.finish()
	assert.Empty(t, failures)
	t.Logf("%d requests during the rotation", sent)

	assert.Equal(t, []int{1, 2, 2}, []int{strings.Count(first, `"kid"`), strings.Count(added, `"kid"`), strings.Count(published(), `"kid"`)})
	before.must(http.StatusOK, http.MethodGet, "/user", nil)
	during.must(http.StatusOK, http.MethodGet, "/user", nil)

	s.rotateKeys(keys, "-early", "drop")
	gateway := s.processes[len(s.processes)-1]
	require.NoError(t, gateway.stop()) // the keys that it keeps grow old in five minutes
	gateway.run()
	gateway.waitReady()
	during.must(http.StatusOK, http.MethodGet, "/user", nil)
	a := carrying(s.visitor(t), "Authorization", "Bearer "+signedBefore).send(http.MethodGet, "/user", nil)
	assert.Equal(t, http.StatusUnauthorized, a.Status, "the key that has signed it is gone: %s", a.Body)
}
