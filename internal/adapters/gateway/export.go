package gateway

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// maxExports is how many exports there are at once, each of another person.
	maxExports = 8
	// exportTimeout bounds an export as a whole. Each service has ten minutes for its part.
	exportTimeout = 30 * time.Minute
	// exportRetryAfter is when to try again while there are too many.
	exportRetryAfter = 10 * time.Second
	exportName       = "spacey-export.ndjson"
	statusOfExport   = http.StatusOK
)

var (
	errManyExports = &domain.Error{
		Code: domain.CodeBusy, Message: "Too many exports at once; try again later.", RetryAfter: exportRetryAfter,
	}
	errSecondExport = &domain.Error{
		Code: rest.CodeRateLimited, Message: "Another export of your data is under way; try again when it has ended.", RetryAfter: exportRetryAfter,
	}
)

// exportSpec declares the route of exports. It is the gateway's own: no service has all that is stored of a person.
func exportSpec() rest.Spec {
	return rest.Spec{
		Method: http.MethodGet, Path: "/user/export", Service: rest.Gateway, Access: rest.SignedIn, Throttled: true,
		Produces: rest.NDJSON, Status: statusOfExport, Summary: "Export everything that is stored of you",
		Description: "Each line is a JSON object whose `type` says what it is. The last one is `{\"type\": \"end\", \"lines\": 123}`, with the " +
			"number of lines before it: without it the export is not whole, and its connection was broken off.",
		Fails: []domain.Code{rest.CodeRateLimited, domain.CodeUnavailable, domain.CodeBusy, rest.CodeBadGateway, rest.CodeTimeout},
	}
}

// exports are the exports that are under way.
type exports struct {
	mu     sync.Mutex
	people map[domain.UserID]bool
}

// enter takes a place for a person's export. Each has one at most, so that nobody shuts the others out.
func (e *exports) enter(person domain.UserID) (leave func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.people[person]:
		return nil, errSecondExport
	case len(e.people) >= maxExports:
		return nil, errManyExports
	case e.people == nil:
		e.people = make(map[domain.UserID]bool, maxExports)
	}
	e.people[person] = true
	return sync.OnceFunc(func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.people, person)
	}), nil
}

// export answers with all that is stored of the caller. HEAD asks no service: it exports nothing, and none is to note that
// it does.
func (x *exchange) export() error {
	if x.method == http.MethodHead {
		x.headExport()
		return nil
	}
	leave, err := x.g.exports.enter(x.caller.identity.User)
	if err != nil {
		return err
	}
	stream := x.newExportStream(leave)
	defer func() {
		if x.stream == nil {
			stream.release()
		}
	}()
	if err := stream.begin(); err != nil {
		var refused *refusal
		if errors.As(err, &refused) {
			return x.passRefusal(refused)
		}
		return err
	}
	x.headExport()
	x.stream = stream
	x.c.Response().SetBodyStream(stream, -1)
	return nil
}

// headExport sets the headers of an export.
func (x *exchange) headExport() {
	response := x.c.Response()
	response.SetStatusCode(statusOfExport)
	response.Header.SetContentType(rest.NDJSON)
	response.Header.Set(fiber.HeaderContentDisposition, `attachment; filename="`+exportName+`"`)
	response.Header.Set(fiber.HeaderCacheControl, "no-store")
	response.Header.SetContentLength(-1) // nobody knows it beforehand
}

func (x *exchange) newExportStream(leave func()) *exportStream {
	told := http.Header{}
	x.tellClient(told.Set)
	ctx, end := context.WithTimeout(context.Background(), exportTimeout)
	return &exportStream{
		x: x, conn: x.c.Context().Conn(), patience: x.g.writeTimeout, end: end, leave: leave,
		source: &exportSource{
			g: x.g, ctx: ctx, accessToken: x.shown, requestID: x.requestID, userAgent: x.header(fiber.HeaderUserAgent),
			told: told, left: x.g.exportParts(),
		},
	}
}

// passRefusal answers with the failure that a service answered with.
func (x *exchange) passRefusal(from *refusal) error {
	x.failure = from
	response := x.c.Response()
	response.SetStatusCode(from.status)
	response.Header.SetContentType(from.mediaType)
	if from.retryAfter != "" {
		response.Header.Set(fiber.HeaderRetryAfter, from.retryAfter)
	}
	response.SetBody(from.body)
	if tellsNotSignedIn(from.status, from.body) {
		x.g.identities.forget(x.token)
		if x.hasCookies() {
			x.g.cookies.Expire(x.c)
		}
	}
	return nil
}
