package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOwnRoutes(t *testing.T) {
	var notReady error
	w := newWorld(t, func(o *Options) {
		o.Ready = func(context.Context) error { return notReady }
		o.Upstreams = nil
	})

	t.Run("ping answers pong, byte for byte", func(t *testing.T) {
		answer := w.call("GET", "/ping", "", "Content-Type", "application/json")
		require.Equal(t, 200, answer.StatusCode)
		require.Equal(t, `{"message":"pong"}`, answer.text)
		require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
	})
	t.Run("health is always good, readiness is what it is told", func(t *testing.T) {
		require.Equal(t, 200, w.call("GET", "/healthz", "").StatusCode)
		require.Equal(t, 200, w.call("GET", "/readyz", "").StatusCode)
		notReady = errors.New("draining")
		require.Equal(t, 200, w.call("GET", "/healthz", "").StatusCode)
		answer := w.call("GET", "/readyz", "")
		require.Equal(t, 503, answer.StatusCode)
		require.NotContains(t, answer.text, "draining")
	})
	t.Run("the document lists the public routes and no internal one, with no service up", func(t *testing.T) {
		answer := w.call("GET", "/openapi.json", "")
		require.Equal(t, 200, answer.StatusCode)
		var document struct {
			OpenAPI string
			Paths   map[string]any
		}
		require.NoError(t, json.Unmarshal([]byte(answer.text), &document))
		require.True(t, strings.HasPrefix(document.OpenAPI, "3.1"), document.OpenAPI)
		require.Contains(t, document.Paths, "/decks/{id}")
		require.NotContains(t, document.Paths, "/internal/identity")
	})
	t.Run("the page and all it loads come from here, without a redirect", func(t *testing.T) {
		for _, path := range []string{"/docs", "/docs/"} {
			answer := w.call("GET", path, "")
			require.Equal(t, 200, answer.StatusCode, path)
			require.Contains(t, answer.Header.Get("Content-Type"), "text/html")
			assets := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(answer.text, -1)
			require.GreaterOrEqual(t, len(assets), 3)
			for _, asset := range assets {
				require.True(t, strings.HasPrefix(asset[1], "/docs/"), asset[1])
				got := w.call("GET", asset[1], "", "Accept-Encoding", "gzip")
				require.Equal(t, 200, got.StatusCode, asset[1])
				require.NotEmpty(t, got.text)
			}
			require.Contains(t, answer.text, "/openapi.json")
		}
	})
	t.Run("the policy of the page lets its own scripts run and no others", func(t *testing.T) {
		policy := w.call("GET", "/docs", "").Header.Get("Content-Security-Policy")
		require.Regexp(t, `script-src 'self' 'sha256-[^']+'`, policy)
		require.NotRegexp(t, `script-src[^;]*unsafe`, policy)
		require.NotContains(t, policy, "http")
	})
	t.Run("an asset is unpacked once for those who take it compressed and once for the others, by whatever name", func(t *testing.T) {
		count := func() (n int) {
			d := newDocs(docsPath)
			for range 3 {
				for _, path := range []string{"/docs/swagger-ui.css", "/docs/nope.css"} {
					_ = d.file(fileKey{path, true})
					_ = d.file(fileKey{path, false})
				}
			}
			d.files.Range(func(any, any) bool { n++; return true })
			return n
		}
		require.Equal(t, 3, count(), "the page, and the asset twice")
		plain := w.call("GET", "/docs/swagger-ui.css", "")
		require.Empty(t, plain.Header.Get("Content-Encoding"))
		require.Equal(t, plain.text, w.call("GET", "/docs/%73wagger-ui.css?x=1", "", "Accept-Encoding", "br").text)
		packed := w.call("GET", "/docs/swagger-ui.css", "", "Accept-Encoding", "gzip, br")
		require.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
		require.Contains(t, packed.Header.Values("Vary"), "Accept-Encoding")
		require.Less(t, len(packed.text), len(plain.text)/2)
		require.Equal(t, 304, w.call("GET", "/docs/swagger-ui.css", "", "Accept-Encoding", "gzip", "If-None-Match", packed.Header.Get("Etag")).StatusCode)
		require.Empty(t, w.call("HEAD", "/docs/swagger-ui.css", "").text)
	})
	t.Run("an asset that is not there is a 404 like all others", func(t *testing.T) {
		answer := w.call("GET", "/docs/nope.js", "")
		require.Equal(t, 404, answer.StatusCode)
		require.Equal(t, "not_found", answer.code())
		require.Equal(t, 404, w.call("GET", "/docs/a/b", "").StatusCode)
	})
}

func TestRecords(t *testing.T) {
	w := newWorld(t)
	w.call("GET", "/decks/secret-deck?q=secret-query", "", "bearer", "ann", "X-Request-ID", "req-1")
	w.call("GET", "/secret-path", "")
	w.call("BREW", "/decks", "")
	w.call("OPTIONS", "/secret-path", "")
	w.call("POST", "/config/x", "secret-body", "Cookie", "Authorization=secret-token")

	t.Run("figures are by pattern, never by path", func(t *testing.T) {
		require.Equal(t, map[string]uint64{
			"GET /decks/{id} 200": 1, "GET none 404": 1, "other none 405": 1, "OPTIONS preflight 204": 1, "POST /config/{name} 200": 1,
		}, w.figures("spacey_gateway_requests_total"))
		require.Equal(t, map[string]uint64{
			"GET /decks/{id}": 1, "GET none": 1, "other none": 1, "OPTIONS preflight": 1, "POST /config/{name}": 1,
		}, w.figures("spacey_gateway_request_duration_seconds"))
	})
	t.Run("the log has one line a request, and no secrets", func(t *testing.T) {
		lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
		require.Len(t, lines, 5)
		require.NotContains(t, w.log.String(), "secret")
		var line map[string]any
		require.NoError(t, json.Unmarshal([]byte(lines[0]), &line))
		require.Equal(t, []any{"req-1", "GET", "/decks/{id}", 200.0, "ann"},
			[]any{line["requestID"], line["method"], line["route"], line["status"], line["userID"]})
		require.Contains(t, line, "durationMS")
	})
	t.Run("the cause of a failure of ours is in the log, not in the answer", func(t *testing.T) {
		closed := closedPort(t)
		w := newWorld(t, configsAt(closed))
		answer := w.call("GET", "/config/x", "")
		require.NotContains(t, answer.text, closed)
		require.Contains(t, w.log.String(), closed)
	})
	t.Run("a panic is a 500 that tells nothing", func(t *testing.T) {
		w := newWorld(t, func(o *Options) { o.Ready = func(context.Context) error { panic("secret") } })
		answer := w.call("GET", "/readyz", "")
		require.Equal(t, 500, answer.StatusCode)
		require.Equal(t, "internal", answer.code())
		require.NotContains(t, answer.text, "secret")
		require.Contains(t, w.log.String(), "readiness")
	})
}
