package gateway

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
)

// admit finds out who is calling and whether they may. It leaves the caller in x.
func (x *exchange) admit() error {
	access := x.route.spec.Access
	if access == rest.Anyone {
		return nil
	}
	token, byCookie := x.sessionToken()
	if byCookie && changes(x.method) && x.fromForeignPage() {
		return errForeignOrigin
	}
	err := x.identify(token)
	if access == rest.Optional {
		return nil // whoever could not be identified goes on as nobody
	}
	if err != nil {
		return err
	}
	return access.Admit(x.caller.identity)
}

func (x *exchange) identify(token string) error {
	if token == "" {
		return rest.ErrNotSignedIn
	}
	known, err := x.g.identities.identify(context.Background(), token)
	if err != nil {
		return err
	}
	x.caller, x.token = known, token
	return nil
}

// sessionToken returns the token that comes with the request, from the header before the cookie. Of two different cookies
// none counts: a page of a neighbouring domain can add one, to make somebody work in another account.
func (x *exchange) sessionToken() (token string, byCookie bool) {
	if token = rest.BearerToken(x.c); token != "" {
		return token, false
	}
	if values := x.cookies(rest.SessionCookie); len(values) == 1 {
		return values[0], true
	}
	return "", false
}

// changes reports whether a method may change something (RFC 9110, section 9.2.1).
func changes(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}
