package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// exportPart is where a part of what is stored of a person comes from.
type exportPart struct {
	service rest.Service
	path    string
}

// exportParts returns all parts, in the order in which they are exported. Their routes are Hidden. A card-generation-service that is
// not ours has none.
func (g *Gateway) exportParts() []exportPart {
	parts := []exportPart{{rest.Users, "/export/account"}, {rest.Decks, "/export/decks"}, {rest.Learning, "/export/learning"}}
	if g.upstreams[rest.Generation] != nil && !g.foreignGeneration {
		parts = append(parts, exportPart{rest.Generation, "/export/generation"})
	}
	return parts
}

// maxRefusal is how much of a failure that a service answers with is passed on, in bytes.
const maxRefusal = 64 << 10

var errWithinLine = errors.New("the answer ends within a line")

// refusal is a failure that a service answered with.
type refusal struct {
	service               rest.Service
	status                int
	mediaType, retryAfter string
	body                  []byte
}

// Error says which service it was.
func (r *refusal) Error() string { return fmt.Sprintf("%s answered %d", r.service, r.status) }

// exportSource is the text of an export: what the services answer, one after the other, and a last line that tells that
// nothing is missing. It holds no more of it than what is read at once.
type exportSource struct {
	g *Gateway
	// ctx ends the requests.
	ctx context.Context //nolint:containedctx // it is that of all reads
	// accessToken is what the client showed.
	accessToken, requestID, userAgent string
	// told is what services that want it are told of the client.
	told http.Header
	// left are the parts to come. body is the present one, of service, and nil between two.
	left    []exportPart
	body    io.ReadCloser
	service rest.Service
	// lines is how many lines there were. within is set while one has no end yet.
	lines  int
	within bool
	// last is what is left of the last line, once ended is set.
	last  []byte
	ended bool
}

// Read returns the next part of the text. Its errors are those that requests are answered with.
func (s *exportSource) Read(p []byte) (int, error) {
	for !s.ended {
		if s.body == nil {
			if err := s.advance(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := s.body.Read(p)
		if n > 0 {
			s.lines += bytes.Count(p[:n], []byte{'\n'})
			s.within = p[n-1] != '\n'
			return n, nil
		}
		if err != nil {
			if err = s.endPart(err); err != nil {
				return 0, err
			}
		}
	}
	if len(s.last) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.last)
	s.last = s.last[n:]
	return n, nil
}

// endPart ends a part that cannot be read any further.
func (s *exportSource) endPart(err error) error {
	if err == io.EOF && s.within { //nolint:errorlint // a failure may wrap it
		err = errWithinLine
	}
	if err != io.EOF { //nolint:errorlint // a failure may wrap it
		return s.g.upstreamError(s.service, err)
	}
	s.Close()
	return nil
}

// Close ends the request of the present part.
func (s *exportSource) Close() {
	if s.body != nil {
		_ = s.body.Close() // nothing is lost by it
		s.body = nil
	}
}

// advance asks for the next part, or makes the last line. Who is calling is looked up for each: an identity token may expire
// while the part before is read, and a session may end.
func (s *exportSource) advance() error {
	if len(s.left) == 0 {
		s.ended = true
		s.last = fmt.Appendf(nil, `{"type":"end","lines":%d}`+"\n", s.lines)
		return nil
	}
	part := s.left[0]
	s.left, s.service = s.left[1:], part.service
	caller, err := s.g.identities.identify(s.ctx, s.accessToken)
	if err != nil {
		return err
	}
	upstream := s.g.upstreams[part.service]
	if upstream == nil {
		return unavailable(part.service, nil)
	}
	request, err := http.NewRequestWithContext(s.ctx, http.MethodGet, "http://"+string(part.service)+part.path, nil)
	if err != nil {
		return domain.WrapError(domain.CodeInternal, "", err)
	}
	request.Header.Set(fiber.HeaderAccept, rest.NDJSON)
	request.Header.Set(fiber.HeaderAuthorization, "Bearer "+caller.token)
	request.Header.Set(fiber.HeaderXRequestID, s.requestID)
	request.Header.Set(fiber.HeaderUserAgent, s.userAgent)
	if s.g.hidden[part.path].WantsClient {
		maps.Copy(request.Header, s.told)
	}
	response, err := upstream.stream(request) //nolint:bodyclose // Close does
	if err != nil {
		return s.g.upstreamError(part.service, err)
	}
	s.body = response.Body
	return s.check(response)
}

// check says what is wrong with an answer besides its text.
func (s *exportSource) check(response *http.Response) error {
	if response.StatusCode == http.StatusOK && response.Header.Get(fiber.HeaderContentType) == rest.NDJSON {
		return nil
	}
	if response.StatusCode < http.StatusBadRequest {
		s.g.metrics.failures.WithLabelValues(string(s.service), "redirect").Inc()
		return domain.NewError(rest.CodeBadGateway, "")
	}
	body, err := io.ReadAll(io.LimitReader(s.body, maxRefusal))
	if err != nil {
		return s.g.upstreamError(s.service, err)
	}
	return &refusal{
		s.service, response.StatusCode, response.Header.Get(fiber.HeaderContentType), response.Header.Get(fiber.HeaderRetryAfter), body,
	}
}
