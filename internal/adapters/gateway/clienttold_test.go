package gateway

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
)

func toldOf(r *fasthttp.Request) [2]string {
	return [2]string{string(r.Header.Peek(rest.ClientAddressHeader)), string(r.Header.Peek(rest.ServiceTokenHeader))}
}

func TestServicesAreToldWhereACallComesFrom(t *testing.T) {
	address := netip.MustParseAddr("::ffff:203.0.113.7")
	made := []string{rest.ClientAddressHeader, "198.51.100.1", rest.ServiceTokenHeader, "made-up", "User-Agent", "curl/8"}
	w := newWorld(t, from(&address))

	t.Run("where a route wants it, with the credential that makes it believed, whatever the client says", func(t *testing.T) {
		w.call("POST", "/user/login", "{}", made...)
		request := w.users.only()
		require.Equal(t, [2]string{"203.0.113.7", secret}, toldOf(request))
		require.Len(t, request.Header.PeekAll(rest.ClientAddressHeader), 1)
		require.Equal(t, "curl/8", string(request.Header.UserAgent()))
		address = netip.MustParseAddr("2001:db8::1%eth0")
		w.call("POST", "/user/login", "{}", made...)
		require.Equal(t, [2]string{"2001:db8::1", secret}, toldOf(w.users.only()))
	})
	t.Run("nowhere else, and what the client says never goes through", func(t *testing.T) {
		w.call("GET", "/user/logout", "", made...)
		require.Equal(t, [2]string{}, toldOf(w.users.only()))
		w.call("GET", "/config/frontend", "", made...)
		require.Equal(t, [2]string{}, toldOf(w.others.only()))
	})
	t.Run("a generation service of ours is told, a foreign one is not", func(t *testing.T) {
		w.call("POST", "/notes", "{}", append(made, "bearer", "beta")...)
		require.Equal(t, secret, toldOf(w.others.only())[1])
		w := newWorld(t, func(o *Options) { o.ForeignGeneration = true })
		w.call("POST", "/notes", "{}", append(made, "bearer", "beta")...)
		require.Equal(t, [2]string{}, toldOf(w.others.only()))
	})
	t.Run("behind a trusted proxy it is the address that the proxy tells", func(t *testing.T) {
		w := newWorld(t, func(o *Options) {
			o.ClientAddress = ClientAddress([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
		})
		w.call("POST", "/user/login", "{}", "X-Forwarded-For", "198.51.100.1, 203.0.113.9")
		require.Equal(t, [2]string{"203.0.113.9", secret}, toldOf(w.users.only()))
	})
	t.Run("without a credential nothing is told", func(t *testing.T) {
		w := newWorld(t, func(o *Options) { o.ServiceToken = "" })
		w.call("POST", "/user/login", "{}")
		require.Equal(t, [2]string{}, toldOf(w.users.only()))
	})
}

func TestWhatServicesSayOfTimeAndRepetitionPasses(t *testing.T) {
	w := newWorld(t)
	w.users.handler(func(ctx *requestCtx) {
		ctx.Response.Header.Set("Retry-After", "77")
		ctx.Response.Header.Set(rest.IdempotencyReplayedHeader, "true")
		ctx.SetStatusCode(429)
		ctx.SetBodyString(`{"code":"too_many_attempts"}`)
	})
	answer := w.call("POST", "/user/login", "{}", "Idempotency-Key", "0123456789abcdef", "Origin", page)
	require.Equal(t, 429, answer.StatusCode)
	require.Equal(t, "too_many_attempts", answer.code())
	require.Equal(t, "77", answer.Header.Get("Retry-After"))
	require.Equal(t, "true", answer.Header.Get("Idempotency-Replayed"))
	require.Contains(t, answer.Header.Get("Access-Control-Expose-Headers"), "Idempotency-Replayed")
	require.Equal(t, "0123456789abcdef", string(w.users.only().Header.Peek("Idempotency-Key")))
	preflight := w.call("OPTIONS", "/user/login", "", "Origin", page)
	require.Contains(t, preflight.Header.Get("Access-Control-Allow-Headers"), "Idempotency-Key")
}

func TestAWrongPasswordSignsNobodyOut(t *testing.T) {
	w := newWorld(t)
	w.serveUsers(401, `{"error":"Unauthorized","code":"invalid_credentials","message":"The password is wrong.","requestID":"x"}`)
	for range 2 {
		answer := w.call("GET", "/user", "", "cookie", "ann")
		require.Equal(t, 401, answer.StatusCode)
		require.Empty(t, answer.expired())
	}
	require.Equal(t, 1, w.exchanges(), "the identity is remembered")
}
