package gateway

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
)

// fileOf answers with a file that says it has size bytes, or with -1 nothing of it. When it has fewer it breaks off behind those.
func fileOf(text string, size int) part {
	return func(ctx *fasthttp.RequestCtx) {
		ctx.SetContentType("application/pdf")
		ctx.Response.Header.Set("Content-Disposition", `attachment; filename="a.pdf"`)
		ctx.Response.Header.Set("Set-Cookie", "Authorization=stolen")
		var file io.Reader = strings.NewReader(text)
		if len(text) < size {
			file = io.MultiReader(file, failing{})
		}
		ctx.SetBodyStream(file, size)
	}
}

func TestFilesArePassedOnWhileTheyArrive(t *testing.T) {
	w := newWorld(t)
	const path = "/content/file/1?x=2"
	t.Run("with the headers that are theirs", func(t *testing.T) {
		w.others.handler(fileOf("%PDF-1.7", 8))
		got := w.call("GET", path, "", "cookie", "beta")
		require.Equal(t, http.StatusOK, got.StatusCode, got.text)
		assert.Equal(t, "%PDF-1.7", got.text)
		assert.EqualValues(t, 8, got.ContentLength)
		assert.Equal(t, "application/pdf", got.Header.Get("Content-Type"))
		assert.Equal(t, `attachment; filename="a.pdf"`, got.Header.Get("Content-Disposition"))
		assert.Equal(t, rest.ContentPolicy, got.Header.Get("Content-Security-Policy"))
		assert.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
		assert.Empty(t, got.Header.Get("Set-Cookie"))
		asked := w.others.only()
		assert.Equal(t, "/content/file/1?x=2", string(asked.RequestURI()))
		assert.True(t, strings.HasPrefix(string(asked.Header.Peek("Authorization")), "Bearer "))
		assert.Empty(t, asked.Header.Peek("Cookie"))
	})
	t.Run("of a length that is not known", func(t *testing.T) {
		w.others.handler(fileOf("%PDF-1.7", -1))
		got := w.call("GET", path, "", "cookie", "beta")
		require.Equal(t, http.StatusOK, got.StatusCode, got.text)
		assert.Equal(t, "%PDF-1.7", got.text)
		assert.EqualValues(t, -1, got.ContentLength)
	})
	t.Run("and not at all where only the head is asked for", func(t *testing.T) {
		w.others.handler(fileOf("%PDF-1.7", 8))
		got := w.raw("HEAD " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + w.session("beta") + "\r\n\r\n")
		assert.Contains(t, got, "Content-Length: 8\r\n")
		assert.True(t, strings.HasSuffix(got, "\r\n\r\n"), got)
	})
	for name, answer := range map[string]part{
		"of a known length":    fileOf(strings.Repeat("x", 64<<10), 128<<10),
		"of an unknown length": brokenOff(strings.Repeat("x", 64<<10)),
	} {
		t.Run("break off so that the client notices, "+name, func(t *testing.T) {
			w.others.handler(answer)
			request, err := http.NewRequest(http.MethodGet, w.base+path, nil)
			require.NoError(t, err)
			request.Header.Set("Authorization", "Bearer "+w.session("beta"))
			response, err := http.DefaultTransport.RoundTrip(request)
			require.NoError(t, err)
			defer response.Body.Close()
			require.Equal(t, http.StatusOK, response.StatusCode)
			_, err = io.ReadAll(response.Body)
			assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
		})
	}
	t.Run("failures are passed on, redirects are not", func(t *testing.T) {
		w.others.reply(404, `{"code":"not_found"}`)
		got := w.call("GET", path, "", "cookie", "beta")
		assert.Equal(t, http.StatusNotFound, got.StatusCode)
		assert.Equal(t, `{"code":"not_found"}`, got.text)
		w.others.reply(302, "")
		assert.Equal(t, http.StatusBadGateway, w.call("GET", path, "", "cookie", "beta").StatusCode)
		w.others.handler(hungUp)
		assert.Equal(t, http.StatusBadGateway, w.call("GET", path, "", "cookie", "beta").StatusCode)
	})
}
