package gateway

import (
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// exchange is one request and its answer.
type exchange struct {
	g         *Gateway
	c         *fiber.Ctx
	began     time.Time
	requestID string
	method    string
	origin    string
	// route is nil until one is found, and for preflights.
	route *route
	// caller and token are set for people who are signed in.
	caller *known
	token  string
	// shown is the token that came, good or bad; it is looked for once. byCookie tells that it came in the cookie.
	shown    string
	byCookie bool
	// quotas and allowance are about rate limits; counted is set when the request was counted for its user.
	quotas    quotaSet
	allowance ports.Allowance
	counted   bool
	// bodyEnded is set when the body was read to its end, bodyBroken when it never will be.
	bodyEnded, bodyBroken bool
	// reserved is how much of the memory for bodies it has, in bytes.
	reserved int64
	// packed is set when the answer is as small as it gets.
	packed bool
	// stream is the body of the answer when it is sent while it arrives: that is after the exchange is finished.
	stream io.ReadCloser
	// failure is the error that was answered, or broke a stream off.
	failure error
}

// serve is the handler of every request.
func (g *Gateway) serve(c *fiber.Ctx) error {
	x := g.begin(c)
	if err := x.checkHead(); err != nil {
		x.refuse(err)
	} else if err := x.answer(); err != nil {
		x.fail(err)
	}
	x.finish()
	return nil
}

func (g *Gateway) begin(c *fiber.Ctx) *exchange {
	x := &exchange{g: g, c: c, began: time.Now()}
	x.method = string(c.Request().Header.Method())
	x.origin = x.header(fiber.HeaderOrigin)
	x.requestID = rest.RequestID(c)
	return x
}

// header returns a header of the request, as a copy: the bytes belong to the next request soon.
func (x *exchange) header(name string) string { return string(x.c.Request().Header.Peek(name)) }

func (x *exchange) answer() (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	path, query, ok := splitTarget(string(x.c.Request().Header.RequestURI()))
	if x.method == http.MethodOptions {
		return x.preflight(path) // on every path, "*" included
	}
	if !ok {
		return errNoRoute
	}
	if path == docsPath+"/" {
		path = docsPath // the one address that people type
	}
	place, params := x.g.table.find(path)
	if place == nil {
		return errNoRoute
	}
	method := x.method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if x.route = place.routes[method]; x.route == nil {
		x.c.Response().Header.Set(fiber.HeaderAllow, place.allow)
		return errNoMethod
	}
	if err := x.throttle(); err != nil {
		return err
	}
	if err := x.admit(); err != nil {
		return x.soften(err)
	}
	if err := x.throttleUser(); err != nil {
		return err
	}
	if x.route.own != nil {
		return x.route.own(x)
	}
	return x.forward(params, query)
}

// soften answers an empty list instead of a refusal, on the routes that do so for people outside the beta.
func (x *exchange) soften(err error) error {
	if !x.route.spec.EmptyFor(err) {
		return err
	}
	return rest.WriteEmptyList(x.c, x.route.spec)
}

// fail answers with an error.
func (x *exchange) fail(err error) {
	x.failure = err
	// The cause goes into the one line of the log that the request gets.
	_ = rest.WriteError(x.c, err, nil)
	switch {
	case x.route == nil:
	case x.route.spec.Session == rest.EndsSession,
		domain.CodeOf(err) == domain.CodeUnauthenticated && x.hasCookies():
		// A client that still believes to be signed in would go on asking.
		x.g.cookies.Expire(x.c)
	}
}

// hasCookies reports whether the client believes that it is signed in, or tried a session token. That an API token is no good
// says nothing of its cookies.
func (x *exchange) hasCookies() bool {
	if token := rest.BearerToken(x.c); token != "" {
		return !domain.IsAPIToken(token)
	}
	return len(x.cookies(rest.SessionCookie)) > 0 || len(x.cookies(rest.SignedInCookie)) > 0
}

// finish does what every answer gets.
func (x *exchange) finish() {
	if x.g.stopping != nil && x.g.stopping() {
		x.c.Context().SetConnectionClose()
	}
	x.discardBody()
	x.g.bodies.give(x.reserved)
	if head := headOf(x.c.Context()); head != nil {
		head.next()
	}
	x.c.Response().Header.Set(fiber.HeaderXRequestID, x.requestID)
	x.shareWithOrigin()
	x.secure()
	if x.stream != nil {
		return // it is recorded when it has ended
	}
	x.revalidate()
	x.compress()
	x.record(x.c.Response().StatusCode())
}

// json answers with a JSON text. The text must not change any more.
func (x *exchange) json(status int, text []byte) error {
	x.c.Response().SetBodyRaw(text)
	x.c.Response().Header.SetContentType(fiber.MIMEApplicationJSON)
	x.c.Status(status)
	return nil
}

const (
	pagePolicy = "default-src 'none'; frame-ancestors 'none'"
	hsts       = "max-age=31536000; includeSubDomains"
)

// secure sets the headers that make a browser careful. What a route has set itself stays.
func (x *exchange) secure() {
	header := &x.c.Response().Header
	header.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	header.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	if len(header.Peek(fiber.HeaderContentSecurityPolicy)) == 0 {
		header.Set(fiber.HeaderContentSecurityPolicy, pagePolicy)
	}
	if len(header.Peek(fiber.HeaderCacheControl)) == 0 {
		header.Set(fiber.HeaderCacheControl, "no-cache")
	}
	if !x.g.development {
		header.Set(fiber.HeaderStrictTransportSecurity, hsts)
	}
}

// minCompressed is the size of the smallest answer that is worth compressing, in bytes: it fits one packet otherwise.
const minCompressed = 1400

var compressor = fasthttp.CompressHandlerBrotliLevel(func(*fasthttp.RequestCtx) {}, fasthttp.CompressBrotliBestSpeed, fasthttp.CompressBestSpeed)

// compress makes the answer smaller in a way the client accepts. It leaves alone what is compressed already.
func (x *exchange) compress() {
	response := x.c.Response()
	if x.packed || len(response.Body()) < minCompressed || !compressible(string(response.Header.ContentType())) {
		return
	}
	compressor(x.c.Context())
}
