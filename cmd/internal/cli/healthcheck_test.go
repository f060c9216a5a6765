package cli

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
)

// run calls the program as a person would, in a folder without a .env file.
func run(t *testing.T, environ []string, args ...string) (string, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	var stdout strings.Builder
	err := Run(nil)(t.Context(), args, environ, &stdout)
	return stdout.String(), err
}

// answering serves one status for /readyz, and nothing else, and returns the port.
func answering(t *testing.T, status int, header http.Header) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			http.NotFound(w, r)
			return
		}
		for name := range header {
			w.Header().Set(name, header.Get(name))
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte("the storage does not answer"))
	}))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	return port
}

func TestHealthcheckSucceedsWhenTheProcessIsReady(t *testing.T) {
	port := answering(t, http.StatusOK, nil)
	for name, environ := range map[string][]string{
		"at PORT on this machine":          {"PORT=" + port},
		"bound to all addresses":           {"PORT=" + port, "HOST=0.0.0.0"},
		"bound to all addresses of IPv6":   {"PORT=" + port, "HOST=::"},
		"in production":                    {"PORT=" + port, "ENVIRONMENT=production", "SERVICE_TOKEN=sixteen-characters"},
		"at an address that is told":       {"PORT=1", "HEALTHCHECK_URL=http://127.0.0.1:" + port + "/readyz"},
		"whatever else is wrong elsewhere": {"PORT=eighty", "HEALTHCHECK_URL=http://127.0.0.1:" + port + "/readyz"},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, err := run(t, environ, "healthcheck")
			require.NoError(t, err)
			assert.Equal(t, "http://127.0.0.1:"+port+"/readyz is ready\n", stdout)
		})
	}
}

func TestHealthcheckFailsAndSaysWhy(t *testing.T) {
	t.Run("a process that is not ready", func(t *testing.T) {
		_, err := run(t, []string{"PORT=" + answering(t, http.StatusServiceUnavailable, nil)}, "healthcheck")
		assert.ErrorContains(t, err, "503 Service Unavailable: the storage does not answer")
	})
	t.Run("an answer that points elsewhere", func(t *testing.T) {
		elsewhere := http.Header{"Location": {"http://127.0.0.1:" + answering(t, http.StatusOK, nil) + "/readyz"}}
		_, err := run(t, []string{"PORT=" + answering(t, http.StatusFound, elsewhere)}, "healthcheck")
		assert.ErrorContains(t, err, "302 Found")
	})
	t.Run("no process", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		port := listener.Addr().(*net.TCPAddr).Port
		require.NoError(t, listener.Close())
		_, err = run(t, []string{"PORT=" + strconv.Itoa(port)}, "healthcheck")
		assert.ErrorContains(t, err, "not ready")
		assert.NotErrorIs(t, err, process.ErrUsage, "the exit code is 1")
	})
	t.Run("a configuration with faults", func(t *testing.T) {
		_, err := run(t, []string{"PORT=eighty"}, "healthcheck")
		assert.ErrorContains(t, err, "PORT must be a whole number")
	})
	t.Run("an address that is none", func(t *testing.T) {
		_, err := run(t, []string{"HEALTHCHECK_URL=http://[::1"}, "healthcheck")
		assert.ErrorContains(t, err, "HEALTHCHECK_URL")
	})
	t.Run("arguments", func(t *testing.T) {
		_, err := run(t, nil, "healthcheck", "http://127.0.0.1")
		assert.ErrorIs(t, err, process.ErrUsage)
	})
}
