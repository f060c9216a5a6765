package rest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestSessionCookies(t *testing.T) {
	starts := func(path string, err error) rest.Endpoint {
		s := with(spec("POST", path), func(s *rest.Spec) { s.Session = rest.StartsSession })
		return rest.Route(s, func(context.Context, domain.Identity, rest.Empty) (signedIn, error) { return signedIn{"tok.en"}, err })
	}
	ends := func(path string, access rest.Access, err error) rest.Endpoint {
		s := with(spec("GET", path), func(s *rest.Spec) { s.Session, s.Access = rest.EndsSession, access })
		return rest.Route(s, func(context.Context, domain.Identity, rest.Empty) (rest.Empty, error) { return rest.Empty{}, err })
	}
	failure := domain.NewError(domain.CodeUnavailable, "")
	endpoints := []rest.Endpoint{
		starts("/login", nil), starts("/failed-login", failure), ends("/logout", rest.Optional, nil),
		ends("/failed-logout", rest.Optional, failure), ends("/refused-logout", rest.SignedIn, nil),
	}
	app, _ := serve(endpoints...)

	t.Run("a session that starts sets both", func(t *testing.T) {
		require.Equal(t, []string{
			"Authorization=tok.en; Path=/; Domain=spacey.example; Max-Age=3600; HttpOnly; Secure; SameSite=Lax",
			"LoggedIn=true; Path=/; Domain=spacey.example; Max-Age=3600; Secure; SameSite=Lax",
		}, call(t, app, "POST", "/login", "").Header["Set-Cookie"])
	})
	t.Run("a session that does not start sets none", func(t *testing.T) {
		require.Empty(t, call(t, app, "POST", "/failed-login", "").Header["Set-Cookie"])
	})
	for _, path := range []string{"/logout", "/failed-logout", "/refused-logout"} {
		t.Run(path+" expires both, and those that were set without a domain", func(t *testing.T) {
			require.Equal(t, []string{
				"Authorization=; Path=/; Domain=spacey.example; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
				"LoggedIn=; Path=/; Domain=spacey.example; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; SameSite=Lax",
				"Authorization=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
				"LoggedIn=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; SameSite=Lax",
			}, call(t, app, "GET", path, "").Header["Set-Cookie"])
		})
	}
	t.Run("the domain is left out where there is none", func(t *testing.T) {
		local := rest.NewServer(rest.ServerOptions{Cookies: rest.Cookies{MaxAge: time.Minute}}, endpoints...)
		require.Equal(t, []string{
			"Authorization=tok.en; Path=/; Max-Age=60; HttpOnly; SameSite=Lax", "LoggedIn=true; Path=/; Max-Age=60; SameSite=Lax",
		}, call(t, local, http.MethodPost, "/login", "").Header["Set-Cookie"])
	})
}
