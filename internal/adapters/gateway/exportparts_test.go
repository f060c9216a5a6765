package gateway

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// part is how a service answers for its part of an export.
type part = fasthttp.RequestHandler

// stream answers with what write writes.
func stream(write func(w *bufio.Writer)) part {
	return func(ctx *requestCtx) {
		ctx.SetContentType(rest.NDJSON)
		ctx.SetBodyStreamWriter(write)
	}
}

// text answers with a text as a stream.
func text(text string) part {
	return stream(func(w *bufio.Writer) { _, _ = w.WriteString(text) })
}

// brokenOff answers with a text and breaks off behind it, where one chunk has ended.
func brokenOff(text string) part {
	return func(ctx *requestCtx) {
		ctx.SetContentType(rest.NDJSON)
		ctx.SetBodyStream(io.MultiReader(strings.NewReader(text), failing{}), -1)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken") }

// hungUp closes the connection without an answer.
func hungUp(ctx *requestCtx) {
	ctx.HijackSetNoResponse(true)
	ctx.Hijack(func(conn net.Conn) { _ = conn.Close() })
}

func status(code int, body string, headers ...string) part {
	return func(ctx *requestCtx) {
		ctx.SetStatusCode(code)
		ctx.SetContentType("application/json")
		ctx.SetBodyString(body)
		for i := 0; i < len(headers); i += 2 {
			ctx.Response.Header.Set(headers[i], headers[i+1])
		}
	}
}

// many is more than what is read before an answer begins: 2,000 lines.
var many = strings.Repeat(`{"type":"card","question":"`+strings.Repeat("x", 100)+`"}`+"\n", 2000)

const (
	account  = `{"type":"account"}` + "\n"
	deck     = `{"type":"deck"}` + "\n"
	sittings = `{"type":"event"}` + "\n" + `{"type":"event"}` + "\n"
)

// export makes the services answer with these parts. There are no notes but those of an export with notes.
func (w *world) export(account, decks, learning part) {
	w.exportWithNotes(account, decks, learning, text(""))
}

func (w *world) exportWithNotes(account, decks, learning, notes part) {
	w.users.handler(func(ctx *requestCtx) {
		if string(ctx.Path()) == exchangePath {
			w.serveExchange(ctx)
			return
		}
		account(ctx)
	})
	w.others.handler(func(ctx *requestCtx) {
		switch string(ctx.Path()) {
		case "/export/decks":
			decks(ctx)
		case "/export/generation":
			notes(ctx)
		default:
			learning(ctx)
		}
	})
}

// begin asks for an export, and returns the answer before its body is read.
func (w *world) begin(person domain.UserID) *http.Response {
	w.t.Helper()
	request, err := http.NewRequest("GET", w.base+"/user/export", nil)
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+w.session(person))
	transport := &http.Transport{DisableKeepAlives: true}
	w.t.Cleanup(transport.CloseIdleConnections)
	response, err := transport.RoundTrip(request)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// read reads an answer to its end.
func read(t *testing.T, response *http.Response) reply {
	t.Helper()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return reply{response, string(text)}
}

// logged waits for the line of the log about an export, and returns it.
func (w *world) logged() map[string]any {
	w.t.Helper()
	var line map[string]any
	require.Eventually(w.t, func() bool {
		for text := range strings.Lines(w.log.String()) {
			if strings.Contains(text, `"route":"/user/export"`) {
				return json.Unmarshal([]byte(text), &line) == nil
			}
		}
		return false
	}, time.Minute, time.Millisecond)
	return line
}

// deadlines counts how often the time of reading was set.
type deadlines struct {
	net.Conn
	set int
}

func (d *deadlines) SetReadDeadline(time.Time) error {
	d.set++
	return nil
}
