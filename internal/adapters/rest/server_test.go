package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// listen serves endpoints on a free port and returns the address.
func listen(t *testing.T, endpoints ...rest.Endpoint) string {
	t.Helper()
	app, _ := serve(endpoints...)
	return listenWith(t, app, nil)
}

// listenWith serves an app on a free port, where it counts how often the time to write is set, unless renewals is nil.
func listenWith(t *testing.T, app *fiber.App, renewals *atomic.Int64) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	if renewals != nil {
		listener = watchedListener{listener, renewals}
	}
	ended := make(chan error, 1)
	go func() { ended <- app.Listener(listener) }()
	t.Cleanup(func() {
		require.NoError(t, app.Shutdown())
		require.NoError(t, <-ended)
		http.DefaultClient.CloseIdleConnections()
	})
	return "http://" + listener.Addr().String()
}

func TestAccess(t *testing.T) {
	app, _ := serve(
		whoami("/anyone", rest.Anyone), whoami("/optional", rest.Optional), whoami("/signed-in", rest.SignedIn),
		whoami("/verified", rest.Verified), whoami("/beta", rest.Beta), whoami("/internal/x", rest.Internal),
		rest.Route(with(spec("GET", "/content"), func(s *rest.Spec) { s.Access, s.EmptyOutsideBeta = rest.Beta, true }),
			func(context.Context, domain.Identity, rest.Empty) ([]card, error) {
				return []card{{Question: "q"}}, nil
			}),
	)
	as := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
	keep(t, app, []promise{
		{name: "anyone may", method: "GET", target: "/anyone", status: 200},
		{name: "where anyone may, nobody is looked for", method: "GET", target: "/anyone", headers: as("beta"), status: 200, lacks: []string{"u3"}},
		{name: "optional knows who it is", method: "GET", target: "/optional", headers: as("unverified"), status: 200, contains: []string{"u1"}},
		{name: "optional takes a bad token for nobody", method: "GET", target: "/optional", headers: as("stale"), status: 200},
		{name: "optional does not guess while keys are away", method: "GET", target: "/optional", headers: as("keys-are-away"), status: 503},
		{name: "signed in is somebody", method: "GET", target: "/signed-in", headers: as("unverified"), status: 200, contains: []string{"u1"}},
		{
			name:   "the scheme's case does not matter",
			method: "GET", target: "/signed-in", headers: []string{"Authorization", "bearer unverified"},
			status: 200,
		},
		{name: "nobody is 401", method: "GET", target: "/signed-in", status: 401, contains: []string{"not_signed_in"}},
		{name: "a bad token is 401", method: "GET", target: "/signed-in", headers: as("stale"), status: 401, contains: []string{"not_signed_in"}},
		{name: "another scheme is 401", method: "GET", target: "/signed-in", headers: []string{"Authorization", "Basic verified"}, status: 401},
		{name: "a cookie is no identity here", method: "GET", target: "/signed-in", headers: []string{"Cookie", "Authorization=verified"}, status: 401},
		{
			name:   "headers and queries are no identity",
			method: "GET", target: "/signed-in?userID=u2&user_id=u2", headers: []string{"X-User-ID", "u2"},
			status: 401,
		},
		{
			name:   "keys that are away are 503",
			method: "GET", target: "/signed-in", headers: as("keys-are-away"),
			status: 503, contains: []string{"unavailable"},
		},
		{name: "unverified is 403", method: "GET", target: "/verified", headers: as("unverified"), status: 403, contains: []string{"email_not_verified"}},
		{name: "verified may", method: "GET", target: "/verified", headers: as("verified"), status: 200, contains: []string{"u2"}},
		{name: "outside the beta is 403", method: "GET", target: "/beta", headers: as("verified"), status: 403, contains: []string{"beta_required"}},
		{name: "in the beta may", method: "GET", target: "/beta", headers: as("beta"), status: 200, contains: []string{"u3"}},
		{
			name:   "the list is empty outside the beta",
			method: "GET", target: "/content", headers: as("verified"),
			status: 200, contains: []string{`{"message":"Success","data":[]}`},
		},
		{
			name:   "the list is empty for unverified people",
			method: "GET", target: "/content", headers: as("unverified"),
			status: 200, contains: []string{`"data":[]`},
		},
		{name: "the list is there in the beta", method: "GET", target: "/content", headers: as("beta"), status: 200, contains: []string{`"q"`}},
		{name: "the list is not for nobody", method: "GET", target: "/content", status: 401},
		{
			name:   "a person may not call internal routes",
			method: "GET", target: "/internal/x", headers: as("beta"),
			status: 403, contains: []string{"forbidden"},
		},
		{name: "nobody may not call internal routes", method: "GET", target: "/internal/x", status: 403},
		{name: "a service may", method: "GET", target: "/internal/x", headers: as(serviceToken), status: 200},
	})
	t.Run("without a credential internal routes are closed", func(t *testing.T) {
		app := rest.NewServer(rest.ServerOptions{}, whoami("/internal/x", rest.Internal))
		require.Equal(t, 403, call(t, app, "GET", "/internal/x", "", "Authorization", "Bearer ").StatusCode)
		require.Equal(t, 403, call(t, app, "GET", "/internal/x", "").StatusCode)
	})
}

func TestAnswers(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6_999_999, time.FixedZone("", 3600))
	app, _ := serve(
		rest.Route(with(spec("GET", "/nested"), func(s *rest.Spec) { s.Status = 201 }), func(context.Context, domain.Identity, rest.Empty) (nested, error) {
			return nested{Map: map[string][]string{"k": nil}, Next: &nested{}, Raw: json.RawMessage(`{"a":"<"}`), At: rest.Time(at)}, nil
		}),
		rest.Route(spec("GET", "/list"), func(context.Context, domain.Identity, rest.Empty) ([]nested, error) { return nil, nil }),
		rest.Route(spec("GET", "/map"), func(context.Context, domain.Identity, rest.Empty) (map[string]int, error) { return nil, nil }),
		rest.Route(with(spec("GET", "/ping"), func(s *rest.Spec) { s.Bare = true }),
			func(context.Context, domain.Identity, rest.Empty) (map[string]string, error) {
				return map[string]string{"message": "pong"}, nil
			}),
	)
	t.Run("nil lists and maps are empty, absent ones absent, times have milliseconds in UTC", func(t *testing.T) {
		got := call(t, app, "GET", "/nested", "")
		require.Equal(t, 201, got.StatusCode)
		require.Equal(t, `{"message":"Created","data":{"list":[],"map":{"k":[]},`+
			`"next":{"list":[],"map":{},"raw":null,"at":"0001-01-01T00:00:00.000Z"},"raw":{"a":"<"},"at":"2026-01-02T02:04:05.006Z"}}`, got.body)
	})
	t.Run("a nil list is empty", func(t *testing.T) {
		require.Equal(t, `{"message":"Success","data":[]}`, call(t, app, "GET", "/list", "").body)
	})
	t.Run("a nil map is empty", func(t *testing.T) {
		require.Equal(t, `{"message":"Success","data":{}}`, call(t, app, "GET", "/map", "").body)
	})
	t.Run("a bare answer has no envelope", func(t *testing.T) {
		require.Equal(t, `{"message":"pong"}`, call(t, app, "GET", "/ping", "").body)
	})
	t.Run("HEAD is like GET without the body", func(t *testing.T) {
		got := call(t, app, "HEAD", "/ping", "")
		require.Equal(t, 200, got.StatusCode)
		require.Empty(t, got.body)
	})
}

func TestFailures(t *testing.T) {
	cause := errors.New(secretCause)
	app, log := serve(
		failing("/unknown", fmt.Errorf("loading: %w", cause)),
		failing("/internal-code", domain.WrapError(domain.CodeInternal, secretCause, cause)),
		failing("/no-such-code", domain.WrapError("made_up", secretCause, cause)),
		failing("/wrapped", fmt.Errorf("loading: %w", domain.WrapError(domain.CodeNotFound, "There is no such deck.", cause))),
		failing("/busy", domain.WrapError(domain.CodeBusy, "", cause)),
		failing("/unavailable", domain.WrapError(domain.CodeUnavailable, "", fmt.Errorf("%w: %w", cause, context.DeadlineExceeded))),
		failing("/deadline", fmt.Errorf("asking: %w", context.DeadlineExceeded)),
		failing("/generation", domain.NewError(rest.CodeGenerationUnavailable, "")),
		rest.Route(spec("GET", "/panic"), func(context.Context, domain.Identity, rest.Empty) (rest.Empty, error) { panic(secretCause) }),
		rest.Route(with(spec("GET", "/slow"), func(s *rest.Spec) { s.Deadline = time.Millisecond }),
			func(ctx context.Context, _ domain.Identity, _ rest.Empty) (rest.Empty, error) {
				<-ctx.Done()
				return rest.Empty{}, domain.WrapError(domain.CodeUnavailable, "", ctx.Err())
			}),
		rest.Route(spec("POST", "/decks/{id}"), func(context.Context, domain.Identity, getRequest) (rest.Empty, error) { return rest.Empty{}, nil }),
		rest.Route(with(spec("GET", "/rule"), func(s *rest.Spec) { s.CapitalFields = true }),
			func(context.Context, domain.Identity, rest.Empty) (rest.Empty, error) {
				return rest.Empty{}, fmt.Errorf("sign-up: %w", domain.Invalid("cards[3].question", "Too long."))
			}),
	)
	keep(t, app, []promise{
		{
			name:   "an unknown error is internal and not shown",
			method: "GET", target: "/unknown",
			status: 500, contains: []string{`"code":"internal"`}, lacks: []string{"loading"},
		},
		{name: "the text of an internal error is not shown", method: "GET", target: "/internal-code", status: 500, contains: []string{`"code":"internal"`}},
		{
			name:   "a code without a status is internal and not shown",
			method: "GET", target: "/no-such-code",
			status: 500, contains: []string{`"code":"internal"`},
		},
		{
			name:   "a wrapped error keeps its code, its cause is not shown",
			method: "GET", target: "/wrapped",
			status: 404, contains: []string{"There is no such deck."}, lacks: []string{"loading"},
		},
		{name: "busy is 503", method: "GET", target: "/busy", status: 503, contains: []string{`"code":"busy"`}},
		{
			name:   "storage that took too long by its own clock is 503",
			method: "GET", target: "/unavailable",
			status: 503, contains: []string{`"code":"unavailable"`},
		},
		{name: "a deadline is 504", method: "GET", target: "/deadline", status: 504, contains: []string{`"code":"timeout"`}},
		{
			name:   "the route's own deadline is 504, whatever storage says",
			method: "GET", target: "/slow",
			status: 504, contains: []string{`"code":"timeout"`},
		},
		{name: "card generation that is away is 503", method: "GET", target: "/generation", status: 503, contains: []string{"card_generation_unavailable"}},
		{name: "a panic is internal and not shown", method: "GET", target: "/panic", status: 500, contains: []string{`"code":"internal"`}},
		{name: "an unknown route is 404", method: "GET", target: "/nowhere", status: 404, contains: []string{"not_found", "There is no such route."}},
		{name: "the case of a path matters", method: "GET", target: "/RULE", status: 404},
		{name: "a wrong method is 405", method: "DELETE", target: "/decks/" + deckID, status: 405, contains: []string{"method_not_allowed"}},
		{
			name:   "fields of rules have capitals too",
			method: "GET", target: "/rule",
			status: 400, contains: []string{field("Cards[3].Question", "Too long.")},
		},
	})
	t.Run("a wrong method names the right ones", func(t *testing.T) {
		require.Equal(t, "POST", call(t, app, "DELETE", "/decks/"+deckID, "").Header.Get("Allow"))
	})
	t.Run("503 says when to try again", func(t *testing.T) {
		require.Equal(t, "1", call(t, app, "GET", "/busy", "").Header.Get("Retry-After"))
	})
	t.Run("the cause is logged once with the request id", func(t *testing.T) {
		call(t, app, "GET", "/unknown", "", "X-Request-ID", "trace-me")
		require.Equal(t, 1, strings.Count(log.String(), `"requestID":"trace-me"`))
		line := log.String()[strings.Index(log.String(), `"requestID":"trace-me"`):]
		require.Contains(t, line, "hunter2")
		require.Contains(t, line, `"route":"/unknown"`)
	})
	t.Run("a panic is logged with its stack", func(t *testing.T) {
		call(t, app, "GET", "/panic", "", "X-Request-ID", "panicked")
		line := log.String()[strings.Index(log.String(), `"requestID":"panicked"`):]
		require.Contains(t, line, "server_test.go")
	})
	t.Run("a mistake of the caller is not logged", func(t *testing.T) {
		call(t, app, "GET", "/wrapped", "", "X-Request-ID", "not-there")
		require.NotContains(t, log.String(), "not-there")
	})
}

// exchange sends bytes as they are and returns everything that comes back until the server closes the connection.
func exchange(t *testing.T, address, request string) string {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	require.NoError(t, err)
	defer connection.Close()
	_, err = connection.Write([]byte(request))
	require.NoError(t, err)
	answer, err := io.ReadAll(connection)
	require.NoError(t, err)
	return string(answer)
}

func TestRequestsThatAreTooLarge(t *testing.T) {
	address := listen(t, requestApp()...)
	t.Run("a body over every limit is a JSON 413, told before the body is read", func(t *testing.T) {
		got := exchange(t, address, "POST /decks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 3000000\r\n\r\n")
		require.True(t, strings.HasPrefix(got, "HTTP/1.1 413 "), got)
		require.Contains(t, got, `"code":"too_large"`)
	})
	t.Run("a query over the limit is a JSON 431", func(t *testing.T) {
		// Just as much as fits: a server that closes with bytes unread resets the connection, and the answer may be lost.
		const line = "GET /query?q="
		got := exchange(t, address, line+strings.Repeat("x", rest.LongQueryBuffer-len(line)))
		require.True(t, strings.HasPrefix(got, "HTTP/1.1 431 "), got)
		require.Contains(t, got, `"code":"header_too_large"`)
	})
	t.Run("what is no HTTP is a JSON 400 that repeats nothing", func(t *testing.T) {
		got := exchange(t, address, "<script>\r\n\r\n")
		require.Contains(t, got, `"code":"malformed_request"`)
		require.NotContains(t, got, "script")
	})
}

func TestHealth(t *testing.T) {
	away := true
	app := rest.NewServer(rest.ServerOptions{Ready: func(ctx context.Context) error {
		if _, bounded := ctx.Deadline(); away && bounded {
			return errors.New(secretCause)
		}
		return nil
	}})
	keep(t, app, []promise{
		{name: "a service that is not ready is alive", method: "GET", target: "/healthz", status: 200, contains: []string{`{"status":"ok"}`}},
		{name: "a service that is not ready says so", method: "GET", target: "/readyz", status: 503, contains: []string{"unavailable"}},
	})
	away = false
	keep(t, app, []promise{{name: "a service that is ready says so", method: "GET", target: "/readyz", status: 200, contains: []string{"ready"}}})
}

func TestAStoppingServiceClosesItsConnections(t *testing.T) {
	stopping := false
	app := rest.NewServer(rest.ServerOptions{Stopping: func() bool { return stopping }})
	for _, stopping = range []bool{false, true} {
		response, err := app.Test(httptest.NewRequest("GET", "/healthz", nil))
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, stopping, response.Close)
	}
}

func TestTheHandlersContextHasADeadline(t *testing.T) {
	var left time.Duration
	app, _ := serve(rest.Route(with(spec("GET", "/x"), func(s *rest.Spec) { s.Deadline = time.Hour }),
		func(ctx context.Context, _ domain.Identity, _ rest.Empty) (rest.Empty, error) {
			deadline, _ := ctx.Deadline()
			left = time.Until(deadline)
			return rest.Empty{}, nil
		}))
	call(t, app, "GET", "/x", "")
	require.Greater(t, left, 50*time.Minute)
}

func TestRequestIDs(t *testing.T) {
	app, _ := serve(whoami("/x", rest.Anyone))
	for name, given := range map[string]string{
		"empty": "", "too long": strings.Repeat("a", 129), "with a space": "a b", "with markup": "<a>", "with a letter outside ASCII": "é",
	} {
		t.Run(name+" is replaced", func(t *testing.T) {
			got := call(t, app, "GET", "/x", "", "X-Request-ID", given).Header.Get("X-Request-ID")
			require.NotEqual(t, given, got)
			require.Regexp(t, `^[A-Za-z0-9]{20,}$`, got)
		})
	}
	for _, given := range []string{"a", "A-Z_0.9", strings.Repeat("a", 128)} {
		t.Run("a sane one is kept", func(t *testing.T) {
			require.Equal(t, given, call(t, app, "GET", "/x", "", "X-Request-ID", given).Header.Get("X-Request-ID"))
		})
	}
	t.Run("two new ones differ", func(t *testing.T) {
		require.NotEqual(t, rest.SaneRequestID(""), rest.SaneRequestID(""))
	})
}
