package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOrigins(t *testing.T) {
	t.Run("without a list the domain and its subdomains may call", func(t *testing.T) {
		origins := NewOrigins(nil, "Spacey.example", false)
		for origin, want := range map[string]bool{
			"https://spacey.example": true, "http://spacey.example": false, "http://app.spacey.example": false, "https://app.spacey.example": true, "https://a.b.spacey.example": true,
			"HTTPS://SPACEY.EXAMPLE": true,
			"":                       false, "null": false, "https://evilspacey.example": false, "https://spacey.example.evil": false, "https://spacey.example:8443": false,
			"ftp://spacey.example": false, "https://user@spacey.example": false, "https://spacey.example/": false, "https://spacey.example?x": false,
			"https://evil/.spacey.example": false, "https://evil#.spacey.example": false, "http://localhost:3000": false, "http://127.0.0.1": false, ".spacey.example": false,
		} {
			require.Equal(t, want, origins.Allows(origin), origin)
		}
	})
	t.Run("in development the machine itself may call, on any port", func(t *testing.T) {
		require.True(t, NewOrigins(nil, "spacey.example", true).Allows("http://app.spacey.example"))
		origins := NewOrigins(nil, "localhost", true)
		for origin, want := range map[string]bool{
			"http://localhost": true, "http://localhost:3000": true, "https://localhost:1": true, "http://127.0.0.1:5173": true, "http://[::1]:5173": true,
			"http://localhost.evil": false, "http://evil-localhost": false, "http://localhost.": false, "http://x.localhost:3000": false,
			"http://localhost:3000@evil.example": false, "http://127.0.0.2": false, "http://[::ffff:127.0.0.1]": false, "http://2130706433": false,
			"http://localhost:3000, http://evil.example": false, "file://": false, "null": false,
			"http://evil:3000": false, "http://evil.example#localhost": false,
		} {
			require.Equal(t, want, origins.Allows(origin), origin)
		}
	})
	t.Run("a list replaces all of that", func(t *testing.T) {
		origins := NewOrigins([]string{"https://Other.example/ ", "", "http://x:1"}, "spacey.example", true)
		for origin, want := range map[string]bool{
			"https://other.example": true, "http://x:1": true,
			"": false, "https://spacey.example": false, "http://localhost": false, "https://a.other.example": false,
		} {
			require.Equal(t, want, origins.Allows(origin), origin)
		}
	})
	t.Run("without a domain nobody may", func(t *testing.T) {
		require.False(t, NewOrigins(nil, "", false).Allows("https://."))
		require.False(t, NewOrigins(nil, "", false).Allows("https://example"))
	})
}

func TestPreflight(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.UserRateLimit = 1 })

	t.Run("a preflight is answered on every path without sign-in, limit or redirect", func(t *testing.T) {
		for _, path := range []string{"/decks", "/decks/abc", "/decks/abc/cards/def", "/user/login", "/user/login", "/user/login", "/nope", "/", "/ping", "//x"} {
			answer := w.raw("OPTIONS " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: " + page +
				"\r\nAccess-Control-Request-Method: PATCH\r\nAccess-Control-Request-Headers: content-type\r\n\r\n")
			require.Contains(t, answer, "HTTP/1.1 204 ", path)
			require.Contains(t, answer, "Access-Control-Allow-Origin: "+page+"\r\n")
			require.Contains(t, answer, "Access-Control-Allow-Credentials: true\r\n")
			require.Contains(t, answer, "Access-Control-Max-Age: 7200\r\n")
		}
	})
	t.Run("methods and headers are listed literally", func(t *testing.T) {
		answer := w.call("OPTIONS", "/decks", "", "Origin", page, "Access-Control-Request-Method", "PATCH")
		methods := strings.Split(answer.Header.Get("Access-Control-Allow-Methods"), ", ")
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			require.Contains(t, methods, method)
		}
		headers := strings.Split(answer.Header.Get("Access-Control-Allow-Headers"), ", ")
		for _, header := range []string{"Content-Type", "Authorization", "Idempotency-Key", "X-Request-ID"} {
			require.Contains(t, headers, header)
		}
		require.NotContains(t, methods, "*")
		require.NotContains(t, headers, "*")
		require.Contains(t, answer.Header.Values("Vary"), "Origin")
	})
	t.Run("that of a foreign origin is refused, without a header that says more", func(t *testing.T) {
		for _, origin := range []string{evil, "null", "https://spacey.example.evil"} {
			answer := w.call("OPTIONS", "/decks", "", "Origin", origin, "Access-Control-Request-Method", "GET")
			require.Equal(t, http.StatusForbidden, answer.StatusCode)
			require.Equal(t, "forbidden_origin", answer.code())
			for name := range answer.Header {
				require.NotContains(t, name, "Access-Control")
			}
		}
	})
	t.Run("OPTIONS without an origin is answered too", func(t *testing.T) {
		require.Equal(t, 204, w.call("OPTIONS", "/nope", "").StatusCode)
	})
	t.Run("OPTIONS without an origin tells the methods of the path", func(t *testing.T) {
		require.Equal(t, "GET, HEAD, OPTIONS, POST", w.call("OPTIONS", "/decks", "").Header.Get("Allow"))
		require.Equal(t, "GET, HEAD, OPTIONS", w.call("OPTIONS", "/ping", "").Header.Get("Allow"))
		everything := w.raw("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		require.Contains(t, everything, "Allow: GET, POST, PUT, PATCH, DELETE, OPTIONS\r\n")
	})
}

func TestSharing(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.UserRateLimit = 1; delete(o.Upstreams, "learning-service") })
	w.serveUsers(401, `{"code":"invalid_credentials"}`)

	answers := func(origin string) map[int]reply {
		large := strings.Repeat("x", 70_000)
		w.call("POST", "/user/login", "{}", "Origin", origin)
		return map[int]reply{
			200: w.call("GET", "/decks", "", "bearer", "ann", "Origin", origin),
			401: w.call("GET", "/decks", "", "Origin", origin),
			403: w.call("GET", "/decks", "", "bearer", "new", "Origin", origin),
			404: w.call("GET", "/nope", "", "Origin", origin),
			405: w.call("PUT", "/decks", "", "Origin", origin),
			413: w.call("POST", "/config/x", large, "Origin", origin),
			429: w.call("POST", "/user/login", "{}", "Origin", origin),
			503: w.call("GET", "/learning/events", "", "bearer", "ann", "Origin", origin),
		}
	}
	t.Run("a page of ours can read every answer, errors too", func(t *testing.T) {
		for status, answer := range answers(page) {
			require.Equal(t, status, answer.StatusCode, answer.text)
			require.Equal(t, page, answer.Header.Get("Access-Control-Allow-Origin"), status)
			require.Equal(t, "true", answer.Header.Get("Access-Control-Allow-Credentials"), status)
			for _, name := range []string{"X-Request-ID", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "ETag"} {
				require.Contains(t, answer.Header.Get("Access-Control-Expose-Headers"), name)
			}
			require.Contains(t, answer.Header.Values("Vary"), "Origin")
		}
	})
	t.Run("a foreign page can read none", func(t *testing.T) {
		for status, answer := range answers(evil) {
			require.Equal(t, status, answer.StatusCode, answer.text)
			require.Empty(t, answer.Header.Get("Access-Control-Allow-Origin"))
			require.Empty(t, answer.Header.Get("Access-Control-Allow-Credentials"))
			require.Contains(t, answer.Header.Values("Vary"), "Origin")
		}
	})
}

func TestForeignPages(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		method  string
		headers []string
		want    int
	}{
		"a write with the cookie from a foreign page is refused":           {"POST", []string{"cookie", "ann", "Origin", evil}, 403},
		"a write with the cookie from no page at all is refused":           {"POST", []string{"cookie", "ann", "Origin", "null"}, 403},
		"a write with the cookie that is cross-site is refused":            {"POST", []string{"cookie", "ann", "Sec-Fetch-Site", "cross-site"}, 403},
		"a write with the cookie from our page goes on":                    {"POST", []string{"cookie", "ann", "Origin", page}, 200},
		"a cross-site write from an accepted origin goes on":               {"POST", []string{"cookie", "ann", "Origin", page, "Sec-Fetch-Site", "cross-site"}, 200},
		"a write from the documentation page goes on":                      {"POST", []string{"cookie", "ann", "Origin", "https://api.elsewhere", "Sec-Fetch-Site", "same-origin"}, 200},
		"a write by a program that is no browser goes on":                  {"POST", []string{"cookie", "ann"}, 200},
		"a read with the cookie from a foreign page goes on, and is blind": {"GET", []string{"cookie", "ann", "Origin", evil}, 200},
		"a write with a bearer token from anywhere goes on":                {"POST", []string{"bearer", "ann", "Origin", evil, "Sec-Fetch-Site", "cross-site"}, 200},
		"a bearer token goes before the cookie":                            {"POST", []string{"bearer", "ann", "cookie", "new", "Origin", evil}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			w.others.requests()
			answer := w.call(c.method, "/decks", "", c.headers...)
			require.Equal(t, c.want, answer.StatusCode, answer.text)
			if c.want == 403 {
				require.Equal(t, "forbidden_origin", answer.code())
				require.Empty(t, w.others.requests())
				require.Empty(t, answer.expired(), "the person stays signed in")
			} else {
				require.Len(t, w.others.requests(), 1)
			}
		})
	}
}
