package process

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

var silent = slog.New(slog.DiscardHandler)

// newServer returns a server of one handler at a free port.
func newServer(t *testing.T, handler fiber.Handler) Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", handler)
	return Server{Name: "test", App: app, Listener: listener}
}

func TestAToldProcessFinishesWhatIsUnderWay(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	server := newServer(t, func(c *fiber.Ctx) error {
		close(entered)
		<-leave
		return c.SendString("finished")
	})
	backgroundEnded := make(chan struct{})
	gate := NewGate(nil)
	program := Program{
		Servers: []Server{server}, Gate: gate,
		Background: []func(context.Context){func(ctx context.Context) {
			<-ctx.Done()
			close(backgroundEnded)
		}},
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- program.Run(ctx, silent) }()

	answered := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + server.Listener.Addr().String() + "/")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()
	<-entered
	stop()
	require.Eventually(t, gate.Closed, 5*time.Second, time.Millisecond, "readiness goes off first")
	assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(gate.Ready(t.Context())))
	close(leave)
	assert.Equal(t, "finished", <-answered)
	require.NoError(t, <-ended)
	<-backgroundEnded
}

func TestAServerThatCannotServeEndsTheProcess(t *testing.T) {
	server := newServer(t, func(*fiber.Ctx) error { return nil })
	require.NoError(t, server.Listener.Close())
	err := Program{Servers: []Server{server}, Gate: NewGate(nil)}.Run(t.Context(), silent)
	assert.ErrorContains(t, err, "test stopped")
}

func TestAGateAsksWhatTheProcessDependsOn(t *testing.T) {
	away := errors.New("away")
	gate := NewGate(func(context.Context) error { return away })
	assert.ErrorIs(t, gate.Ready(t.Context()), away)
	assert.NoError(t, NewGate(nil).Ready(t.Context()))
}

func TestBackgroundWorkIsDoneAgainAfterAFailure(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	runs := 0
	Periodically("test", time.Millisecond, silent, func(context.Context) error {
		if runs++; runs == 3 {
			stop()
		}
		return errors.New("failed")
	})(ctx)
	assert.Equal(t, 3, runs)

	runs = 0
	UntilDone("test", silent, func(context.Context) error {
		runs++
		return nil
	})(t.Context())
	assert.Equal(t, 1, runs)
}
