// Package gateway is the one public process: it decides what reaches a service, and as whom.
package gateway

import (
	"context"
	"log/slog"
	"math"
	"net/netip"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Options is what a gateway is made of.
type Options struct {
	// Endpoints are the declarations of all services. Those with rest.Internal, and those that are Hidden, are left out.
	Endpoints []rest.Endpoint
	// Upstreams are the services. Routes of a service that is missing answer 503.
	Upstreams map[rest.Service]*Upstream
	// ForeignGeneration tells that the generation service is not ours: it is told who calls in the query string.
	ForeignGeneration bool
	// Sessions checks session tokens, Identities the identity tokens that user-service gives for them.
	Sessions   ports.SessionVerifier
	Identities ports.IdentityVerifier
	// ServiceToken is the credential for user-service's internal routes.
	ServiceToken string
	Cookies      rest.Cookies
	// Origins are the web origins that may call; nil is none.
	Origins *Origins
	// UserRateLimit is how many requests a minute one client address has for all throttled routes, APIRateLimit how many one
	// person has for all routes, and ten times as many all people of one address together; zero is no limit.
	UserRateLimit, APIRateLimit int
	// Limiter counts them for this gateway and others. While it fails, or takes longer than LimiterPatience, and when it is
	// nil, they are counted in memory. The zero LimiterPatience is 50 ms.
	Limiter         ports.RateLimiter
	LimiterPatience time.Duration
	// ClientAddress tells the address of the client; nil takes the other end of the connection.
	ClientAddress func(*fasthttp.RequestCtx) netip.Addr
	Logger        *slog.Logger
	Clock         ports.Clock
	// Metrics is where the figures are registered; nil registers nowhere.
	Metrics prometheus.Registerer
	// Ready tells whether requests should come here; nil is always.
	Ready func(ctx context.Context) error
	// Stopping tells that the process is about to stop; nil is never. From then on each answer closes its connection.
	Stopping func() bool
	// Development leaves out what only makes sense on https.
	Development bool
	// MaxConnections caps the connections, of one client address at a quarter of it; zero is DefaultMaxConnections.
	MaxConnections int
	// TrustedProxies are the networks of proxies, for whose connections there is no cap besides that for all.
	TrustedProxies []netip.Prefix
	// WriteTimeout is how long a client may take to read an answer, or a part of an export; zero is 30 seconds.
	WriteTimeout time.Duration
}

// Limits of the server.
const (
	// DefaultMaxConnections is how many clients are connected at most. Each has a read buffer of its own, so that is up
	// to 256 MiB of address space; only the part that requests fill is memory.
	DefaultMaxConnections = 1024
	// readBuffer holds the address and the headers of a request: the study page sends 5,000 card ids in the address.
	readBuffer    = 256 << 10
	headerTimeout = 15 * time.Second
	// defaultWriteTimeout is WriteTimeout, where Options do not say.
	defaultWriteTimeout = 30 * time.Second
	idleTimeout         = 30 * time.Second
)

// Gateway routes requests to the services.
type Gateway struct {
	// App listens and serves; its owner shuts it down.
	App *fiber.App

	table table
	// hidden are the routes that are for the gateway itself, by path.
	hidden            map[string]rest.Spec
	upstreams         map[rest.Service]*Upstream
	foreignGeneration bool
	identities        *identities
	cookies           rest.Cookies
	origins           *Origins
	limits            limits
	bodies            budget
	exports           exports
	writeTimeout      time.Duration
	crowd             crowd
	clientAddress     func(*fasthttp.RequestCtx) netip.Addr
	logger            *slog.Logger
	metrics           *metrics
	ready             func(ctx context.Context) error
	stopping          func() bool
	development       bool
}

// New returns a gateway. It fails when a route is declared twice, when the document cannot be made, or when the metrics
// are registered already.
func New(o Options) (*Gateway, error) {
	o = o.withDefaults()
	g := &Gateway{
		upstreams: o.Upstreams, foreignGeneration: o.ForeignGeneration, cookies: o.Cookies, origins: o.Origins,
		clientAddress: o.ClientAddress, logger: o.Logger, ready: o.Ready, stopping: o.Stopping, development: o.Development,
		writeTimeout: o.WriteTimeout, hidden: make(map[string]rest.Spec),
		identities: &identities{
			sessions: o.Sessions, verifier: o.Identities, users: o.Upstreams[rest.Users], credential: o.ServiceToken,
			clock: o.Clock, logger: o.Logger, cache: newIdentityCache(),
		},
	}
	var err error
	if g.metrics, err = newMetrics(o.Metrics); err != nil {
		return nil, err
	}
	g.crowd = crowd{most: max(1, o.MaxConnections/connectionsShare), exempt: o.TrustedProxies, refused: g.metrics.refused}
	if err = g.fillTable(o.Endpoints); err != nil {
		return nil, err
	}
	if g.limits, err = g.newLimits(o); err != nil {
		return nil, err
	}
	g.App = g.newApp(o.MaxConnections)
	return g, nil
}

func (o Options) withDefaults() Options {
	if o.ClientAddress == nil {
		o.ClientAddress = remoteAddress
	}
	if o.Origins == nil {
		o.Origins = NewOrigins(nil, "", false)
	}
	if o.MaxConnections <= 0 {
		o.MaxConnections = DefaultMaxConnections
	}
	if o.WriteTimeout <= 0 {
		o.WriteTimeout = defaultWriteTimeout
	}
	return o
}

// newLimits returns the limits, and registers the figures of a limiter that is shared.
func (g *Gateway) newLimits(o Options) (limits, error) {
	memory := newMemoryLimiter(o.Clock)
	l := limits{throttled: o.UserRateLimit, user: o.APIRateLimit, limiter: memory}
	if o.Limiter == nil {
		return l, nil
	}
	patience := o.LimiterPatience
	if patience <= 0 {
		patience = sharedPatience
	}
	l.limiter = &sharedLimiter{
		shared: o.Limiter, memory: memory, patience: patience, clock: o.Clock, logger: o.Logger, metrics: g.metrics,
	}
	return l, g.metrics.registerShared(o.Metrics)
}

// Close ends what runs behind the gateway. Call it after the app is shut down.
func (g *Gateway) Close() error {
	for _, upstream := range g.upstreams {
		upstream.Close()
	}
	return nil
}

func (g *Gateway) newApp(maxConnections int) *fiber.App {
	app := fiber.New(fiber.Config{
		AppName: "spacey", DisableStartupMessage: true, Immutable: true,
		Concurrency: maxConnections, ReadBufferSize: readBuffer,
		ReadTimeout: headerTimeout, WriteTimeout: g.writeTimeout, IdleTimeout: idleTimeout,
		// Bodies are read by the limit of their route. ReduceMemoryUsage must stay off with this: it gives the read buffer
		// to another connection while a body is still being read from it.
		StreamRequestBody: true, BodyLimit: math.MaxInt32, DisablePreParseMultipartForm: true, ReduceMemoryUsage: false,
		ErrorHandler: g.unreadable,
	})
	app.Use(g.serve)
	server := app.Server()
	server.CloseOnShutdown = true
	// What is no request is not quoted: neither in the log, nor by copying 256 KiB of it to do so.
	server.SecureErrorLogMessage = true
	known := server.Handler
	server.Handler = func(ctx *fasthttp.RequestCtx) {
		if methodLabel(string(ctx.Method())) != "other" {
			known(ctx)
			return
		}
		// Fiber would answer an unknown method in its own words.
		c := app.AcquireCtx(ctx)
		defer app.ReleaseCtx(c)
		_ = g.serve(c) // never fails
	}
	return app
}

// unreadable answers what could not be read as a request.
func (g *Gateway) unreadable(c *fiber.Ctx, err error) error {
	x := g.begin(c)
	if head := headOf(c.Context()); head != nil && head.refusal != nil {
		x.refuse(head.refusal)
	} else {
		x.refuse(domain.WrapError(codeUnreadable(err), "", err))
	}
	x.finish()
	return nil
}

// info is what the OpenAPI document says of itself.
var info = rest.Info{
	Title: "spacey", Version: "2.0.0",
	Description: "Spaced repetition: decks and cards, what to learn now, and how well it is known.\n\n" +
		"What is null in a request counts as left out, where nothing else is said of the field. Fields that are not named here are ignored.",
}

func (g *Gateway) fillTable(endpoints []rest.Endpoint) error {
	document, err := rest.OpenAPI(endpoints, info)
	if err != nil {
		return domain.WrapError(domain.CodeInternal, "The OpenAPI document cannot be made.", err)
	}
	routes := g.ownRoutes(document)
	for _, endpoint := range endpoints {
		switch spec := endpoint.Spec; {
		case spec.Hidden:
			g.hidden[spec.Path] = spec
		case spec.Access != rest.Internal && spec.Service != rest.Gateway:
			routes = append(routes, &route{spec: spec})
		}
	}
	for _, r := range routes {
		if err := g.table.add(r); err != nil {
			return err
		}
	}
	return nil
}
