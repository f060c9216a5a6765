package rest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Limits of a server. A read buffer holds the request line and the headers, one for each busy connection.
const (
	// LongQueryBuffer is the read buffer, in bytes, where a query may hold thousands of ids: 5,000 of them need 205 KB.
	LongQueryBuffer = 256 << 10
	readBuffer      = 16 << 10
	readTimeout     = 30 * time.Second
	writeTimeout    = 30 * time.Second
	idleTimeout     = 90 * time.Second
	readyTimeout    = 2 * time.Second
)

// ServerOptions is what a server of endpoints needs.
type ServerOptions struct {
	Logger *slog.Logger
	// Verifier checks identity tokens. It may be nil where no route looks for an identity.
	Verifier ports.IdentityVerifier
	Cookies  Cookies
	// ServiceToken is the credential of Internal routes; while it is empty they are closed.
	ServiceToken string
	// Ready says why the service cannot work now; nil is ready. Without it the service always is.
	Ready func(ctx context.Context) error
	// Stopping reports that the process is about to stop; nil is never. From then on each answer closes its connection,
	// so that none is idle, and cut off while a request is on its way, when the server stops.
	Stopping func() bool
	// Idempotency keeps the answers to requests with an Idempotency-Key. Without it the header is ignored.
	Idempotency ports.Idempotency
	// Clock is needed for Idempotency only.
	Clock ports.Clock
	// MaxConnections is how many connections are served at once; zero is fiber's default.
	MaxConnections int
}

type server struct{ options ServerOptions }

// panicError is a panic of a handler.
type panicError struct {
	value any
	stack []byte
}

// Error says what the panic said.
func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// NewServer returns the app that serves endpoints behind the gateway, with /healthz and /readyz.
func NewServer(options ServerOptions, endpoints ...Endpoint) *fiber.App {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	s := &server{options}
	app := fiber.New(s.config(endpoints))
	app.Use(identifyRequest, s.leave, Recover)
	app.Get("/healthz", s.health)
	app.Get("/readyz", s.ready)
	for _, e := range InRoutingOrder(endpoints) {
		handler := s.handler(e)
		app.Add(e.Spec.Method, e.Spec.RouterPath(), handler)
		if e.Spec.Method == http.MethodGet {
			app.Add(http.MethodHead, e.Spec.RouterPath(), handler)
		}
	}
	return app
}

func (s *server) config(endpoints []Endpoint) fiber.Config {
	maxBody, buffer := int64(DefaultMaxBody), readBuffer
	for _, e := range endpoints {
		maxBody = max(maxBody, e.Spec.MaxBody)
		if e.HasQueryList() {
			buffer = LongQueryBuffer
		}
	}
	return fiber.Config{
		AppName: "spacey", DisableStartupMessage: true,
		// Without it, texts of a request are overwritten by the next one.
		Immutable: true, CaseSensitive: true,
		BodyLimit: int(maxBody), ReadBufferSize: buffer, Concurrency: s.options.MaxConnections,
		// Idle connections give their buffers back.
		ReduceMemoryUsage: true, DisablePreParseMultipartForm: true,
		ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		ErrorHandler: ErrorHandler(s.options.Logger),
	}
}

// InRoutingOrder returns the endpoints so that a router that takes the first match finds the right one:
// "/decks/public" is before "/decks/{id}".
func InRoutingOrder(endpoints []Endpoint) []Endpoint {
	sorted := slices.Clone(endpoints)
	slices.SortStableFunc(sorted, func(a, b Endpoint) int {
		return slices.CompareFunc(strings.Split(a.Spec.Path, "/"), strings.Split(b.Spec.Path, "/"), func(x, y string) int {
			xVaries, yVaries := strings.HasPrefix(x, "{"), strings.HasPrefix(y, "{")
			switch {
			case xVaries && yVaries:
				return 0
			case xVaries:
				return 1
			case yVaries:
				return -1
			default:
				return strings.Compare(x, y)
			}
		})
	})
	return sorted
}

func identifyRequest(c *fiber.Ctx) error {
	c.Set(fiber.HeaderXRequestID, RequestID(c))
	return c.Next()
}

// leave closes the connection after the answer when the process is about to stop.
func (s *server) leave(c *fiber.Ctx) error {
	if s.options.Stopping != nil && s.options.Stopping() {
		c.Context().SetConnectionClose()
	}
	return c.Next()
}

// Recover is a middleware that turns a panic into an error, for the error handler to log and to hide.
func Recover(c *fiber.Ctx) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value, debug.Stack()}
		}
	}()
	return c.Next()
}

// requestContext returns the context of a request's work. fiber's own never ends and must not be used after the answer.
func requestContext(deadline time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), deadline)
}

// handler returns what the router calls for an endpoint.
func (s *server) handler(e Endpoint) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if e.Spec.Session == EndsSession {
			s.options.Cookies.Expire(c)
		}
		ctx, cancel := requestContext(e.Spec.Deadline)
		defer cancel()
		caller, err := s.identify(ctx, c, e.Spec)
		if e.Spec.EmptyFor(err) {
			return WriteEmptyList(c, e.Spec)
		}
		if err != nil {
			return err
		}
		if e.Spec.WantsClient {
			ctx = context.WithValue(ctx, clientKey, s.clientOf(c))
		}
		if e.Spec.PassesIdentity {
			ctx = context.WithValue(ctx, identityTokenKey, BearerToken(c))
		}
		key, err := s.keyOf(c, e.Spec)
		if err != nil {
			return err
		}
		do := func(ctx context.Context) error { return s.answer(ctx, c, e, caller) }
		if key != "" {
			return s.once(ctx, c, e.Spec, caller.User, key, do)
		}
		return do(ctx)
	}
}

// answer calls the handler of an endpoint and answers with what it returns.
func (s *server) answer(ctx context.Context, c *fiber.Ctx, e Endpoint, caller domain.Identity) error {
	response, err := e.serve(ctx, caller, c)
	if err != nil {
		return e.Spec.present(ctx, err)
	}
	if e.Spec.Session == LeavesSession {
		s.options.Cookies.Expire(c)
	}
	if starter, ok := response.(sessionStarter); ok && e.Spec.Session == StartsSession {
		s.options.Cookies.Set(c, starter.SessionToken())
	}
	if stream, ok := response.(*Stream); ok {
		return s.writeStream(ctx, c, e.Spec, *stream)
	}
	if download, ok := response.(*Download); ok {
		return s.writeDownload(ctx, c, e.Spec, *download)
	}
	return WriteSuccess(c, e.Spec, response)
}

// present prepares the error of a handler for its client. A call that failed since its own time was up is a timeout,
// whatever storage made of it.
func (s Spec) present(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.DeadlineExceeded) {
		return domain.WrapError(CodeTimeout, "", err)
	}
	if s.CapitalFields {
		return capitalFields(err)
	}
	return err
}

func (s *server) health(c *fiber.Ctx) error {
	return writeJSON(c, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *server) ready(c *fiber.Ctx) error {
	if s.options.Ready != nil {
		ctx, cancel := requestContext(readyTimeout)
		defer cancel()
		if err := s.options.Ready(ctx); err != nil {
			return domain.WrapError(domain.CodeUnavailable, "The service is not ready.", err)
		}
	}
	return writeJSON(c, http.StatusOK, map[string]string{"status": "ready"})
}
