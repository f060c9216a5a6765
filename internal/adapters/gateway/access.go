package gateway

import (
	"context"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// admit finds out who is calling and whether they may. It leaves the caller in x.
func (x *exchange) admit() error {
	access := x.route.spec.Access
	if access == rest.Anyone {
		return nil
	}
	if x.byCookie && changes(x.method) && x.fromForeignPage() {
		return errForeignOrigin
	}
	err := x.identify()
	if access == rest.Optional {
		return nil // whoever could not be identified goes on as nobody
	}
	if err != nil {
		return err
	}
	return x.route.spec.Admit(x.caller.identity)
}

// recall looks for a token, and for who it stands for when that was found out lately: that costs nothing.
func (x *exchange) recall() {
	if x.route.spec.Access == rest.Anyone {
		return
	}
	if x.shown, x.byCookie = x.accessToken(); x.shown == "" {
		return
	}
	if known := x.g.identities.recall(x.shown); known != nil {
		x.caller, x.token = known, x.shown
	}
}

// identify finds out who the token stands for, where recall did not.
func (x *exchange) identify() error {
	if x.shown == "" {
		return rest.ErrNotSignedIn
	}
	if x.caller != nil {
		return nil
	}
	known, err := x.g.identities.identify(context.Background(), x.shown)
	if err != nil {
		return err
	}
	x.caller, x.token = known, x.shown
	return nil
}

// accessToken returns the token that comes with the request, from the header before the cookie. Of two different cookies
// none counts: a page of a neighbouring domain can add one, to make somebody work in another account. An API token is for
// programs: it counts in the header only, and not where nobody needs to be signed in.
func (x *exchange) accessToken() (token string, byCookie bool) {
	if token = rest.BearerToken(x.c); token != "" {
		if domain.IsAPIToken(token) && x.route.spec.Access == rest.Optional {
			return "", false
		}
		return token, false
	}
	if values := x.cookies(rest.SessionCookie); len(values) == 1 && !domain.IsAPIToken(values[0]) {
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
