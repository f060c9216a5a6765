package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/valyala/fasthttp"
	"golang.org/x/sync/singleflight"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	// identityFreshFor is after how long user-service is asked again who somebody is: a sign-out, a new password or a
	// new flag takes effect everywhere within it.
	identityFreshFor = 30 * time.Second
	// identityRetryAfter is how long an old identity serves before a user-service that was away is tried again.
	identityRetryAfter = 2 * time.Second
	exchangeTimeout    = 3 * time.Second
	exchangePath       = "/internal/identity"
	// identityCacheSize is how many identities are kept, about a kilobyte each.
	identityCacheSize = 20_000
)

// tokenKey is the hash of a token: short, and of no use to whoever reads the memory.
type tokenKey [sha256.Size]byte

func keyOf(token string) tokenKey { return sha256.Sum256([]byte(token)) }

// known is what is known of a session token or an API token.
type known struct {
	identity domain.Identity
	// token is the identity token, for the services.
	token string
	// ends is when the token expires, zero when it does not say so: an identity never outlives its API token.
	ends time.Time
	// askAt is when user-service is to be asked again.
	askAt time.Time
}

// fresh reports whether user-service need not be asked.
func (k *known) fresh(now time.Time) bool {
	return k != nil && now.Before(k.askAt) && now.Before(k.identity.ExpiresAt)
}

// over reports whether the token has expired.
func (k *known) over(now time.Time) bool { return !k.ends.IsZero() && !now.Before(k.ends) }

// identities exchanges session tokens and API tokens for identities at user-service, and remembers them.
type identities struct {
	sessions   ports.SessionVerifier
	verifier   ports.IdentityVerifier
	users      *Upstream
	credential string
	clock      ports.Clock
	logger     *slog.Logger
	cache      *lru.Cache[tokenKey, *known]
	flight     singleflight.Group
}

// recall returns who a token stands for when user-service need not be asked, else nil.
func (i *identities) recall(token string) *known {
	now := i.clock.Now()
	if found, _ := i.cache.Get(keyOf(token)); found.fresh(now) && !found.over(now) {
		return found
	}
	return nil
}

// identify returns who a token stands for. CodeUnauthenticated when the token is not, or no longer, good;
// CodeUnavailable when that cannot be found out and nothing is remembered.
func (i *identities) identify(ctx context.Context, token string) (*known, error) {
	key := keyOf(token)
	now := i.clock.Now()
	remembered, _ := i.cache.Get(key)
	if remembered != nil && remembered.over(now) {
		i.cache.Remove(key)
		return nil, rest.ErrNotSignedIn
	}
	if remembered.fresh(now) {
		return remembered, nil
	}
	said, err := i.claims(ctx, token, remembered)
	if err != nil {
		return nil, err
	}
	found, err, _ := i.flight.Do(string(key[:]), func() (any, error) {
		if known, _ := i.cache.Get(key); known.fresh(now) {
			return known, nil // somebody else has asked meanwhile
		}
		return i.renew(key, token, said)
	})
	if err != nil {
		return nil, err
	}
	return found.(*known), nil //nolint:forcetypeassert // renew returns nothing else
}

// forget makes the next call of a token ask user-service.
func (i *identities) forget(token string) { i.cache.Remove(keyOf(token)) }

// renew asks user-service, and falls back on what is remembered when it does not answer.
func (i *identities) renew(key tokenKey, token string, said claims) (*known, error) {
	found, err := i.exchange(token, said)
	now := i.clock.Now()
	switch {
	case err == nil:
		found.ends, found.askAt = said.ends, now.Add(identityFreshFor)
		i.cache.Add(key, found)
		return found, nil
	case domain.CodeOf(err) == domain.CodeUnauthenticated:
		i.cache.Remove(key)
		return nil, err
	}
	remembered, ok := i.cache.Get(key)
	if !ok || !now.Before(remembered.identity.ExpiresAt) {
		i.logger.Error("user-service cannot tell who is calling", "error", err)
		return nil, domain.WrapError(domain.CodeUnavailable, "It cannot be checked now who is signed in.", err)
	}
	i.logger.Warn("user-service cannot tell who is calling, the last identity serves", "error", err)
	again := *remembered // others may be reading the remembered one
	again.askAt = now.Add(identityRetryAfter)
	i.cache.Add(key, &again)
	return &again, nil
}

// exchange asks user-service for the identity behind a token.
func (i *identities) exchange(token string, said claims) (*known, error) {
	if i.users == nil {
		return nil, domain.NewError(domain.CodeUnavailable, "There is no user-service.")
	}
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	question, _ := json.Marshal(map[string]string{"token": token}) // text always marshals
	request.Header.SetMethod(http.MethodPost)
	request.SetRequestURI(exchangePath)
	request.Header.SetHost("user-service")
	request.UseHostHeader = true
	request.Header.SetContentType("application/json")
	request.Header.Set("Authorization", "Bearer "+i.credential)
	request.SetBodyRaw(question)
	// The question changes nothing, so it may be asked twice.
	if err := i.users.do(request, response, true, time.Now().Add(exchangeTimeout)); err != nil {
		return nil, domain.WrapError(domain.CodeUnavailable, "User-service does not answer.", err)
	}
	switch response.StatusCode() {
	case http.StatusOK:
		return i.read(response.Body(), said)
	case http.StatusUnauthorized:
		return nil, said.refusal()
	}
	return nil, &domain.Error{
		Code: domain.CodeUnavailable, Message: "User-service answered with a failure: " + http.StatusText(response.StatusCode()) + ".",
	}
}

// read checks the identity token in an answer of user-service.
func (i *identities) read(answer []byte, said claims) (*known, error) {
	var body struct {
		Data struct {
			Token string `json:"token"`
		} `json:"data"`
	}
	if err := json.Unmarshal(answer, &body); err != nil {
		return nil, domain.WrapError(domain.CodeUnavailable, "User-service answered something else.", err)
	}
	identity, err := i.verifier.VerifyIdentity(context.Background(), body.Data.Token)
	if err != nil {
		// A token of user-service that does not verify is a fault of ours, never the caller's.
		return nil, domain.WrapError(domain.CodeUnavailable, "The identity token cannot be used.", err)
	}
	if !said.fit(identity) {
		return nil, domain.NewError(domain.CodeUnavailable, "The identity token is for somebody else.")
	}
	return &known{identity: identity, token: body.Data.Token}, nil
}

// newIdentityCache returns the memory of identities.
func newIdentityCache() *lru.Cache[tokenKey, *known] {
	cache, _ := lru.New[tokenKey, *known](identityCacheSize) // fails only for sizes below 1
	return cache
}
