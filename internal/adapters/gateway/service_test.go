package gateway

import (
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
)

// service is a service behind the gateway, in this process, on a port of its own.
type service struct {
	t        *testing.T
	address  string
	server   *fasthttp.Server
	listener net.Listener

	mu     sync.Mutex
	answer fasthttp.RequestHandler
	seen   []*fasthttp.Request
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{t: t}
	s.reply(200, `{"message":"Success","data":[]}`)
	s.listen("127.0.0.1:0")
	return s
}

func (s *service) listen(address string) {
	listener, err := net.Listen("tcp", address)
	require.NoError(s.t, err)
	s.address, s.listener = listener.Addr().String(), listener
	s.server = &fasthttp.Server{Handler: s.handle, ReadBufferSize: readBuffer, CloseOnShutdown: true, DisablePreParseMultipartForm: true, Logger: silent{}}
	go func(server *fasthttp.Server) { _ = server.Serve(listener) }(s.server)
	s.t.Cleanup(s.stop)
}

func (s *service) stop() {
	_ = s.server.Shutdown()
	_ = s.listener.Close() // the server may not have begun to serve
}

func (s *service) handle(ctx *fasthttp.RequestCtx) {
	copied := &fasthttp.Request{}
	ctx.Request.CopyTo(copied)
	s.mu.Lock()
	s.seen = append(s.seen, copied)
	answer := s.answer
	s.mu.Unlock()
	answer(ctx)
}

func (s *service) handler(answer fasthttp.RequestHandler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *service) reply(status int, body string) {
	s.handler(func(ctx *fasthttp.RequestCtx) {
		ctx.SetStatusCode(status)
		ctx.SetContentType("application/json")
		ctx.SetBodyString(body)
	})
}

// requests returns what came, and forgets it.
func (s *service) requests() []*fasthttp.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seen
	s.seen = nil
	return seen
}

func (s *service) only() *fasthttp.Request {
	s.t.Helper()
	seen := s.requests()
	require.Len(s.t, seen, 1)
	return seen[0]
}

type requestCtx = fasthttp.RequestCtx

type silent struct{}

func (silent) Printf(string, ...any) {}
