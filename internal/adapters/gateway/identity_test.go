package gateway

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

var bothCookies = []string{rest.SessionCookie, rest.SignedInCookie}

func TestAccess(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, method, path, who string
		status                  int
		code                    string
	}{
		{"anybody may call a public route", "GET", "/config/frontend", "", 200, ""},
		{"nobody is told to sign in", "GET", "/user", "", 401, "not_signed_in"},
		{"nobody is told so before anything else", "GET", "/content", "", 401, "not_signed_in"},
		{"who is signed in sees the account", "GET", "/user", "new", 200, ""},
		{"who is not verified sees no decks", "GET", "/decks", "new", 403, "email_not_verified"},
		{"who is verified does", "GET", "/decks", "ann", 200, ""},
		{"who is not in the beta makes no notes", "POST", "/notes", "ann", 403, "beta_required"},
		{"who is not verified neither", "POST", "/notes", "new", 403, "email_not_verified"},
		{"who is in the beta does", "POST", "/notes", "beta", 200, ""},
		{"content is an empty list outside the beta", "GET", "/content", "ann", 200, ""},
		{"content is an empty list before verification", "GET", "/content", "new", 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var headers []string
			if c.who != "" {
				headers = []string{"bearer", c.who}
			}
			w.others.requests()
			answer := w.call(c.method, c.path, "", headers...)
			require.Equal(t, c.status, answer.StatusCode, answer.text)
			require.Equal(t, c.code, answer.code())
			if c.path == "/content" && c.status == 200 {
				require.JSONEq(t, `{"message":"Success","data":[]}`, answer.text)
				require.Empty(t, w.others.requests())
			}
		})
	}
	t.Run("who is in the beta gets content from the service", func(t *testing.T) {
		w.call("GET", "/content", "", "bearer", "beta")
		require.Len(t, w.others.requests(), 1)
	})
}

func TestBadTokens(t *testing.T) {
	w := newWorld(t)
	ended := sign("session.", domain.SessionClaims{User: "ann", Session: "s", ExpiresAt: w.clock.Now()})
	for name, token := range map[string]string{
		"made up": "x", "expired": ended, "an identity token": sign("identity.", domain.Identity{User: "ann", ExpiresAt: w.clock.Now().Add(time.Hour)}),
	} {
		t.Run("a token that is "+name+" is refused and both cookies go, without asking user-service", func(t *testing.T) {
			for _, header := range [][]string{{"Authorization", "Bearer " + token}, {"Cookie", "Authorization=" + token + "; LoggedIn=true"}} {
				answer := w.call("GET", "/decks", "", header...)
				require.Equal(t, 401, answer.StatusCode)
				require.Equal(t, "not_signed_in", answer.code())
				require.ElementsMatch(t, bothCookies, answer.expired())
			}
			require.Zero(t, w.exchanges())
		})
		t.Run("signing out with a token that is "+name+" works", func(t *testing.T) {
			answer := w.call("GET", "/user/logout", "", "Cookie", "Authorization="+token)
			require.Equal(t, 200, answer.StatusCode)
			require.Empty(t, w.users.only().Header.Peek("Authorization"), "it goes on as nobody")
		})
	}
	t.Run("a session that user-service has ended is refused and both cookies go", func(t *testing.T) {
		w.setPerson("gone", nil)
		answer := w.call("GET", "/user", "", "cookie", "gone")
		require.Equal(t, 401, answer.StatusCode)
		require.ElementsMatch(t, bothCookies, answer.expired())
	})
	t.Run("the cookie for scripts goes too when the session's has expired by itself", func(t *testing.T) {
		answer := w.call("GET", "/user", "", "Cookie", "LoggedIn=true")
		require.Equal(t, 401, answer.StatusCode)
		require.ElementsMatch(t, bothCookies, answer.expired())
	})
	t.Run("nobody without cookies is sent none", func(t *testing.T) {
		require.Empty(t, w.call("GET", "/user", "").Header.Values("Set-Cookie"))
	})
	t.Run("a scheme that is not Bearer is no token, the cookie counts", func(t *testing.T) {
		require.Equal(t, 200, w.call("GET", "/user", "", "cookie", "ann", "Authorization", "Basic eDp5").StatusCode)
	})
}

func TestIdentityCache(t *testing.T) {
	t.Run("who is calling is asked once in 30 seconds, also by many at once", func(t *testing.T) {
		w := newWorld(t)
		var crowd sync.WaitGroup
		for range 20 {
			crowd.Go(func() {
				if answer := w.call("GET", "/decks", "", "bearer", "ann"); answer.StatusCode != 200 {
					t.Error(answer.Status)
				}
			})
		}
		crowd.Wait()
		w.clock.forward(identityFreshFor - time.Millisecond)
		token := w.session("ann") // another session, another question
		require.Equal(t, 200, w.call("GET", "/decks", "", "Authorization", "Bearer "+token).StatusCode)
		require.Equal(t, 2, w.exchanges())
	})
	t.Run("after 30 seconds flags and endings take effect", func(t *testing.T) {
		w := newWorld(t)
		header := []string{"Authorization", "Bearer " + w.session("new")}
		require.Equal(t, 403, w.call("GET", "/decks", "", header...).StatusCode)
		w.setPerson("new", &domain.Identity{EmailVerified: true})
		w.clock.forward(identityFreshFor)
		require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
		w.setPerson("new", nil)
		w.clock.forward(identityFreshFor)
		answer := w.call("GET", "/decks", "", header...)
		require.Equal(t, 401, answer.StatusCode)
		require.ElementsMatch(t, bothCookies, answer.expired())
	})
	t.Run("a session that expires between two questions is over", func(t *testing.T) {
		w := newWorld(t)
		token := sign("session.", domain.SessionClaims{User: "ann", Session: "s", ExpiresAt: w.clock.Now().Add(5 * time.Second)})
		require.Equal(t, 200, w.call("GET", "/decks", "", "Authorization", "Bearer "+token).StatusCode)
		w.clock.forward(5 * time.Second)
		require.Equal(t, 401, w.call("GET", "/decks", "", "Authorization", "Bearer "+token).StatusCode)
	})
	t.Run("signing out and verifying take effect at once", func(t *testing.T) {
		w := newWorld(t)
		header := []string{"Authorization", "Bearer " + w.session("new")}
		require.Equal(t, 403, w.call("GET", "/decks", "", header...).StatusCode)
		w.setPerson("new", &domain.Identity{EmailVerified: true})
		require.Equal(t, 200, w.call("POST", "/user/validate", "{}", header...).StatusCode)
		require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
		w.setPerson("new", nil)
		require.Equal(t, 200, w.call("GET", "/user/logout", "", header...).StatusCode)
		require.Equal(t, 401, w.call("GET", "/decks", "", header...).StatusCode)
	})
	t.Run("one person's identity never serves another's token", func(t *testing.T) {
		w := newWorld(t)
		for range 2 {
			require.Equal(t, 200, w.call("GET", "/decks", "", "bearer", "ann").StatusCode)
			require.Equal(t, 403, w.call("GET", "/decks", "", "bearer", "new").StatusCode)
		}
	})
	t.Run("an identity for somebody else than asked for is not believed", func(t *testing.T) {
		w := newWorld(t)
		other := sign("identity.", domain.Identity{User: "beta", Session: "s-ann", EmailVerified: true, Beta: true, ExpiresAt: w.clock.Now().Add(time.Hour)})
		w.users.reply(200, `{"data":{"token":"`+other+`"}}`)
		require.Equal(t, 503, w.call("GET", "/decks", "", "bearer", "ann").StatusCode)
	})
	t.Run("an answer that is none is not believed, and signs nobody out", func(t *testing.T) {
		w := newWorld(t)
		for _, answer := range []string{"", "{}", `{"data":{"token":"x"}}`, "<html>"} {
			w.users.reply(200, answer)
			got := w.call("GET", "/decks", "", "cookie", "ann")
			require.Equal(t, 503, got.StatusCode)
			require.Empty(t, got.expired())
		}
	})
}

func TestUserServiceAway(t *testing.T) {
	for name, away := range map[string]func(*world){
		"is down":                         func(w *world) { w.users.stop() },
		"answers with a failure":          func(w *world) { w.setExchange(500) },
		"does not know the gateway's key": func(w *world) { w.setExchange(403) },
	} {
		t.Run("while user-service "+name+" the last identity serves until it expires", func(t *testing.T) {
			w := newWorld(t)
			header := []string{"Authorization", "Bearer " + w.session("ann")}
			require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
			away(w)
			w.clock.forward(identityFreshFor)
			require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
			w.clock.forward(domain.IdentityLifetime - identityFreshFor - time.Millisecond)
			require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
			w.clock.forward(time.Millisecond)
			answer := w.call("GET", "/decks", "", header...)
			require.Equal(t, 503, answer.StatusCode)
			require.Equal(t, "unavailable", answer.code())
			require.Empty(t, answer.expired(), "nobody is signed out")
		})
		t.Run("while user-service "+name+" who was not known waits, and public routes go on", func(t *testing.T) {
			w := newWorld(t)
			away(w)
			require.Equal(t, 503, w.call("GET", "/decks", "", "bearer", "ann").StatusCode)
			require.Equal(t, 200, w.call("GET", "/config/frontend", "", "bearer", "ann").StatusCode)
			require.Equal(t, 401, w.call("GET", "/decks", "", "Authorization", "Bearer x").StatusCode)
		})
	}
	t.Run("who was refused stays out when it goes away afterwards", func(t *testing.T) {
		w := newWorld(t)
		header := []string{"Authorization", "Bearer " + w.session("ann")}
		require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
		w.setPerson("ann", nil)
		w.clock.forward(identityFreshFor)
		require.Equal(t, 401, w.call("GET", "/decks", "", header...).StatusCode)
		w.setExchange(500)
		require.Equal(t, 503, w.call("GET", "/decks", "", header...).StatusCode)
	})
	t.Run("signing out while it is down fails, but the cookies go", func(t *testing.T) {
		w := newWorld(t)
		w.users.stop()
		answer := w.call("GET", "/user/logout", "", "cookie", "ann")
		require.Equal(t, 503, answer.StatusCode)
		require.ElementsMatch(t, bothCookies, answer.expired())
	})
	t.Run("while it is away it is not asked for every request", func(t *testing.T) {
		w := newWorld(t)
		header := []string{"Authorization", "Bearer " + w.session("ann")}
		require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
		w.setExchange(500)
		w.clock.forward(identityFreshFor)
		for range 5 {
			require.Equal(t, 200, w.call("GET", "/decks", "", header...).StatusCode)
		}
		require.Equal(t, 2, w.exchanges())
		w.setExchange(0)
		w.setPerson("ann", nil)
		w.clock.forward(identityRetryAfter)
		require.Equal(t, 401, w.call("GET", "/decks", "", header...).StatusCode, "once it is back its word counts soon")
	})
}

func TestAServiceThatKnowsBetter(t *testing.T) {
	w := newWorld(t)
	w.serveUsers(401, `{"error":"Unauthorized","code":"not_signed_in","message":"This account is gone.","requestID":"x"}`)
	answer := w.call("GET", "/user", "", "cookie", "ann")
	require.Equal(t, 401, answer.StatusCode)
	require.ElementsMatch(t, []string{rest.SessionCookie, rest.SignedInCookie}, answer.expired(), "both cookies expire")
	w.call("GET", "/user", "", "cookie", "ann")
	require.Equal(t, 2, w.exchanges(), "the identity was forgotten")
}

func TestCookies(t *testing.T) {
	w := newWorld(t)
	ann, beta := rest.SessionCookie+"="+w.session("ann"), rest.SessionCookie+"="+w.session("beta")
	for name, c := range map[string]struct {
		cookies []string
		want    int
	}{
		"a session among other cookies counts":           {[]string{"a=b; " + ann + "; c; =d; " + rest.SessionCookie + "x=y"}, 200},
		"the same session twice counts":                  {[]string{ann + "; " + ann}, 200},
		"the same session in two lines counts":           {[]string{ann, "a=b; " + ann}, 200},
		"an empty one beside it does not matter":         {[]string{rest.SessionCookie + "=; " + ann}, 200},
		"of two different sessions none counts":          {[]string{ann + "; " + beta}, 401},
		"of two different sessions in two lines neither": {[]string{beta, ann}, 401},
		"nor does one beside something else":             {[]string{rest.SessionCookie + "=x; " + ann}, 401},
		"names are case-sensitive":                       {[]string{strings.ToLower(ann)}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			var headers []string
			for _, cookie := range c.cookies {
				headers = append(headers, "Cookie", cookie)
			}
			answer := w.call("GET", "/decks", "", headers...)
			require.Equal(t, c.want, answer.StatusCode, answer.text)
			if c.want == 401 && !strings.HasPrefix(name, "names") {
				require.ElementsMatch(t, bothCookies, answer.expired(), "the next sign-in counts again")
			}
		})
	}
	t.Run("a token in the header goes before all of them", func(t *testing.T) {
		require.Equal(t, 200, w.call("GET", "/decks", "", "bearer", "ann", "Cookie", ann+"; "+beta).StatusCode)
	})
}
