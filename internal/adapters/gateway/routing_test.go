package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
)

func TestRouting(t *testing.T) {
	w := newWorld(t)

	t.Run("a declared route reaches its service with its path rebuilt", func(t *testing.T) {
		for sent, want := range map[string]string{
			"/decks":                         "/decks",
			"/decks/public":                  "/decks/public",
			"/decks/abc":                     "/decks/abc",
			"/decks/a%20b":                   "/decks/a%20b",
			"/decks/%61bc":                   "/decks/abc",
			"/decks/a%3Fb":                   "/decks/a%3Fb",
			"/decks/a%23b":                   "/decks/a%23b",
			"/decks/%252e%252e":              "/decks/%252e%252e",
			"/decks/caf%C3%A9":               "/decks/caf%C3%A9",
			"/decks/..a":                     "/decks/..a",
			"/learning/events?deckID=1&ids=": "/learning/events?deckID=1&ids=",
		} {
			answer := w.call("GET", sent, "", "bearer", "ann")
			require.Equal(t, 200, answer.StatusCode, sent)
			require.Equal(t, want, string(w.others.only().Header.RequestURI()))
		}
	})
	t.Run("tricks with the path find nothing", func(t *testing.T) {
		token := w.session("ann")
		w.users.requests()
		for _, target := range []string{
			"/", "//", "/decks/", "//decks", "/decks//", "/DECKS", "/%64ecks", "/decks/.", "/decks/..", "/decks/%2e", "/decks/%2e%2e",
			"/decks/..%2fuser", "/decks/a%2Fb", "/decks/a%5Cb", "/decks/a%00b", "/decks/a%0D%0Ab", "/decks/%zz", "/decks/../user", "/./decks", "/decks/x/../../user",
			"/internal/identity", "/decks/..%2f..%2finternal%2fidentity", "/config/..%2finternal", "/config/..;/x", "/nope", "*", "decks", "http://x",
			"//evil.example/decks", "ftp://evil.example/decks",
		} {
			for _, method := range []string{"GET", "POST"} {
				answer := w.raw(method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\nAuthorization: Bearer " + token + "\r\n\r\n")
				require.Contains(t, answer, "HTTP/1.1 404 ", "%s %s", method, target)
				require.Contains(t, answer, `"code":"not_found"`, target)
				require.Contains(t, answer, "X-Request-Id: ", target)
			}
		}
		require.Empty(t, w.others.requests())
		require.Empty(t, w.users.requests())
	})
	t.Run("of an absolute address only the path counts", func(t *testing.T) {
		answer := w.raw("GET http://evil.example/config/frontend?a=b HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
		require.Contains(t, answer, "HTTP/1.1 200 ")
		request := w.others.only()
		require.Equal(t, "/config/frontend?a=b", string(request.Header.RequestURI()))
		require.Equal(t, string(rest.Configs), string(request.Header.Host()))
	})
	t.Run("a wrong method is told the right ones", func(t *testing.T) {
		for _, method := range []string{"DELETE", "PROPFIND", "FOO", "TRACE", "CONNECT"} {
			answer := w.raw(method + " /decks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			require.Contains(t, answer, "HTTP/1.1 405 ", method)
			require.Contains(t, answer, "Allow: GET, HEAD, OPTIONS, POST\r\n")
			require.Contains(t, answer, `"code":"method_not_allowed"`)
		}
		require.Equal(t, "GET, HEAD, OPTIONS", w.call("POST", "/ping", "").Header.Get("Allow"))
	})
	t.Run("HEAD is GET without a body", func(t *testing.T) {
		get, head := w.call("GET", "/config/frontend", ""), w.call("HEAD", "/config/frontend", "")
		require.Equal(t, 200, head.StatusCode)
		require.Empty(t, head.text)
		require.Equal(t, get.Header.Get("Etag"), head.Header.Get("Etag"))
		require.Equal(t, get.ContentLength, head.ContentLength)
		w.others.requests()
	})
	t.Run("a route declared twice stops the start", func(t *testing.T) {
		for _, spec := range []rest.Spec{routes()[0], {Method: "GET", Path: "/ping", Service: rest.Configs}} {
			_, err := New(Options{Endpoints: declare(append(routes(), spec))})
			require.ErrorContains(t, err, spec.Path)
		}
	})
	t.Run("what is behind a hash does not count", func(t *testing.T) {
		answer := w.raw("GET /config/frontend#/../x?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		require.Contains(t, answer, "HTTP/1.1 200 ")
		require.Equal(t, "/config/frontend", string(w.others.only().Header.RequestURI()))
	})
}

func TestQuery(t *testing.T) {
	for sent, want := range map[string]string{
		"":                       "",
		"a=1&b=2":                "a=1&b=2",
		"a=1&a=2&c":              "a=1&a=2&c",
		"a=%20+x&b=%2F":          "a=%20+x&b=%2F",
		"userID=u&a=1":           "a=1",
		"a=1&user_id=u":          "a=1",
		"USERID=u&a=1&isbeta=1":  "a=1",
		"emailValidated=true":    "",
		"user%49D=u&a=1":         "a=1",
		"%75ser_id=u&a=1":        "a=1",
		"+userID+=u&a=1":         "a=1",
		"userID":                 "",
		"a=1;userID=u":           "a=1%3BuserID=u",
		"a=userID":               "a=userID",
		"userIDs=1":              "userIDs=1",
		"&&a=1&&":                "a=1",
		"a=b c\x01\x7f#é":        "a=b%20c%01%7F%23%C3%A9",
		"a=1 HTTP/1.1\r\nX: y&b": "a=1%20HTTP/1.1%0D%0AX:%20y&b",
	} {
		t.Run(fmt.Sprintf("%q is passed on as %q", sent, want), func(t *testing.T) {
			require.Equal(t, want, cleanQuery(sent))
		})
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)

	t.Run("only listed headers reach a service, and none that tells who is calling", func(t *testing.T) {
		w.call("GET", "/decks/abc", "", "bearer", "ann", "Accept", "application/json", "Accept-Language", "de", "X-Request-ID", "req-1",
			"Idempotency-Key", "k", "Content-Type", "application/json",
			"Cookie", "LoggedIn=true", "X-User-ID", "evil", "User-ID", "evil", "X-Forwarded-For", "1.2.3.4", "X-Forwarded-Host", "evil",
			"Forwarded", "for=1.2.3.4", "Origin", page, "Accept-Encoding", "gzip", "If-None-Match", `"x"`, "X-Http-Method-Override", "DELETE",
			"Te", "trailers", "Proxy-Authorization", "Basic x", "Range", "bytes=0-1", "Upgrade", "h2c", "Expect", "100-continue")
		got := map[string]string{}
		w.others.only().Header.VisitAll(func(key, value []byte) { got[string(key)] = string(value) })
		token := got["Authorization"]
		require.True(t, strings.HasPrefix(token, "Bearer identity."), token)
		delete(got, "Authorization")
		require.Equal(t, map[string]string{
			"Host": string(rest.Decks), "Accept": "application/json", "Accept-Language": "de", "X-Request-Id": "req-1",
			"Idempotency-Key": "k", "Content-Type": "application/json", "User-Agent": "Go-http-client/1.1",
		}, got)
	})
	t.Run("a public route gets no credential at all", func(t *testing.T) {
		w.call("GET", "/config/frontend", "", "bearer", "ann", "cookie", "ann")
		request := w.others.only()
		require.Empty(t, request.Header.Peek("Authorization"))
		require.Empty(t, request.Header.Peek("Cookie"))
	})
	t.Run("only listed headers come back", func(t *testing.T) {
		w.others.handler(func(ctx *requestCtx) {
			for name, value := range map[string]string{
				"Location": "http://evil", "Server": "x", "X-Powered-By": "y", "Access-Control-Allow-Origin": "*", "X-Internal": "z",
				"Content-Disposition": "attachment", "Cache-Control": "max-age=60", "Retry-After": "7", "X-Request-Id": "theirs",
				"Content-Security-Policy": "default-src *", "Connection": "keep-alive",
			} {
				ctx.Response.Header.Set(name, value)
			}
			ctx.Response.Header.Add("Set-Cookie", "a=1; Path=/; HttpOnly; SameSite=Lax")
			ctx.Response.Header.Add("Set-Cookie", "b=2; Max-Age=0")
			ctx.SetContentType("application/pdf")
			ctx.SetStatusCode(418)
			ctx.SetBodyString("tea")
		})
		answer := w.call("GET", "/config/frontend", "", "X-Request-ID", "mine")
		require.Equal(t, 418, answer.StatusCode)
		require.Equal(t, "tea", answer.text)
		require.Empty(t, answer.Header.Values("Set-Cookie"), "only a route that is about the session sets cookies")
		for name, want := range map[string]string{
			"Content-Type": "application/pdf", "Content-Disposition": "attachment", "Cache-Control": "max-age=60", "Retry-After": "7",
			"X-Request-Id": "mine", "Content-Security-Policy": pagePolicy,
			"Location": "", "Server": "", "X-Powered-By": "", "X-Internal": "", "Access-Control-Allow-Origin": "",
		} {
			require.Equal(t, want, answer.Header.Get(name), name)
		}
	})
	t.Run("content that is declared keeps its kind and may bring styles, all else may not", func(t *testing.T) {
		for kind, policy := range map[string]string{
			"image/svg+xml": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'", "text/html": pagePolicy, "application/json": pagePolicy,
		} {
			w.others.handler(func(ctx *requestCtx) {
				ctx.SetContentType(kind)
				ctx.SetBodyString(strings.Repeat("<svg/>", 1000))
			})
			answer := w.call("GET", "/learning/plots/heatmap.svg", "")
			require.Equal(t, 200, answer.StatusCode)
			require.Equal(t, kind, answer.Header.Get("Content-Type"))
			require.Equal(t, policy, answer.Header.Get("Content-Security-Policy"), kind)
			require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
			packed := w.call("GET", "/learning/plots/heatmap.svg", "", "Accept-Encoding", "gzip")
			require.Equal(t, "gzip", packed.Header.Get("Content-Encoding"), kind)
		}
	})
	t.Run("a redirect of a service is not passed on", func(t *testing.T) {
		w.others.handler(func(ctx *requestCtx) { ctx.Redirect("http://evil.example/", 302) })
		answer := w.call("GET", "/config/frontend", "")
		require.Equal(t, 502, answer.StatusCode)
		require.Equal(t, "bad_gateway", answer.code())
		require.Empty(t, answer.Header.Get("Location"))
	})
	t.Run("every answer is careful, and asks to be revalidated", func(t *testing.T) {
		for _, answer := range []reply{w.call("GET", "/ping", ""), w.call("GET", "/nope", ""), w.call("OPTIONS", "/ping", "")} {
			require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
			require.Equal(t, "no-referrer", answer.Header.Get("Referrer-Policy"))
			require.Contains(t, answer.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
			require.Equal(t, "no-cache", answer.Header.Get("Cache-Control"))
			require.NotEmpty(t, answer.Header.Get("Strict-Transport-Security"))
			require.Empty(t, answer.Header.Get("Server"))
		}
		development := newWorld(t, func(o *Options) { o.Development = true })
		require.Empty(t, development.call("GET", "/ping", "").Header.Get("Strict-Transport-Security"))
	})
	t.Run("a request id that is none is replaced", func(t *testing.T) {
		id := w.call("GET", "/ping", "", "X-Request-ID", "a b").Header.Get("X-Request-Id")
		require.NotEqual(t, "a b", id)
		require.NotEmpty(t, id)
	})
}

func TestRevalidation(t *testing.T) {
	w := newWorld(t)
	long := `{"data":"` + strings.Repeat("spacey ", 1000) + `"}`
	w.others.reply(200, long)
	first := w.call("GET", "/config/frontend", "")
	tag := first.Header.Get("ETag")
	require.Regexp(t, `^W/".+"$`, tag)

	t.Run("what the client has is not sent again", func(t *testing.T) {
		for _, header := range []string{tag, strings.TrimPrefix(tag, "W/"), `"other", ` + tag, "*"} {
			answer := w.call("GET", "/config/frontend", "", "If-None-Match", header, "Origin", page, "Accept-Encoding", "gzip")
			require.Equal(t, 304, answer.StatusCode, header)
			require.Empty(t, answer.text)
			require.Equal(t, tag, answer.Header.Get("ETag"))
			require.Equal(t, page, answer.Header.Get("Access-Control-Allow-Origin"))
			require.Empty(t, answer.Header.Get("Content-Encoding"))
		}
	})
	t.Run("what has changed is", func(t *testing.T) {
		w.others.reply(200, long+" ")
		answer := w.call("GET", "/config/frontend", "", "If-None-Match", tag)
		require.Equal(t, 200, answer.StatusCode)
		require.NotEqual(t, tag, answer.Header.Get("ETag"))
	})
	t.Run("errors, writes and very large answers have no tag", func(t *testing.T) {
		w.others.reply(404, long)
		require.Empty(t, w.call("GET", "/config/frontend", "").Header.Get("ETag"))
		w.others.reply(200, long)
		require.Empty(t, w.call("POST", "/config/frontend", "{}").Header.Get("ETag"))
		w.others.reply(200, strings.Repeat("x", maxTagged+1))
		answer := w.call("GET", "/config/frontend", "")
		require.Empty(t, answer.Header.Get("ETag"))
		require.Len(t, answer.text, maxTagged+1)
	})
	t.Run("answers are compressed as the client accepts, small ones and others' formats not", func(t *testing.T) {
		for accepted, want := range map[string]string{"gzip": "gzip", "br, gzip": "br", "": "", "identity": ""} {
			w.others.reply(200, long)
			answer := w.call("GET", "/config/frontend", "", "Accept-Encoding", accepted)
			require.Equal(t, want, answer.Header.Get("Content-Encoding"), accepted)
			if want != "" {
				require.Less(t, len(answer.text), len(long)/2)
				require.Contains(t, strings.Join(answer.Header.Values("Vary"), ","), "Accept-Encoding")
			}
			require.Equal(t, tag, answer.Header.Get("ETag"), "a weak tag is the same for all encodings")
		}
		w.others.reply(200, strings.Repeat("x", minCompressed-1))
		require.Empty(t, w.call("GET", "/config/frontend", "", "Accept-Encoding", "gzip").Header.Get("Content-Encoding"))
		w.others.handler(func(ctx *requestCtx) { ctx.SetContentType("application/pdf"); ctx.SetBodyString(long) })
		require.Empty(t, w.call("GET", "/config/frontend", "", "Accept-Encoding", "gzip").Header.Get("Content-Encoding"))
	})
}

func TestLongQuery(t *testing.T) {
	w := newWorld(t)
	ids := func(n int) string { return strings.Repeat("&ids=0190d5a8-7c4e-7b1a-9f00-123456789abc", n) }

	t.Run("5,000 ids reach the service", func(t *testing.T) {
		path := "/learning/events?deckID=0190d5a8-7c4e-7b1a-9f00-123456789abc" + ids(5000)
		answer := w.call("GET", path, "", "cookie", "ann", "Origin", page)
		require.Equal(t, 200, answer.StatusCode)
		require.Equal(t, path, string(w.others.only().Header.RequestURI()))
	})
	t.Run("past the limit it is a 431 that the client can read", func(t *testing.T) {
		for _, n := range []int{7000, 100_000} {
			answer := w.call("GET", "/learning/events?deckID=x"+ids(n), "", "bearer", "ann")
			require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answer.StatusCode)
			require.Equal(t, "header_too_large", answer.code())
			require.Contains(t, answer.text, answer.Header.Get("X-Request-Id"))
		}
		require.Empty(t, w.others.requests())
	})
}
