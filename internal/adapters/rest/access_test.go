package rest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// scoped returns a route with access and a scope that answers the caller's id.
func scoped(path string, access rest.Access, scope domain.Scope) rest.Endpoint {
	return rest.Route(with(spec("GET", path), func(s *rest.Spec) { s.Access, s.Scope = access, scope }),
		func(_ context.Context, caller domain.Identity, _ rest.Empty) (domain.UserID, error) {
			return caller.User, nil
		})
}

func TestAPITokens(t *testing.T) {
	app, _ := serve(
		scoped("/anyone", rest.Anyone, ""), scoped("/optional", rest.Optional, ""), scoped("/unscoped", rest.SignedIn, ""),
		scoped("/read", rest.SignedIn, domain.ScopeDecksRead), scoped("/write", rest.Verified, domain.ScopeDecksWrite),
	)
	reader := []string{"Authorization", "Bearer reading-program"}
	keep(t, app, []promise{
		{name: "may call what anyone may", method: "GET", target: "/anyone", headers: reader, status: 200},
		{name: "are nobody where a session is optional", method: "GET", target: "/optional", headers: reader, status: 200, lacks: []string{"u4"}},
		{name: "reach as far as their scopes", method: "GET", target: "/read", headers: reader, status: 200, contains: []string{"u4"}},
		{
			name:   "do not reach further",
			method: "GET", target: "/write", headers: reader,
			status: 403, contains: []string{`"missing_scope"`, "This API token does not allow this. It needs the scope decks:write."},
		},
		{
			name:   "do not reach what needs no scope",
			method: "GET", target: "/unscoped", headers: reader,
			status: 403, contains: []string{`"missing_scope"`, "This cannot be done with an API token. Sign in to do this."},
		},
		{
			name:   "of people who may not call do not help",
			method: "GET", target: "/write", headers: []string{"Authorization", "Bearer unverified-program"},
			status: 403, contains: []string{`"email_not_verified"`},
		},
		{
			name:   "are not what a session is: that reaches everywhere",
			method: "GET", target: "/write", headers: []string{"Authorization", "Bearer verified"},
			status: 200, contains: []string{"u2"},
		},
	})
}

func TestRetryAfter(t *testing.T) {
	wait := func(code domain.Code, after time.Duration) error {
		return &domain.Error{Code: code, RetryAfter: after}
	}
	capitals := with(spec("GET", "/capitals"), func(s *rest.Spec) { s.CapitalFields = true })
	app, _ := serve(
		failing("/429", wait(domain.CodeTooManyAttempts, 1500*time.Millisecond)), failing("/none", wait(domain.CodeTooManyAttempts, 0)),
		failing("/503", wait(domain.CodeBusy, time.Minute)), failing("/409", wait(domain.CodeInProgress, time.Nanosecond)),
		failing("/wrapped", errors.Join(errors.New(secretCause), wait(domain.CodeTooManyAttempts, 2*time.Second))),
		rest.Route(capitals, func(context.Context, domain.Identity, rest.Empty) (rest.Empty, error) {
			return rest.Empty{}, &domain.Error{Code: domain.CodeInvalid, RetryAfter: time.Second, Fields: []domain.FieldError{{Field: "a"}}}
		}),
	)
	for _, p := range []struct {
		name, target string
		status       int
		after        string
	}{
		{"is in whole seconds, rounded up", "/429", 429, "2"},
		{"is left out where nobody knows", "/none", 429, ""},
		{"is what the error says", "/503", 503, "60"},
		{"is on every failure that has one", "/409", 409, "1"},
		{"is found in wrapped errors", "/wrapped", 429, "2"},
		{"stays where fields are written with capitals", "/capitals", 400, "1"},
	} {
		t.Run(p.name, func(t *testing.T) {
			got := call(t, app, "GET", p.target, "")
			require.Equal(t, p.status, got.StatusCode)
			require.Equal(t, p.after, got.Header.Get(fiber.HeaderRetryAfter))
		})
	}
}
