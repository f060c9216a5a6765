package gateway

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// download asks the service of the route for a file and passes it on while it arrives: it is never here as a whole.
func (x *exchange) download(params []string, query string) error {
	spec := x.route.spec
	upstream := x.g.upstreams[spec.Service]
	if upstream == nil {
		return unavailable(spec.Service, nil)
	}
	ctx, end := context.WithTimeout(context.Background(), spec.Deadline)
	response, err := x.askForFile(ctx, upstream, params, query) //nolint:bodyclose // the stream does
	if err != nil {
		end()
		return x.g.upstreamError(spec.Service, err)
	}
	stream := &downloadStream{
		x: x, body: response.Body, conn: x.c.Context().Conn(), patience: x.g.writeTimeout, end: end, left: response.ContentLength,
	}
	if response.StatusCode != spec.Status {
		defer stream.release()
		return x.refuseFile(response)
	}
	to := x.c.Response()
	to.SetStatusCode(spec.Status)
	to.Header.SetContentType(response.Header.Get(fiber.HeaderContentType))
	for _, name := range responseHeaders {
		if value := response.Header.Get(name); value != "" {
			to.Header.Set(name, value)
		}
	}
	to.Header.Set(fiber.HeaderContentSecurityPolicy, rest.ContentPolicy)
	if x.method == http.MethodHead {
		stream.release()
		to.SkipBody = true
		to.Header.SetContentLength(int(response.ContentLength))
		return nil
	}
	x.stream = stream
	to.SetBodyStream(stream, int(response.ContentLength))
	return nil
}

// askForFile sends the request for a file.
func (x *exchange) askForFile(ctx context.Context, upstream *Upstream, params []string, query string) (*http.Response, error) {
	spec := x.route.spec
	foreign := x.g.foreignGeneration && spec.Service == rest.Generation
	path, query := x.route.build(params), cleanQuery(query)
	if foreign && x.caller != nil {
		query = foreignQuery(query, x.caller.identity)
	}
	if query != "" {
		path += "?" + query
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+string(spec.Service)+path, nil)
	if err != nil {
		return nil, err
	}
	for _, name := range requestHeaders {
		if value := x.header(name); value != "" && name != fiber.HeaderContentType {
			request.Header.Set(name, value)
		}
	}
	request.Header.Set(fiber.HeaderXRequestID, x.requestID)
	if x.caller != nil && !foreign {
		request.Header.Set(fiber.HeaderAuthorization, "Bearer "+x.caller.token)
	}
	return upstream.stream(request)
}

// refuseFile answers with what a service answered in place of a file.
func (x *exchange) refuseFile(response *http.Response) error {
	service := x.route.spec.Service
	if response.StatusCode < http.StatusBadRequest {
		x.g.metrics.failures.WithLabelValues(string(service), "redirect").Inc()
		return domain.NewError(rest.CodeBadGateway, "")
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxRefusal))
	if err != nil {
		return x.g.upstreamError(service, err)
	}
	return x.passRefusal(&refusal{
		service, response.StatusCode, response.Header.Get(fiber.HeaderContentType), response.Header.Get(fiber.HeaderRetryAfter), body,
	})
}

// downloadStream is a file as the server sends it.
type downloadStream struct {
	x    *exchange
	body io.ReadCloser
	// conn is the connection to the client, which has patience for each part of the body.
	conn     net.Conn
	patience time.Duration
	// end stops the request.
	end context.CancelFunc
	// left is how many bytes there are yet. It is negative where the service has not said; then its answer ends itself, or is broken off.
	left   int64
	closed bool
}

// Read returns the next part of the body. Each has the time that another answer has as a whole.
func (s *downloadStream) Read(p []byte) (int, error) {
	n, err := s.body.Read(p)
	s.left -= int64(n)
	if deadlineErr := s.conn.SetWriteDeadline(time.Now().Add(s.patience)); err == nil {
		err = deadlineErr
	}
	if err == nil || err == io.EOF && s.left <= 0 { //nolint:errorlint // a failure may wrap it
		return n, err
	}
	s.x.failure = err
	// The server closes the connection before the end of the answer, and does not log what it knows as this.
	return n, io.ErrUnexpectedEOF
}

// release ends the request.
func (s *downloadStream) release() {
	s.end()
	_ = s.body.Close() // nothing is lost by it
}

// Close is called by the server when the body is sent, or cannot be.
func (s *downloadStream) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.release()
	if s.left > 0 && s.x.failure == nil {
		s.x.failure = errClientGone
	}
	s.x.record(s.x.route.spec.Status)
	return nil
}
