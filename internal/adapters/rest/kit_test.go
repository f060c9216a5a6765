package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	deckID       = "0198f0a0-0000-7000-8000-00000000000a"
	otherID      = "0198f0a0-0000-7000-8000-00000000000b"
	serviceToken = "service-credential"
	secretCause  = "dial tcp 10.1.2.3:27017: password=hunter2"
)

// identities are the identity tokens that the verifier of the tests knows.
var identities = map[string]domain.Identity{
	"unverified": {User: "u1"},
	"verified":   {User: "u2", EmailVerified: true},
	"beta":       {User: "u3", EmailVerified: true, Beta: true},

	"reading-program":    {User: "u4", EmailVerified: true, Token: "t1", Scopes: []domain.Scope{domain.ScopeDecksRead}},
	"unverified-program": {User: "u4", Token: "t2", Scopes: domain.Scopes()},
}

type verifier struct{}

var _ ports.IdentityVerifier = verifier{}

func (verifier) VerifyIdentity(_ context.Context, token string) (domain.Identity, error) {
	if token == "keys-are-away" {
		return domain.Identity{}, domain.WrapError(domain.CodeUnavailable, "", errors.New(secretCause))
	}
	if identity, ok := identities[token]; ok {
		return identity, nil
	}
	return domain.Identity{}, domain.NewError(domain.CodeUnauthenticated, "The token is not valid.")
}

type card struct {
	Question string `json:"question" validate:"required,max=20"`
	Answer   string `json:"answer"`
}

type text struct {
	Note string `json:"note" validate:"omitempty,min=2"`
}

type deckIn struct {
	text
	Name    string                `json:"name" validate:"required,max=5"`
	Color   string                `json:"color" validate:"omitempty,oneof=red green"`
	Size    int                   `json:"size" validate:"gte=0,lte=9"`
	Correct *bool                 `json:"correct"`
	DeckID  domain.DeckID         `json:"deckID" validate:"omitempty,uuid"`
	At      time.Time             `json:"at"`
	Tags    []string              `json:"tags" validate:"max=2,unique,dive,max=3"`
	Cards   []card                `json:"cards" validate:"dive"`
	Limits  map[domain.DeckID]int `json:"limits"`
}

type deckRequest struct{ Body deckIn }

type answerRequest struct {
	Body struct {
		Correct *bool `json:"correct" validate:"required"`
	}
}

type listRequest struct{ Body []card }

type getRequest struct {
	ID domain.DeckID `path:"id"`
}

type queryRequest struct {
	DeckID domain.DeckID   `query:"deckID" required:"true"`
	IDs    []domain.CardID `query:"ids" description:"Cards."`
	Names  []string        `query:"names"`
	Limit  int             `query:"limit" validate:"omitempty,min=1,max=200"`
	All    bool            `query:"all"`
	Since  time.Time       `query:"since"`
	Day    time.Time       `query:"day" format:"date"`
	Text   string          `query:"q"`
	Size   int             `query:"size" default:"4" validate:"oneof=2 4"`
}

type nested struct {
	List   []string            `json:"list"`
	Map    map[string][]string `json:"map"`
	Absent []string            `json:"absent,omitzero"`
	Next   *nested             `json:"next,omitempty"`
	Raw    json.RawMessage     `json:"raw"`
	At     rest.Time           `json:"at"`
}

type signedIn struct {
	Token string `json:"token"`
}

func (s signedIn) SessionToken() string { return s.Token }

func spec(method, path string) rest.Spec {
	return rest.Spec{Method: method, Path: path, Service: rest.Decks, Summary: "Test " + path}
}

// echo returns a route that answers what it was asked, so that tests see what arrived.
func echo[Req any](s rest.Spec) rest.Endpoint {
	return rest.Route(s, func(_ context.Context, _ domain.Identity, request Req) (Req, error) { return request, nil })
}

// whoami returns a route that answers the caller's id.
func whoami(path string, access rest.Access) rest.Endpoint {
	s := spec(http.MethodGet, path)
	s.Access = access
	return rest.Route(s, func(_ context.Context, caller domain.Identity, _ rest.Empty) (domain.UserID, error) {
		return caller.User, nil
	})
}

// failing returns a route that fails.
func failing(path string, err error) rest.Endpoint {
	return rest.Route(spec(http.MethodGet, path), func(context.Context, domain.Identity, rest.Empty) (rest.Empty, error) {
		return rest.Empty{}, err
	})
}

// drawing returns a route that answers a picture, or fails.
func drawing(path string, err error) rest.Endpoint {
	s := with(spec(http.MethodGet, path), func(s *rest.Spec) { s.Produces = "image/svg+xml" })
	return rest.Route(s, func(context.Context, domain.Identity, rest.Empty) (rest.Content, error) {
		return rest.Content("<svg/>"), err
	})
}

func with(s rest.Spec, change func(*rest.Spec)) rest.Spec {
	change(&s)
	return s
}

// journal is a log that tests read.
type journal struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.text.String()
}

func serve(endpoints ...rest.Endpoint) (*fiber.App, *journal) {
	log := &journal{}
	return rest.NewServer(rest.ServerOptions{
		Logger: slog.New(slog.NewJSONHandler(log, nil)), Verifier: verifier{}, ServiceToken: serviceToken,
		Cookies: rest.Cookies{Domain: "spacey.example", Secure: true, MaxAge: time.Hour},
	}, endpoints...), log
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	body string
}

func call(t *testing.T, app *fiber.App, method, target, body string, headers ...string) reply {
	t.Helper()
	request := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := app.Test(request, -1)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return reply{response, string(content)}
}

// promise is a request and what its answer must be.
type promise struct {
	name, method, target, body string
	headers                    []string
	status                     int
	contains, lacks            []string
}

func keep(t *testing.T, app *fiber.App, promises []promise) {
	t.Helper()
	for _, p := range promises {
		t.Run(p.name, func(t *testing.T) {
			got := call(t, app, p.method, p.target, p.body, p.headers...)
			require.Equal(t, p.status, got.StatusCode, got.body)
			for _, part := range p.contains {
				require.Contains(t, got.body, part)
			}
			for _, part := range append(p.lacks, "hunter2", "goroutine", ".go:") {
				require.NotContains(t, got.body, part)
			}
			require.NotEmpty(t, got.Header.Get("X-Request-ID"))
			require.True(t, strings.HasPrefix(got.Header.Get("Content-Type"), "application/json"))
			require.True(t, json.Valid([]byte(got.body)), got.body)
			if got.StatusCode >= 400 {
				var failure rest.Failure
				require.NoError(t, json.Unmarshal([]byte(got.body), &failure))
				require.Equal(t, http.StatusText(got.StatusCode), failure.Error)
				require.Equal(t, got.Header.Get("X-Request-ID"), failure.RequestID)
				require.Equal(t, got.StatusCode, rest.StatusOf(failure.Code))
			}
		})
	}
}

func field(name, sentence string) string {
	return fmt.Sprintf(`{"field":%q,"message":%q}`, name, sentence)
}
