package graph

import (
	"context"
	"fmt"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/gateway"
	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
	"github.com/moshrank/spacey-backend/internal/adapters/redis"
	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/configapi"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/deckapi"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/generationapi"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/learningapi"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/userapi"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Gateway is the API gateway, ready to listen.
type Gateway struct{ Server process.Server }

// Endpoints returns the declarations of the routes of all services, those of the gateway included.
func Endpoints() []rest.Endpoint {
	return slices.Concat(
		gateway.Endpoints(), userapi.Routes(nil, nil), configapi.Routes(nil), deckapi.Routes(nil), learningapi.Routes(nil, nil),
		generationapi.Routes(nil, nil, nil),
	)
}

// newLimiter returns the limiter that gateways share, nil when there is none.
func newLimiter(o Common) (limiter ports.RateLimiter, closeLimiter func(), err error) {
	if o.Config.RateLimitRedisURL == "" {
		return nil, func() {}, nil
	}
	shared, err := redis.Open(o.Config.RateLimitRedisURL)
	if err != nil {
		return nil, nil, fmt.Errorf("RATE_LIMIT_REDIS_URL: %w", err)
	}
	return shared, func() {
		if err := shared.Close(); err != nil {
			o.Logger.Error("closing the connections to Redis", "error", err)
		}
	}, nil
}

// NewGateway builds the gateway.
func NewGateway(ctx context.Context, o Common, sessions *jwt.Verifier, identities ports.IdentityVerifier, clock ports.Clock,
	registry *prometheus.Registry) (*Gateway, func(), error) {
	listener, err := o.Network.Listen(ctx, rest.Gateway)
	if err != nil {
		return nil, nil, err
	}
	upstreams := map[rest.Service]*gateway.Upstream{}
	for _, service := range []rest.Service{rest.Users, rest.Configs, rest.Decks, rest.Learning, rest.Generation} {
		if upstream := o.Network.Upstream(service); upstream != nil {
			upstreams[service] = upstream
		}
	}
	limiter, closeLimiter, err := newLimiter(o)
	if err != nil {
		return nil, nil, err
	}
	g, err := gateway.New(gateway.Options{
		Endpoints: Endpoints(), Upstreams: upstreams, ForeignGeneration: o.Config.ForeignGeneration(),
		Sessions: sessions, Identities: identities, ServiceToken: o.Config.ServiceToken, Cookies: o.Cookies,
		Origins:       gateway.NewOrigins(o.Config.CORSOrigins, o.Config.Domain, !o.Config.Production()),
		UserRateLimit: o.Config.UserRateLimit, APIRateLimit: o.Config.APIRateLimit, Limiter: limiter,
		Logger: o.Logger, Clock: clock, Metrics: registry, Ready: o.Gate.Ready, Stopping: o.Gate.Closed,
		Development: !o.Config.Production(), ClientAddress: gateway.ClientAddress(o.Config.Proxies()), TrustedProxies: o.Config.Proxies(),
	})
	if err != nil {
		closeLimiter()
		return nil, nil, err
	}
	closeGateway := func() {
		if err := g.Close(); err != nil {
			o.Logger.Error("closing the gateway", "error", err)
		}
		closeLimiter()
	}
	return &Gateway{process.Server{Name: string(rest.Gateway), App: g.App, Listener: g.Listener(listener)}}, closeGateway, nil
}
