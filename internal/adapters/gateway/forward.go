package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// The headers that go through, and no others. Whatever tells who is calling, and whatever is about one connection only,
// ends here because it is not listed.
var (
	requestHeaders = []string{
		fiber.HeaderAccept, fiber.HeaderAcceptLanguage, fiber.HeaderContentType, "Idempotency-Key", fiber.HeaderUserAgent,
	}
	responseHeaders = []string{
		fiber.HeaderCacheControl, fiber.HeaderContentDisposition, fiber.HeaderContentEncoding, fiber.HeaderContentLanguage,
		fiber.HeaderETag, rest.IdempotencyReplayedHeader, fiber.HeaderLastModified, fiber.HeaderRetryAfter,
	}
)

// forward asks the service of the route and passes its answer on.
func (x *exchange) forward(params []string, query string) error {
	if x.route.spec.Streamed {
		return x.download(params, query)
	}
	service := x.route.spec.Service
	upstream := x.g.upstreams[service]
	if upstream == nil {
		return unavailable(service, nil)
	}
	body, err := x.body(x.route.spec.MaxBody)
	if err != nil {
		return err
	}
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	x.compose(request, x.route.build(params), cleanQuery(query), body)
	deadline := time.Now().Add(x.route.spec.Deadline)
	if err := upstream.do(request, response, !changes(x.method) || x.route.spec.Repeatable, deadline); err != nil {
		return x.g.upstreamError(service, err)
	}
	if status := response.StatusCode(); status < 200 || 300 <= status && status < 400 {
		// A service of ours never redirects, and where another one would send people is not for it to say.
		x.g.metrics.failures.WithLabelValues(string(service), "redirect").Inc()
		return domain.NewError(rest.CodeBadGateway, "")
	}
	refused := x.route.spec.Access >= rest.SignedIn && tellsNotSignedIn(response.StatusCode(), response.Body())
	x.pass(response)
	if (refused || x.route.spec.Session != rest.KeepsSession) && x.token != "" {
		// The session, or what the person may do, has just changed.
		x.g.identities.forget(x.token)
	}
	if refused && x.hasCookies() {
		x.g.cookies.Expire(x.c)
	}
	return nil
}

// tellsNotSignedIn reports whether an answer of a service means that who called is nobody. That a password was wrong, which
// some routes ask for again, does not.
func tellsNotSignedIn(status int, body []byte) bool {
	if status != http.StatusUnauthorized {
		return false
	}
	var failure struct {
		Code domain.Code `json:"code"`
	}
	return json.Unmarshal(body, &failure) != nil || failure.Code != domain.CodeBadCredentials
}

// compose writes the request for a service.
func (x *exchange) compose(request *fasthttp.Request, path, query string, body []byte) {
	foreign := x.g.foreignGeneration && x.route.spec.Service == rest.Generation
	if foreign && x.caller != nil {
		query = foreignQuery(query, x.caller.identity)
	}
	if query != "" {
		path += "?" + query
	}
	request.SetRequestURI(path)
	request.UseHostHeader = true
	request.Header.SetHost(string(x.route.spec.Service))
	// HEAD asks like GET, so that both have the same headers; the server leaves the body out.
	request.Header.SetMethod(x.route.spec.Method)
	incoming := &x.c.Request().Header
	for _, name := range requestHeaders {
		if value := incoming.Peek(name); len(value) > 0 {
			request.Header.SetBytesV(name, value)
		}
	}
	request.Header.Set(fiber.HeaderXRequestID, x.requestID)
	if x.caller != nil && !foreign {
		request.Header.Set(fiber.HeaderAuthorization, "Bearer "+x.caller.token)
	}
	if x.route.spec.WantsClient && !foreign {
		x.tellClient(request.Header.Set)
	}
	if changes(x.method) {
		request.SetBodyRaw(body)
	}
}

// tellClient sets the headers that tell a service where the call comes from, with what makes it believe that.
func (x *exchange) tellClient(set func(name, value string)) {
	address := x.g.clientAddress(x.c.Context())
	if !address.IsValid() || x.g.identities.credential == "" {
		return
	}
	set(rest.ClientAddressHeader, address.Unmap().WithZone("").String())
	set(rest.ServiceTokenHeader, x.g.identities.credential)
}

// pass copies an answer of a service.
func (x *exchange) pass(from *fasthttp.Response) {
	to := x.c.Response()
	to.SetStatusCode(from.StatusCode())
	if kind := from.Header.ContentType(); len(kind) > 0 {
		to.Header.SetContentTypeBytes(kind)
	}
	for _, name := range responseHeaders {
		if value := from.Header.Peek(name); len(value) > 0 {
			to.Header.SetBytesV(name, value)
		}
	}
	if x.route.spec.Session != rest.KeepsSession {
		from.Header.VisitAllCookie(func(_, cookie []byte) {
			to.Header.AddBytesV(fiber.HeaderSetCookie, cookie)
		})
	}
	if spec := x.route.spec; spec.Produces != "" && from.StatusCode() == spec.Status && string(from.Header.ContentType()) == spec.Produces {
		to.Header.Set(fiber.HeaderContentSecurityPolicy, rest.ContentPolicy)
	}
	// The body changes hands, it is not copied.
	to.SwapBody(from.SwapBody(nil))
}

// upstreamError tells what became of a request that a service did not answer.
func (g *Gateway) upstreamError(service rest.Service, err error) error {
	var dial *dialError
	kind, failure := "broken", domain.WrapError(rest.CodeBadGateway, "", err)
	switch {
	case errors.As(err, &dial):
		kind, failure = "refused", unavailable(service, err)
	case errors.Is(err, errNotSent), errors.Is(err, fasthttp.ErrNoFreeConns):
		kind, failure = "busy", unavailable(service, err)
	case isTimeout(err):
		kind, failure = "timeout", domain.WrapError(rest.CodeTimeout, "", err)
	}
	g.metrics.failures.WithLabelValues(string(service), kind).Inc()
	return failure
}

// unavailable is the error for a service that cannot be reached. Clients know card generation by its own code.
func unavailable(service rest.Service, cause error) *domain.Error {
	if service == rest.Generation {
		return domain.WrapError(rest.CodeGenerationUnavailable, "", cause)
	}
	return domain.WrapError(domain.CodeUnavailable, "", cause)
}
