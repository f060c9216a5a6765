package rest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestContent(t *testing.T) {
	app, _ := serve(drawing("/plot", nil), drawing("/none", domain.NotFound("plot")))
	t.Run("is answered as it is, and does nothing in a browser but show", func(t *testing.T) {
		got := call(t, app, "GET", "/plot", "")
		require.Equal(t, 200, got.StatusCode)
		require.Equal(t, "<svg/>", got.body)
		for name, want := range map[string]string{
			"Content-Type": "image/svg+xml", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
		} {
			require.Equal(t, want, got.Header.Get(name), name)
		}
		require.NotEmpty(t, got.Header.Get("X-Request-ID"))
	})
	t.Run("HEAD has its headers", func(t *testing.T) {
		got := call(t, app, "HEAD", "/plot", "")
		require.Equal(t, 200, got.StatusCode)
		require.Equal(t, "image/svg+xml", got.Header.Get("Content-Type"))
		require.Empty(t, got.body)
	})
	keep(t, app, []promise{{name: "failures are JSON as ever", method: "GET", target: "/none", status: 404, contains: []string{`"not_found"`, "There is no such plot."}}})
}
