package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// foreignPages are what a browser says of a call that a page of somebody else makes.
var foreignPages = []map[string]string{
	{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost.evil.example"}, {"Origin": "https://evil.example:3000", "Sec-Fetch-Site": "cross-site"},
	{"Origin": "https://localhost@evil.example"}, {"Origin": "file://"}, {"Origin": "http://evil.example#localhost"}, {"Sec-Fetch-Site": "cross-site"},
	{"Origin": "null", "Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example", "Referer": "http://localhost/"},
}

func TestAForeignPageDoesNotWriteByCookie(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		deckPath := "/decks/" + tr.deck.ID
		for _, page := range foreignPages {
			header := map[string]string{"Cookie": "LoggedIn=true; Authorization=" + tr.token}
			for name, value := range page {
				header[name] = value
			}
			for _, c := range []call{
				{http.MethodPost, "/decks", `{"name":"x"}`}, {http.MethodPut, deckPath, `{"name":"x"}`}, {http.MethodDelete, deckPath, ""},
				{http.MethodPatch, "/user", `{"name":"x"}`}, {http.MethodPost, "/user/password", `{"current":"quiet-otter-7","new":"loud-badger-8"}`},
				{http.MethodDelete, "/user/sessions", ""}, {http.MethodDelete, "/user", `{"password":"quiet-otter-7"}`},
				{http.MethodPost, "/user/tokens", `{"name":"x","scopes":["decks:read"]}`}, {http.MethodPatch, "/learning/settings", `{"rolloverHour":7}`},
				{http.MethodPost, "/learning/reviews", `[]`}, {http.MethodPost, deckPath + "/card", `{"question":"q","answer":"a"}`},
			} {
				a := s.with(t, c.method, c.path, c.body, header)
				requireRefused(t, http.StatusForbidden, "forbidden_origin", a)
				require.Empty(t, a.Header.Get("Access-Control-Allow-Origin"), page)
			}
			read := s.with(t, http.MethodGet, "/decks", "", header)
			require.Empty(t, read.Header.Get("Access-Control-Allow-Origin"), "the page cannot see the answer: %v", page)
		}
		tr.requireUntouched(t)
	})
}

func TestAFormIsNoJSON(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		for _, kind := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain; application/json", "application/jsonp", "x, application/json"} {
			header := map[string]string{"Cookie": "Authorization=" + tr.token, "Content-Type": kind}
			requireRefused(t, http.StatusUnsupportedMediaType, "unsupported_media_type", s.with(t, http.MethodPost, "/decks", `{"name":"x"}`, header))
			requireRefused(t, http.StatusUnsupportedMediaType, "unsupported_media_type", s.with(t, http.MethodPatch, "/user", `{"name":"x"}`, header))
			// Nobody is signed in to somebody else's account either.
			a := s.with(t, http.MethodPost, "/user/login", marshal(t, map[string]string{"email": tr.owner.email, "password": password}),
				map[string]string{"Content-Type": kind, "Origin": "https://evil.example"})
			requireRefused(t, http.StatusUnsupportedMediaType, "unsupported_media_type", a)
			assert.Empty(t, a.Header.Values("Set-Cookie"))
		}
		for _, path := range []string{"/user/login", "/decks", "/nothing"} {
			a := s.with(t, http.MethodOptions, path, "", map[string]string{
				"Origin": "https://evil.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type",
			})
			requireRefused(t, http.StatusForbidden, "forbidden_origin", a)
			assert.Empty(t, a.Header.Get("Access-Control-Allow-Origin"))
		}
		tr.requireUntouched(t)
	})
}
