package apitest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
)

// Promise is a request and what its answer must be. Values that nobody knows beforehand have names: see values.
type Promise struct {
	Name string
	// As is the name of the token that the request brings: "ada" is <token:ada>. Nobody calls when it is empty.
	As string
	// Call is the method and the target, for example "GET /decks/<id:deck>".
	Call string
	// Body is sent as application/json, when there is one.
	Body string
	// Key is sent as the Idempotency-Key, when there is one.
	Key    string
	Status int
	// Answer is the whole body of the answer, byte for byte. When it is empty only the parts count.
	Answer string
	// Contains and Lacks are parts that must, and must not, be in the body of the answer.
	Contains, Lacks []string
}

// never are parts that no answer may have: secrets, and how the inside is built.
var never = []string{
	"$argon2", "passwordHash", "password_hash", "sqlite", "SQL ", "constraint", "goroutine", ".go:", "internal/", "domain.", "context deadline",
}

// Answer is an answer to a request.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Cookies returns the cookies that an answer sets, by name.
func (a Answer) Cookies() map[string]*http.Cookie {
	cookies := map[string]*http.Cookie{}
	for _, cookie := range (&http.Response{Header: a.Header}).Cookies() {
		cookies[cookie.Name] = cookie
	}
	return cookies
}

// Keep checks promises in their order.
func (w *World) Keep(t *testing.T, promises ...Promise) {
	t.Helper()
	for _, p := range promises {
		t.Run(p.Name, func(t *testing.T) { w.keep(t, p) })
	}
}

func (w *World) keep(t *testing.T, p Promise) {
	var headers []string
	if p.Key != "" {
		headers = []string{rest.IdempotencyKeyHeader, p.Key}
	}
	got := w.Call(t, p.As, p.Call, p.Body, headers...)
	require.Equal(t, p.Status, got.Status, got.Body)
	require.Equal(t, "application/json", got.Header.Get("Content-Type"))
	require.True(t, json.Valid([]byte(got.Body)), got.Body)
	if p.Answer != "" {
		w.values.match(t, p.Answer, got.Body)
	}
	for _, part := range p.Contains {
		require.Contains(t, got.Body, w.values.fill(t, part))
	}
	for _, part := range append(p.Lacks, never...) {
		require.NotContains(t, got.Body, w.values.fill(t, part))
	}
	if got.Status < http.StatusBadRequest {
		return
	}
	var failure rest.Failure
	require.NoError(t, json.Unmarshal([]byte(got.Body), &failure))
	require.Equal(t, http.StatusText(got.Status), failure.Error)
	require.Equal(t, got.Status, rest.StatusOf(failure.Code))
	require.Equal(t, got.Header.Get("X-Request-ID"), failure.RequestID)
}

// Call asks: as is the name of a token, what the method and the target. Headers are names, each with its value behind it.
func (w *World) Call(t *testing.T, as, what, body string, headers ...string) Answer {
	t.Helper()
	method, target, _ := strings.Cut(what, " ")
	request := httptest.NewRequest(method, w.values.fill(t, target), strings.NewReader(w.values.fill(t, body)))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	if as != "" {
		request.Header.Set("Authorization", "Bearer "+w.values.fill(t, "<token:"+as+">"))
	}
	response, err := w.app.Test(request, -1)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return Answer{response.StatusCode, response.Header, string(content)}
}

// Stream asks for a stream, and compares its lines with those wanted, byte for byte.
func (w *World) Stream(t *testing.T, as, what string, lines ...string) {
	t.Helper()
	got := w.Call(t, as, what, "")
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	require.Equal(t, rest.NDJSON, got.Header.Get("Content-Type"))
	w.values.match(t, strings.Join(lines, "\n")+"\n", got.Body)
	for _, part := range never {
		require.NotContains(t, got.Body, part)
	}
}
