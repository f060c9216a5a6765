package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNobodySaysInAQueryOrAHeaderWhoTheyAre(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		stranger := s.person(t)
		token := stranger.cookie(t, "Authorization")
		for _, name := range []string{"userID", "user_id", "userid", "USER_ID", "user%49D", "user_id[]", ";user_id", "sub"} {
			for _, path := range []string{"/decks", "/user", "/user/tokens", "/learning/log", "/user/export"} {
				target := path + "?" + name + "=" + tr.owner.user
				a := s.with(t, http.MethodGet, target, "", map[string]string{"Authorization": "Bearer " + token})
				require.Equal(t, http.StatusOK, a.Status, a.Body)
				tr.requireNotIn(t, a, target)
				requireRefused(t, http.StatusUnauthorized, "not_signed_in", s.with(t, http.MethodGet, target, "", nil))
			}
			requireRefused(t, http.StatusNotFound, "not_found", s.with(t, http.MethodDelete, "/decks/"+tr.deck.ID+"?"+name+"="+tr.owner.user, "",
				map[string]string{"Authorization": "Bearer " + token}))
		}
		for name, value := range map[string]string{
			"X-User-Id": tr.owner.user, "X-User-ID": tr.owner.user, "User-Id": tr.owner.user, "X-Spacey-User": tr.owner.user, "X-Authenticated-User": tr.owner.email,
			"X-Remote-User": tr.owner.email, "X-Original-URL": "/internal/identity", "X-Rewrite-URL": "/internal/identity", "X-HTTP-Method-Override": "DELETE",
			"X-Spacey-Service-Token": "guess", "X-Spacey-Client-Address": "203.0.113.9",
		} {
			a := s.with(t, http.MethodGet, "/user", "", map[string]string{"Authorization": "Bearer " + token, name: value})
			require.Equal(t, http.StatusOK, a.Status, a.Body)
			require.Equal(t, stranger.user, data[struct{ ID string }](t, a).ID, name)
			requireRefused(t, http.StatusUnauthorized, "not_signed_in", s.with(t, http.MethodGet, "/decks", "", map[string]string{name: value}))
			requireRefused(t, http.StatusNotFound, "not_found", s.with(t, http.MethodGet, "/decks/"+tr.deck.ID, "", map[string]string{"Authorization": "Bearer " + token, name: value}))
		}
		tr.requireUntouched(t)
	})
}

func TestTheServicesBelieveNobodyWithoutTheirToken(t *testing.T) {
	t.Parallel()
	s := startServices(t, newStorage(t, "sqlite"), "SERVICE_TOKEN=the-services-of-this-test")
	tr := s.newTreasure(t)
	users := &system{t: t, URL: s.of("user-service")[0].url()}
	decks := &system{t: t, URL: s.of("deck-management-service")[0].url()}
	for _, token := range []string{"", "Bearer ", "Bearer guess", "Bearer the-services-of-this-tes", "Bearer the-services-of-this-test2", "Bearer " + tr.token} {
		header := map[string]string{"Authorization": token, "X-User-Id": tr.owner.user}
		a := users.with(t, http.MethodPost, "/internal/identity", `{"token":"`+tr.token+`"}`, header)
		requireRefused(t, http.StatusForbidden, "forbidden", a)
		tr.requireNotIn(t, a, token)
		for _, path := range []string{"/decks", "/decks?userID=" + tr.owner.user, "/decks/" + tr.deck.ID} {
			a := decks.with(t, http.MethodGet, path, "", header)
			requireRefused(t, http.StatusUnauthorized, "not_signed_in", a)
			tr.requireNotIn(t, a, path)
		}
	}
	a := users.with(t, http.MethodPost, "/user/login", marshal(t, map[string]string{"email": tr.owner.email, "password": password}),
		map[string]string{"X-Spacey-Client-Address": "203.0.113.9", "X-Spacey-Service-Token": "guess", "X-Forwarded-For": "203.0.113.8"})
	require.Equal(t, http.StatusOK, a.Status, a.Body)
	assert.Equal(t, "127.0.0.1", addressOf(t, s, data[struct{ Token string }](t, a).Token))
	tr.requireUntouched(t)
}

// addressOf returns the address that a session is shown to have come from.
func addressOf(t *testing.T, s *system, token string) string {
	t.Helper()
	a := s.with(t, http.MethodGet, "/user/sessions", "", map[string]string{"Authorization": "Bearer " + token})
	require.Equal(t, http.StatusOK, a.Status, a.Body)
	for _, session := range data[struct {
		Items []struct {
			Address string
			Current bool
		}
	}](t, a).Items {
		if session.Current {
			return session.Address
		}
	}
	t.Fatal("no session is the current one")
	return ""
}

// signIn signs a person in with headers of its own and returns the token.
func (s *system) signIn(t *testing.T, email string, header map[string]string) string {
	t.Helper()
	a := s.with(t, http.MethodPost, "/user/login", marshal(t, map[string]string{"email": email, "password": password}), header)
	require.Equal(t, http.StatusOK, a.Status, a.Body)
	return data[struct{ Token string }](t, a).Token
}

func TestAClientDoesNotChooseItsAddress(t *testing.T) {
	t.Parallel()
	for name, shape := range map[string]struct {
		proxies string
		headers map[string]string // X-Forwarded-For and the address that is believed
	}{
		"without proxies": {"", map[string]string{
			"203.0.113.9": "127.0.0.1", "203.0.113.9, 127.0.0.1": "127.0.0.1", "::1": "127.0.0.1", "nonsense": "127.0.0.1", "": "127.0.0.1",
		}},
		"behind a proxy": {"TRUSTED_PROXIES=127.0.0.1/32,10.0.0.0/8", map[string]string{
			"203.0.113.9": "203.0.113.9", "198.51.100.1, 203.0.113.9": "203.0.113.9", "198.51.100.1, 203.0.113.9, 10.1.1.1": "203.0.113.9",
			"203.0.113.9, nonsense": "127.0.0.1", "203.0.113.9, ": "127.0.0.1", "127.0.0.1": "127.0.0.1", "'; DROP TABLE sessions": "127.0.0.1",
			"203.0.113.9:4711": "127.0.0.1", "::ffff:203.0.113.9": "203.0.113.9", "2001:db8::7": "2001:db8::7", strings.Repeat("198.51.100.1,", 1000) + "203.0.113.9": "203.0.113.9",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, newStorage(t, "sqlite"), strings.Fields(shape.proxies)...)
			owner := s.person(t)
			for said, believed := range shape.headers {
				token := s.signIn(t, owner.email, map[string]string{
					"X-Forwarded-For": said, "X-Real-Ip": "192.0.2.1", "Forwarded": "for=192.0.2.1", "True-Client-Ip": "192.0.2.1", "Cf-Connecting-Ip": "192.0.2.1",
					"X-Spacey-Client-Address": "192.0.2.1", "X-Spacey-Service-Token": "guess",
				})
				assert.Equal(t, believed, addressOf(t, s, token), "%.100q", said)
			}
		})
	}
}

func TestALimitIsNotEscapedByAHeader(t *testing.T) {
	t.Parallel()
	for name, shape := range map[string]struct{ proxies, format string }{
		"without proxies": {"", "203.0.113.N"},
		"behind a proxy, which adds the real address": {"TRUSTED_PROXIES=127.0.0.1", "203.0.113.N, 198.51.100.7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, newStorage(t, "sqlite"), append(strings.Fields(shape.proxies), "USER_RATE_LIMIT=5")...)
			var statuses []int
			for i := range 8 {
				a := s.with(t, http.MethodPost, "/user/password/forgot", `{"email":"nobody@example.org"}`, map[string]string{
					"X-Forwarded-For": strings.Replace(shape.format, "N", itoa(i+1), 1), "X-Real-Ip": "203.0.113." + itoa(i+1),
				})
				statuses = append(statuses, a.Status)
			}
			assert.Equal(t, []int{200, 200, 200, 200, 200, 429, 429, 429}, statuses)
		})
	}
}

func TestTossedCookiesSignNobodyIn(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		tr, attacker := s.newTreasure(t), s.person(t)
		mine, theirs := tr.token, attacker.cookie(t, "Authorization")
		get := func(header map[string]string) answer { return s.with(t, http.MethodGet, "/user", "", header) }
		for _, cookies := range []string{
			"Authorization=" + theirs + "; Authorization=" + mine, "Authorization=" + mine + "; Authorization=" + theirs, "Authorization=x; Authorization=" + mine,
			`Authorization="` + theirs + `"; LoggedIn=true; Authorization=` + mine, "Authorization=" + mine + ",Authorization=" + theirs, "authorization=" + mine,
		} {
			a := get(map[string]string{"Cookie": cookies})
			requireRefused(t, http.StatusUnauthorized, "not_signed_in", a)
			tr.requireNotIn(t, a, "two cookies")
		}
		lines := "Cookie: Authorization=" + theirs + "\r\nCookie: Authorization=" + mine + "\r\n"
		requireStatuses(t, s.raw(t, "GET /user HTTP/1.1\r\nHost: x\r\n"+lines+"\r\n"), http.StatusUnauthorized)
		a := get(map[string]string{"Cookie": "Authorization=" + mine + "; Authorization=" + mine})
		require.Equal(t, tr.owner.user, data[struct{ ID string }](t, a).ID, "the same cookie twice is one")

		a = get(map[string]string{"Cookie": "Authorization=" + theirs, "Authorization": "Bearer " + mine})
		require.Equal(t, tr.owner.user, data[struct{ ID string }](t, a).ID, "the header counts before the cookie")
		requireRefused(t, http.StatusUnauthorized, "not_signed_in", get(map[string]string{"Cookie": "Authorization=" + mine, "Authorization": "Bearer x"}))
		tr.requireUntouched(t)
	})
}

func TestPrivilegesAreNotAskedFor(t *testing.T) {
	t.Parallel()
	s, server := startInProduction(t, newStorage(t, "sqlite"))
	body := map[string]any{
		"name": "x", "email": "climber@example.org", "password": password, "betaUser": true, "beta": true, "isBeta": true, "emailValidated": true, "EmailVerified": true,
		"admin": true, "id": "00000000-0000-0000-0000-000000000001", "user_id": "00000000-0000-0000-0000-000000000001",
	}
	a := s.with(t, http.MethodPost, "/user?isBeta=true&is_beta=true&emailValidated=true", marshal(t, body), nil)
	require.Equal(t, http.StatusCreated, a.Status, a.Body)
	account := data[struct {
		ID, Token                string
		BetaUser, EmailValidated bool
	}](t, a)
	assert.False(t, account.BetaUser || account.EmailValidated)
	assert.NotEqual(t, body["id"], account.ID)
	c := s.visitor(t).withToken(account.Token)
	c.email = "climber@example.org"
	delete(body, "password")
	changed := data[struct{ BetaUser, EmailValidated bool }](t, c.must(http.StatusOK, http.MethodPatch, "/user?isBeta=true&is_beta=1", body))
	assert.False(t, changed.BetaUser || changed.EmailValidated)
	queries := []string{"isBeta=true", "is_beta=true", "emailValidated=true", "betaUser=true", url.QueryEscape("isBeta") + "=1&emailValidated=1"}
	for _, query := range queries {
		requireRefused(t, http.StatusForbidden, "email_not_verified", c.send(http.MethodGet, "/decks?"+query, nil))
		requireRefused(t, http.StatusForbidden, "email_not_verified", c.send(http.MethodGet, "/notes?"+query, nil))
	}
	verified := c.must(http.StatusOK, http.MethodPost, "/user/validate?isBeta=true", map[string]any{"token": c.mailedToken(server), "betaUser": true})
	c = c.withToken(data[struct{ Token string }](t, verified).Token)
	for _, query := range queries {
		requireRefused(t, http.StatusForbidden, "beta_required", c.send(http.MethodGet, "/notes?"+query, nil))
	}
}
