package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onBothShapes runs a scenario on a system of each shape over SQLite.
func onBothShapes(t *testing.T, scenario func(t *testing.T, s *system)) {
	t.Parallel()
	t.Run("one process", func(t *testing.T) {
		t.Parallel()
		scenario(t, start(t, newStorage(t, "sqlite")))
	})
	t.Run("a process a service", func(t *testing.T) {
		t.Parallel()
		scenario(t, startServices(t, newStorage(t, "sqlite")))
	})
}

// internalDisguises are targets by which a careless server would find /internal/identity.
var internalDisguises = []string{
	"/internal/identity", "/internal/identity/", "//internal/identity", "/internal//identity", "/./internal/identity", "/internal/./identity",
	"/INTERNAL/identity", "/Internal/Identity", "/%69nternal/identity", "/%2569nternal/identity", "/internal%2fidentity", "/internal%2Fidentity",
	"/internal%252fidentity", "/decks/../internal/identity", "/decks/%2e%2e/internal/identity", "/decks/..%2finternal%2fidentity",
	"/decks/%252e%252e/internal/identity", "/decks/..;/internal/identity", "/internal;x=1/identity", "/internal/identity;x=1", "/internal\\identity",
	"/\\internal\\identity", "/decks\\..\\internal\\identity", "/internal/identity%00", "/internal/%00identity", "/internal/identity%20", "/internal/identity%0d%0a",
	"/internal/identity.", "/internal/identity%2e", "/internal/identity#x", "/ping#/../internal/identity/x", "/ping/../internal/identity", "/docs/../internal/identity",
	"/docs/..%2f..%2finternal%2fidentity", "/%c0%af/internal/identity", "/%c0%ae%c0%ae/internal/identity", "/\xef\xbc\x8finternal/identity", "/%u002finternal/identity",
	"http://user-service/internal/identity", "http://user-service//internal/identity", "HTTP://user-service/internal/identity", "https://spacey.test/internal/identity",
	"/http://user-service/internal/identity", "/user/../internal/identity", "/user/sessions/../../internal/identity", "/user/sessions/..%2f..%2finternal%2fidentity",
	"/internal/jwks", "/internal/events", "/internal/export", "/internal", "/internal/",
}

func TestWhatIsInternalIsReachedUnderNoName(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		body := `{"token":"` + tr.token + `"}`
		length := "Content-Length: " + itoa(len(body))
		for _, target := range internalDisguises {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
				if strings.Contains(target, "/sessions/") && method == http.MethodGet {
					continue // a place where there are sessions to end only
				}
				answers := s.raw(t, head(method, target, tr.token, length, "X-Spacey-Service-Token: guess")+body)
				status := http.StatusNotFound
				if strings.HasPrefix(target, "/ping#") {
					status = map[string]int{http.MethodGet: 200, http.MethodPost: 405, http.MethodDelete: 405}[method]
				}
				requireStatuses(t, answers, status)
				tr.requireNotIn(t, answers[0], method+" "+target)
			}
		}
		tr.requireUntouched(t)
	})
}

func TestTargetsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t, newStorage(t, "sqlite"))
	tr := s.newTreasure(t)
	for _, target := range []string{
		"/decks/\x00", "/internal/identity\x00", "/decks HTTP/1.1\x00", "/decks /internal/identity", "/decks\t/internal/identity", "/decks\r/internal/identity", "/\x7fdecks", "/decks\x01",
	} {
		answers := s.raw(t, head(http.MethodGet, target, tr.token))
		requireStatuses(t, answers, http.StatusBadRequest)
		assert.Equal(t, "malformed_request", failure(t, answers[0]), "%q", target)
		tr.requireNotIn(t, answers[0], target)
	}
	tr.requireUntouched(t)
}

func TestAPathIsReadAsItIsWritten(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		stranger := s.person(t).cookie(t, "Authorization")
		id := tr.deck.ID
		for _, target := range []string{
			"/decks/..%2f..", "/decks/..%2fdecks%2f" + id, "/decks/%2e%2e%2fdecks%2f" + id, "/decks/%252e%252e", "/decks/%252e%252e%252fdecks", "//decks", "//decks/" + id, "/decks//" + id,
			"/decks/" + id + "/", "/decks/" + id + "//card", "/decks/./" + id, "/decks/x/../" + id, "/decks/%2e/" + id, "/decks;jsessionid=1/" + id, "/decks/" + id + ";x", "/DECKS/" + id,
			"/%64ecks/" + id, "/decks/" + id + "%00", "/decks/" + id + "%2f", "/decks/" + id + "%5c", "/decks\\" + id, "/decks/" + id + "%0d%0aX-User-Id:x", "/decks/" + id + ".json",
			"/decks/%7b" + id + "%7d", "/decks/" + id + "%20", "http://spacey.test", "*", "decks", "?x", "http:/decks", "ftp://x/decks", "/../decks", "/..%2fdecks", "/%2e%2e/decks",
		} {
			for _, token := range []string{tr.token, stranger} {
				answers := s.raw(t, head(http.MethodGet, target, token))
				requireStatuses(t, answers, http.StatusNotFound)
				require.Equal(t, "not_found", failure(t, answers[0]), target)
				require.NotContains(t, answers[0].Body, secretText, target)
				require.Empty(t, answers[0].Header.Get("Location"), target)
			}
			requireStatuses(t, s.raw(t, head(http.MethodDelete, target, tr.token)), http.StatusNotFound)
		}
		tr.requireUntouched(t)
	})
}

func TestAnotherHostInTheRequestLineChangesNothing(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		stranger := s.person(t).cookie(t, "Authorization")
		for _, host := range []string{"http://evil.example", "https://evil.example:8443", "http://user-service", "http://127.0.0.1:1", "HTTP://169.254.169.254"} {
			answers := s.raw(t, head(http.MethodGet, host+"/decks/"+tr.deck.ID, tr.token))
			requireStatuses(t, answers, http.StatusOK)
			require.Equal(t, tr.deck.Cards, data[deck](t, answers[0]).Cards, "the path alone counts")
			require.NotContains(t, answers[0].Body, "evil")
			answers = s.raw(t, head(http.MethodGet, host+"/decks/"+tr.deck.ID, stranger))
			requireStatuses(t, answers, http.StatusNotFound)
			tr.requireNotIn(t, answers[0], host)
			requireStatuses(t, s.raw(t, head(http.MethodGet, host+"/latest/meta-data", tr.token)), http.StatusNotFound)
			requireStatuses(t, s.raw(t, "GET /decks HTTP/1.1\r\nHost: "+strings.TrimPrefix(host, "http://")+"\r\nX-Forwarded-Host: user-service\r\n\r\n"), http.StatusUnauthorized)
		}
		requireStatuses(t, s.raw(t, "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n"), http.StatusNotFound)
		tr.requireUntouched(t)
	})
}
