package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	page      = "https://app.spacey.example"
	evil      = "https://evil.example"
	secret    = "service-secret"
	shortWait = 150 * time.Millisecond
)

// routes are one of each kind.
func routes() []rest.Spec {
	return []rest.Spec{
		{Method: "GET", Path: "/decks", Service: rest.Decks, Access: rest.Verified, Scope: domain.ScopeDecksRead},
		{Method: "POST", Path: "/decks", Service: rest.Decks, Access: rest.Verified, Scope: domain.ScopeDecksWrite},
		{Method: "GET", Path: "/decks/public", Service: rest.Decks, Access: rest.Verified},
		{Method: "GET", Path: "/decks/{id}", Service: rest.Decks, Access: rest.Verified},
		{Method: "PUT", Path: "/decks/{id}/cards/{cardID}", Service: rest.Decks, Access: rest.Verified},
		{Method: "GET", Path: "/learning/events", Service: rest.Learning, Access: rest.Verified},
		{Method: "GET", Path: "/learning/plots/{name}", Service: rest.Learning, Produces: "image/svg+xml", Status: 200},
		{Method: "POST", Path: "/user/login", Service: rest.Users, Throttled: true, WantsClient: true, Session: rest.StartsSession},
		{Method: "GET", Path: "/user/logout", Service: rest.Users, Access: rest.Optional, Session: rest.EndsSession},
		{Method: "GET", Path: "/user", Service: rest.Users, Access: rest.SignedIn},
		{Method: "POST", Path: "/user/validate", Service: rest.Users, Access: rest.SignedIn, Session: rest.StartsSession},
		{Method: "POST", Path: "/internal/identity", Service: rest.Users, Access: rest.Internal},
		{Method: "GET", Path: "/content", Service: rest.Generation, Access: rest.Beta, EmptyOutsideBeta: true},
		{Method: "POST", Path: "/notes", Service: rest.Generation, Access: rest.Beta, WantsClient: true},
		{Method: "GET", Path: "/export/account", Service: rest.Users, Access: rest.SignedIn, WantsClient: true, Hidden: true, Produces: rest.NDJSON},
		{Method: "GET", Path: "/export/decks", Service: rest.Decks, Access: rest.SignedIn, Hidden: true, Produces: rest.NDJSON},
		{Method: "GET", Path: "/export/learning", Service: rest.Learning, Access: rest.SignedIn, Hidden: true, Produces: rest.NDJSON},
		{Method: "GET", Path: "/config/frontend", Service: rest.Configs, Deadline: shortWait},
		{Method: "POST", Path: "/config/frontend", Service: rest.Configs, Deadline: shortWait},
		{Method: "GET", Path: "/content/file/{id}", Service: rest.Generation, Access: rest.Beta, Produces: "application/pdf"},
		{Method: "GET", Path: "/config/{name}", Service: rest.Configs},
		{Method: "POST", Path: "/config/{name}", Service: rest.Configs, MaxBody: 64 << 10},
	}
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// signature stands for the signatures of tokens: a session token is "session." and JSON in base64, an identity token
// "identity." and the same.
type signature struct{ clock *clock }

func (s signature) VerifySession(_ context.Context, token string) (domain.SessionClaims, error) {
	var claims domain.SessionClaims
	return claims, s.open(token, "session.", &claims, func() time.Time { return claims.ExpiresAt })
}

func (s signature) VerifyIdentity(_ context.Context, token string) (domain.Identity, error) {
	var identity domain.Identity
	err := s.open(token, "identity.", &identity, func() time.Time { return identity.ExpiresAt })
	return identity, err
}

func (s signature) open(token, prefix string, into any, expires func() time.Time) error {
	body, ok := strings.CutPrefix(token, prefix)
	text, err := base64.RawURLEncoding.DecodeString(body)
	if !ok || err != nil || json.Unmarshal(text, into) != nil || !s.clock.Now().Before(expires()) {
		return domain.NewError(domain.CodeUnauthenticated, "bad token")
	}
	return nil
}

func sign(prefix string, body any) string {
	text, _ := json.Marshal(body)
	return prefix + base64.RawURLEncoding.EncodeToString(text)
}

// world is a gateway with services behind it.
type world struct {
	t        *testing.T
	gateway  *Gateway
	base     string
	address  string
	clock    *clock
	registry *prometheus.Registry
	users    *service // answers exchanges by who is in people, and all else like others
	others   *service
	log      *lockedBuffer
	mu       sync.Mutex
	people   map[domain.UserID]domain.Identity
	tokens   map[string][]domain.Scope // the scopes of API tokens, by their texts
	asked    int
	exchange int // the status of exchanges, when it is not 0
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newWorld(t *testing.T, edits ...func(*Options)) *world {
	t.Helper()
	w := &world{
		t: t, clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}, registry: prometheus.NewRegistry(),
		users: newService(t), others: newService(t), log: &lockedBuffer{},
		people: map[domain.UserID]domain.Identity{
			"new":  {},
			"ann":  {EmailVerified: true},
			"beta": {EmailVerified: true, Beta: true},
		},
	}
	w.serveUsers(200, `{"message":"Success","data":{}}`)
	options := Options{
		Endpoints: declare(routes()), Sessions: signature{w.clock}, Identities: signature{w.clock}, ServiceToken: secret,
		Upstreams: map[rest.Service]*Upstream{rest.Users: NewUpstream(w.users.address)},
		Origins:   NewOrigins(nil, "spacey.example", false),
		Logger:    slog.New(slog.NewJSONHandler(w.log, nil)), Clock: w.clock, Metrics: w.registry,
	}
	for _, service := range []rest.Service{rest.Decks, rest.Learning, rest.Configs, rest.Generation} {
		options.Upstreams[service] = NewUpstream(w.others.address)
	}
	for _, edit := range edits {
		edit(&options)
	}
	gateway, err := New(options)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = gateway.App.Listener(gateway.Listener(listener)) }()
	t.Cleanup(func() {
		require.NoError(t, gateway.App.Shutdown())
		require.NoError(t, gateway.Close())
	})
	w.gateway, w.address = gateway, listener.Addr().String()
	w.base = "http://" + w.address
	return w
}

// serveUsers makes user-service exchange tokens, and answer everything else with this.
func (w *world) serveUsers(status int, body string) {
	w.users.handler(func(ctx *fasthttp.RequestCtx) {
		if string(ctx.Path()) == exchangePath {
			w.serveExchange(ctx)
			return
		}
		ctx.SetStatusCode(status)
		ctx.SetContentType("application/json")
		ctx.SetBodyString(body)
	})
}

func (w *world) serveExchange(ctx *fasthttp.RequestCtx) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	var question struct{ Token string }
	_ = json.Unmarshal(ctx.PostBody(), &question)
	claims, err := signature{w.clock}.VerifySession(context.Background(), question.Token)
	var token domain.APITokenID
	scopes, isToken := w.tokens[question.Token]
	if isToken {
		claims.User, token, _, _ = domain.ParseAPIToken(question.Token)
		err = nil
	}
	identity, known := w.people[claims.User]
	switch {
	case string(ctx.Request.Header.Peek("Authorization")) != "Bearer "+secret:
		ctx.SetStatusCode(http.StatusForbidden)
	case w.exchange != 0:
		ctx.SetStatusCode(w.exchange)
	case err != nil || !known:
		ctx.SetStatusCode(http.StatusUnauthorized)
		ctx.SetBodyString(`{"code":"not_signed_in"}`)
	default:
		identity.User, identity.Session, identity.Token, identity.Scopes = claims.User, claims.Session, token, scopes
		identity.ExpiresAt = w.clock.Now().Add(domain.IdentityLifetime)
		answer, _ := json.Marshal(map[string]any{"data": map[string]string{"token": sign("identity.", identity)}})
		ctx.SetBody(answer)
	}
}

func (w *world) setExchange(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.exchange = status
}

func (w *world) setPerson(id domain.UserID, identity *domain.Identity) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.people, id)
	if identity != nil {
		w.people[id] = *identity
	}
}

// exchanges returns how often user-service was asked who somebody is.
func (w *world) exchanges() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

func (w *world) session(user domain.UserID) string {
	return sign("session.", domain.SessionClaims{User: user, Session: "s-" + domain.SessionID(user), ExpiresAt: w.clock.Now().Add(time.Hour)})
}

// figures returns what a metric counted, by the values of its labels in the order of their names.
func (w *world) figures(name string) map[string]uint64 {
	w.t.Helper()
	families, err := w.registry.Gather()
	require.NoError(w.t, err)
	counts := map[string]uint64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, label := range metric.GetLabel() {
				labels = append(labels, label.GetValue())
			}
			counts[strings.Join(labels, " ")] = uint64(metric.GetCounter().GetValue()) + metric.GetHistogram().GetSampleCount()
		}
	}
	return counts
}

// figure returns a metric that has no labels.
func (w *world) figure(name string) uint64 {
	w.t.Helper()
	families, err := w.registry.Gather()
	require.NoError(w.t, err)
	for _, family := range families {
		if family.GetName() == name {
			metric := family.GetMetric()[0]
			return uint64(metric.GetCounter().GetValue() + metric.GetGauge().GetValue())
		}
	}
	w.t.Fatalf("there is no metric %s", name)
	return 0
}

// reply is an answer that was read to its end.
type reply struct {
	*http.Response
	text string
}

func (r reply) code() string {
	var body struct{ Code string }
	_ = json.Unmarshal([]byte(r.text), &body)
	return body.Code
}

// expired lists the cookies that the answer takes away.
func (r reply) expired() []string {
	names := []string{}
	for _, cookie := range r.Cookies() {
		if cookie.MaxAge < 0 || cookie.Expires.Year() > 1 && cookie.Expires.Before(time.Now()) {
			names = append(names, cookie.Name)
		}
	}
	return names
}

// call sends a request. Headers are pairs; "cookie" as a name is the session cookie, "bearer" the session in the header.
func (w *world) call(method, path, body string, headers ...string) reply {
	w.t.Helper()
	request, err := http.NewRequest(method, w.base+path, strings.NewReader(body))
	require.NoError(w.t, err)
	if body == "" {
		request.Body = nil
	}
	for i := 0; i < len(headers); i += 2 {
		switch name, value := headers[i], headers[i+1]; name {
		case "cookie":
			request.Header.Add("Cookie", rest.SessionCookie+"="+w.session(domain.UserID(value)))
		case "bearer":
			request.Header.Set("Authorization", "Bearer "+w.session(domain.UserID(value)))
		default:
			request.Header.Add(name, value)
		}
	}
	return w.send(request)
}

func (w *world) send(request *http.Request) reply {
	w.t.Helper()
	transport := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	require.NotEmpty(w.t, response.Header.Get("X-Request-Id"), "every answer has a request id")
	return reply{response, string(text)}
}

// raw sends bytes as they are, and returns all that comes back until the gateway closes.
func (w *world) raw(text string) string {
	w.t.Helper()
	conn, err := net.Dial("tcp", w.address)
	require.NoError(w.t, err)
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, text)
	require.NoError(w.t, err)
	require.NoError(w.t, conn.SetReadDeadline(time.Now().Add(time.Minute)))
	answer, err := io.ReadAll(conn)
	require.NoError(w.t, err)
	return string(answer)
}
