package gateway

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestExport(t *testing.T) {
	w := newWorld(t)
	w.export(text(account), text(deck), text(sittings))

	t.Run("it is what the services write, one after the other, and a last line that counts", func(t *testing.T) {
		answer := w.call("GET", "/user/export", "", "cookie", "new", "X-Request-ID", "req-1", "User-Agent", "curl/8")
		require.Equal(t, 200, answer.StatusCode)
		require.Equal(t, account+deck+sittings+`{"type":"end","lines":4}`+"\n", answer.text)
		require.Equal(t, "application/x-ndjson", answer.Header.Get("Content-Type"))
		require.Equal(t, `attachment; filename="spacey-export.ndjson"`, answer.Header.Get("Content-Disposition"))
		require.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
		require.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))

		atUsers := w.users.requests()
		require.Equal(t, [2]string{"127.0.0.1", secret}, toldOf(atUsers[len(atUsers)-1]), "its route wants it")
		asked := w.others.requests()
		require.Len(t, asked, 3)
		for i, path := range []string{"/export/decks", "/export/learning", "/export/generation"} {
			require.Equal(t, path, string(asked[i].Header.RequestURI()))
			require.Equal(t, "req-1", string(asked[i].Header.Peek("X-Request-ID")))
			require.Equal(t, "curl/8", string(asked[i].Header.UserAgent()))
			require.Empty(t, asked[i].Header.Peek("Cookie"))
			require.Equal(t, [2]string{}, toldOf(asked[i]))
			token, found := strings.CutPrefix(string(asked[i].Header.Peek("Authorization")), "Bearer ")
			identity, err := signature{w.clock}.VerifyIdentity(t.Context(), token)
			require.True(t, found)
			require.NoError(t, err)
			require.EqualValues(t, "new", identity.User)
		}
		require.Equal(t, "new", w.logged()["userID"])
		require.NotContains(t, w.logged(), "cutOff")
	})
	t.Run("notes are in it, unless the service that has them is not ours", func(t *testing.T) {
		const notes = `{"type":"note"}` + "\n"
		w.exportWithNotes(text(account), text(deck), text(sittings), text(notes))
		require.Equal(t, account+deck+sittings+notes+`{"type":"end","lines":5}`+"\n", w.call("GET", "/user/export", "", "bearer", "ann").text)
		foreign := newWorld(t, func(o *Options) { o.ForeignGeneration = true })
		foreign.exportWithNotes(text(account), text(deck), text(sittings), text(notes))
		require.Equal(t, account+deck+sittings+`{"type":"end","lines":4}`+"\n", foreign.call("GET", "/user/export", "", "bearer", "ann").text)
	})
	t.Run("a long one arrives whole, neither compressed nor tagged", func(t *testing.T) {
		w.export(text(account), text(many), text(many))
		answer := w.call("GET", "/user/export", "", "bearer", "ann", "Accept-Encoding", "gzip, br", "If-None-Match", "*")
		require.Equal(t, 200, answer.StatusCode)
		require.Equal(t, account+many+many+`{"type":"end","lines":4001}`+"\n", answer.text)
		require.Empty(t, answer.Header.Get("Etag"))
		require.Empty(t, answer.Header.Get("Content-Encoding"))
	})
	t.Run("HEAD has the headers and no body, asks no service, and the connection goes on", func(t *testing.T) {
		w.others.requests()
		head := "HEAD /user/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + w.session("ann") + "\r\n\r\n"
		answers := bufio.NewReader(strings.NewReader(w.raw(head + "GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")))
		first, err := http.ReadResponse(answers, &http.Request{Method: "HEAD"})
		require.NoError(t, err)
		require.Equal(t, 200, first.StatusCode)
		require.Equal(t, "application/x-ndjson", first.Header.Get("Content-Type"))
		require.NotEmpty(t, first.Header.Get("Content-Disposition"))
		require.EqualValues(t, -1, first.ContentLength)
		second, err := http.ReadResponse(answers, nil)
		require.NoError(t, err)
		pong, err := io.ReadAll(second.Body)
		require.NoError(t, err)
		require.Equal(t, `{"message":"pong"}`, string(pong))
		require.Empty(t, w.others.requests())
	})
	t.Run("a page of ours can read it, and its name", func(t *testing.T) {
		answer := w.call("GET", "/user/export", "", "cookie", "ann", "Origin", page)
		require.Equal(t, page, answer.Header.Get("Access-Control-Allow-Origin"))
		require.Contains(t, answer.Header.Get("Access-Control-Expose-Headers"), "Content-Disposition")
	})
	t.Run("nobody gets none", func(t *testing.T) {
		require.Equal(t, 401, w.call("GET", "/user/export", "").StatusCode)
	})
}

func TestExportRoutes(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Endpoints = append(o.Endpoints, Endpoints()...) })
	t.Run("the routes of the services lead nowhere from outside", func(t *testing.T) {
		for _, path := range []string{"/export/account", "/export/decks", "/export/learning"} {
			require.Equal(t, 404, w.call("GET", path, "", "bearer", "ann").StatusCode)
		}
		require.Empty(t, w.others.requests())
	})
	t.Run("the document has the export, as lines of JSON, and not those", func(t *testing.T) {
		var document struct {
			Paths map[string]map[string]struct {
				Security  []map[string]any
				Responses map[string]struct{ Content map[string]any }
			}
		}
		require.NoError(t, json.Unmarshal([]byte(w.call("GET", "/openapi.json", "").text), &document))
		export := document.Paths["/user/export"]["get"]
		require.Contains(t, export.Responses["200"].Content, "application/x-ndjson")
		require.NotEmpty(t, export.Security)
		for _, status := range []string{"401", "429", "502", "503", "504"} {
			require.Contains(t, export.Responses, status)
		}
		require.NotContains(t, document.Paths, "/export/account")
	})
	t.Run("exports count as what is throttled, and for their person", func(t *testing.T) {
		w := newWorld(t, func(o *Options) { o.UserRateLimit, o.APIRateLimit = 2, 100 })
		w.export(text(account), text(deck), text(sittings))
		for _, want := range []int{200, 200, 429} {
			answer := w.call("GET", "/user/export", "", "bearer", "ann")
			require.Equal(t, want, answer.StatusCode)
			require.Equal(t, "2", answer.Header.Get("RateLimit-Limit"))
		}
		require.Equal(t, 429, w.call("POST", "/user/login", "{}").StatusCode)
	})
}

func TestExportThatFailsBeforeItBegan(t *testing.T) {
	for name, c := range map[string]struct {
		account, decks, learning part
		status                   int
		code                     string
	}{
		"the first service has no time":                 {status(503, `{"code":"unavailable"}`, "Retry-After", "7"), text(deck), text(""), 503, "unavailable"},
		"the second has none, while the first is short": {text(account), status(503, `{"code":"unavailable"}`, "Retry-After", "7"), text(""), 503, "unavailable"},
		"the third finds that it is too much":           {text(account), text(deck), status(429, `{"code":"rate_limited"}`, "Retry-After", "7"), 429, "rate_limited"},
		"a service fails":                               {text(account), text(deck), status(500, `{"code":"internal"}`), 500, "internal"},
		"a service breaks off":                          {text(account), brokenOff(deck), text(""), 502, "bad_gateway"},
		"a service breaks off within a line":            {text(account), text(deck + "{"), text(""), 502, "bad_gateway"},
		"a service says something else":                 {status(200, "{}"), text(deck), text(""), 502, "bad_gateway"},
		"a service sends elsewhere":                     {status(302, "", "Location", "/x"), text(deck), text(""), 502, "bad_gateway"},
	} {
		t.Run("when "+name+" the answer says so", func(t *testing.T) {
			w := newWorld(t)
			w.export(c.account, c.decks, c.learning)
			answer := w.call("GET", "/user/export", "", "cookie", "ann", "Origin", page)
			require.Equal(t, c.status, answer.StatusCode)
			require.Equal(t, c.code, answer.code())
			require.Contains(t, answer.Header.Get("Content-Type"), "application/json")
			require.Empty(t, answer.Header.Get("Content-Disposition"))
			require.Equal(t, page, answer.Header.Get("Access-Control-Allow-Origin"))
			require.Empty(t, answer.expired())
			if c.code != "internal" && c.status != 502 {
				require.Equal(t, "7", answer.Header.Get("Retry-After"))
			}
			require.EqualValues(t, c.status, w.logged()["status"])
			w.export(text(account), text(deck), text(""))
			require.Equal(t, 200, w.call("GET", "/user/export", "", "cookie", "ann").StatusCode, "its place is free again")
		})
	}
	t.Run("when a service is down or is not there it is a 503", func(t *testing.T) {
		for _, edit := range []func(*Options){
			func(o *Options) { o.Upstreams[rest.Learning] = NewUpstream(closedPort(t), closedPort(t)) },
			func(o *Options) { delete(o.Upstreams, rest.Learning) },
		} {
			w := newWorld(t, edit)
			w.export(text(account), text(deck), text(sittings))
			require.Equal(t, "unavailable", w.call("GET", "/user/export", "", "bearer", "ann").code())
		}
	})
	t.Run("when one replica is down another is asked", func(t *testing.T) {
		w := newWorld(t)
		w.gateway.upstreams[rest.Decks] = NewUpstream(closedPort(t), w.others.address, closedPort(t))
		w.export(text(account), text(deck), text(sittings))
		for range 3 {
			require.Equal(t, 200, w.call("GET", "/user/export", "", "bearer", "ann").StatusCode)
		}
	})
	t.Run("when a service says that the caller is nobody, both cookies go", func(t *testing.T) {
		w := newWorld(t)
		w.export(status(401, `{"code":"not_signed_in"}`), text(""), text(""))
		answer := w.call("GET", "/user/export", "", "cookie", "ann")
		require.Equal(t, 401, answer.StatusCode)
		require.ElementsMatch(t, bothCookies, answer.expired())
	})
}

func TestExportThatFailsLater(t *testing.T) {
	for name, c := range map[string]struct {
		decks, learning part
		kind            string
	}{
		"a service is away":                       {text(many), status(503, `{"code":"unavailable"}`), ""},
		"a service hangs up":                      {text(many), hungUp, "broken learning-service"},
		"a service breaks off between two chunks": {brokenOff(many), text(""), "broken deck-management-service"},
		"a service breaks off later":              {text(many), brokenOff(sittings), "broken learning-service"},
		"a service breaks off within a line":      {text(many), text("{"), "broken learning-service"},
		"a service says something else":           {text(many), status(200, "[]"), "redirect learning-service"},
	} {
		t.Run("when "+name+" the connection breaks off without the last line", func(t *testing.T) {
			w := newWorld(t)
			w.export(text(account), c.decks, c.learning)
			response := w.begin("ann")
			require.Equal(t, 200, response.StatusCode)
			text, err := io.ReadAll(response.Body)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.True(t, strings.HasPrefix(string(text), account+many))
			require.NotContains(t, string(text), `"end"`)
			line := w.logged()
			require.Equal(t, true, line["cutOff"])
			require.NotEmpty(t, line["error"])
			if c.kind != "" {
				require.Equal(t, map[string]uint64{c.kind: 1}, w.figures("spacey_gateway_upstream_errors_total"))
			}
		})
	}
	t.Run("when the session has ended meanwhile too", func(t *testing.T) {
		w := newWorld(t)
		w.export(text(account), stream(func(to *bufio.Writer) {
			_, _ = to.WriteString(many)
			w.setPerson("ann", nil)
			w.clock.forward(identityFreshFor)
		}), text(sittings))
		_, err := io.ReadAll(w.begin("ann").Body)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	})
	t.Run("an identity that expires meanwhile is renewed", func(t *testing.T) {
		w := newWorld(t)
		w.export(text(account), stream(func(to *bufio.Writer) {
			_, _ = to.WriteString(many)
			w.clock.forward(domain.IdentityLifetime)
		}), func(ctx *requestCtx) {
			token := strings.TrimPrefix(string(ctx.Request.Header.Peek("Authorization")), "Bearer ")
			_, err := signature{w.clock}.VerifyIdentity(t.Context(), token)
			text(fmt.Sprintf("{\"error\":\"%v\"}\n", err))(ctx)
		})
		answer := w.call("GET", "/user/export", "", "bearer", "ann")
		require.Contains(t, answer.text, `{"error":"<nil>"}`)
	})
}

func TestExportTakesItsTime(t *testing.T) {
	const patience = time.Second
	t.Run("while it makes progress it may take longer than another answer", func(t *testing.T) {
		w := newWorld(t, func(o *Options) { o.WriteTimeout = patience })
		w.export(text(account), text(many), stream(func(to *bufio.Writer) {
			for range 6 {
				_, _ = to.WriteString(deck)
				_ = to.Flush()
				time.Sleep(patience / 4)
			}
		}))
		require.Contains(t, w.call("GET", "/user/export", "", "bearer", "ann").text, `{"type":"end","lines":2007}`)
	})
	t.Run("a client that stops reading is cut off, and the service with it; nothing is hoarded", func(t *testing.T) {
		w := newWorld(t, func(o *Options) { o.WriteTimeout = patience })
		var written atomic.Int64
		ended := make(chan struct{})
		w.export(text(account), stream(func(to *bufio.Writer) {
			defer close(ended)
			for {
				n, err := to.WriteString(many)
				written.Add(int64(n))
				if err != nil {
					return
				}
			}
		}), text(""))
		w.begin("ann")
		<-ended
		require.Less(t, written.Load(), int64(64<<20), "that is what two sockets hold, and no more")
		require.Equal(t, true, w.logged()["cutOff"])
	})
}

func TestExportsAtOnce(t *testing.T) {
	w := newWorld(t)
	var people []domain.UserID
	for i := range maxExports + 1 {
		people = append(people, domain.UserID(fmt.Sprint("person", i)))
		w.setPerson(people[i], &domain.Identity{})
	}
	gate := make(chan struct{})
	open := sync.OnceFunc(func() { close(gate) })
	t.Cleanup(open)
	w.export(text(account), text(many), stream(func(to *bufio.Writer) {
		<-gate
		_, _ = to.WriteString(sittings)
	}))
	var begun []*http.Response
	for _, person := range people[:maxExports] {
		begun = append(begun, w.begin(person))
		require.Equal(t, 200, begun[len(begun)-1].StatusCode)
	}
	t.Run("a person has one, a second one waits", func(t *testing.T) {
		refused := w.begin(people[0])
		require.Equal(t, 429, refused.StatusCode)
		answer := read(t, refused)
		require.Equal(t, "rate_limited", answer.code())
		require.Equal(t, "10", answer.Header.Get("Retry-After"))
	})
	t.Run("there are eight, a ninth one waits", func(t *testing.T) {
		refused := w.begin(people[maxExports])
		require.Equal(t, 503, refused.StatusCode)
		answer := read(t, refused)
		require.Equal(t, "busy", answer.code())
		require.Equal(t, "10", answer.Header.Get("Retry-After"))
		require.Equal(t, 200, w.call("GET", "/user", "", "bearer", "ann").StatusCode, "other calls go on")
	})
	t.Run("those that end, and those whose client goes, make room", func(t *testing.T) {
		require.NoError(t, begun[0].Body.Close())
		open()
		for _, response := range begun[1:] {
			text, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.Contains(t, string(text), `"end"`)
		}
		require.Eventually(t, func() bool {
			w.gateway.exports.mu.Lock()
			defer w.gateway.exports.mu.Unlock()
			return len(w.gateway.exports.people) == 0
		}, time.Minute, time.Millisecond)
		require.Equal(t, 200, w.call("GET", "/user/export", "", "bearer", string(people[maxExports])).StatusCode)
	})
}

func TestPatientConn(t *testing.T) {
	conn := &patientConn{&deadlines{Conn: &drip{text: "abc"}}}
	_, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Equal(t, 4, conn.Conn.(*deadlines).set, "each part has its own time")
}
