package main

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
)

// senderTo starts a server and returns a client for it.
func senderTo(t *testing.T, handler fasthttp.RequestHandler) *fasthttp.HostClient {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &fasthttp.Server{Handler: handler}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Shutdown() })
	return newSender(listener.Addr().String())
}

func TestArrivals(t *testing.T) {
	prepare := func(_ int, request *fasthttp.Request) { request.SetRequestURI("http://bench/") }
	t.Run("requests come while no earlier one is answered", func(t *testing.T) {
		const together = 10
		var waiting atomic.Int32
		enough := make(chan struct{})
		http := senderTo(t, func(*fasthttp.RequestCtx) {
			if waiting.Add(1) == together {
				close(enough)
			}
			<-enough // nobody is answered before so many wait
		})
		took, err := arrivals{name: "x", perSecond: 100, prepare: prepare, check: has("")}.come(t.Context(), http, 300*time.Millisecond)
		require.NoError(t, err)
		longest := took[fasthttp.StatusOK][int(waiting.Load())-1]
		require.Greater(t, longest, 30*time.Millisecond, "the first one was due long before the tenth, for which it was held")
		require.Equal(t, int(waiting.Load()), len(took[fasthttp.StatusOK]), "every request is counted once")
	})
	t.Run("a wrong answer ends them", func(t *testing.T) {
		http := senderTo(t, func(ctx *fasthttp.RequestCtx) { ctx.SetStatusCode(fasthttp.StatusTeapot) })
		_, err := arrivals{name: "tea", perSecond: 1000, prepare: prepare, check: has("")}.come(t.Context(), http, time.Hour)
		require.ErrorContains(t, err, "tea: the answer is 418")
	})
	t.Run("they end with the context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		http := senderTo(t, func(*fasthttp.RequestCtx) { cancel() })
		_, err := arrivals{perSecond: 1000, prepare: prepare, check: has("")}.come(ctx, http, time.Hour)
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestPercentiles(t *testing.T) {
	var durations []time.Duration
	for i := range 1000 {
		durations = append(durations, time.Duration(i+1)*time.Millisecond)
	}
	assert.InDelta(t, 500, percentile(durations, 50), 1e-9)
	assert.InDelta(t, 990, percentile(durations, 99), 1e-9)
	assert.InDelta(t, 999, percentile(durations, 99.9), 1e-9)
	assert.InDelta(t, 1, percentile(durations[:1], 99), 1e-9)
	assert.Zero(t, percentile(nil, 99))
	t.Run("requests of all kinds and statuses count together", func(t *testing.T) {
		assert.Equal(t, durations[:4], all(times{200: {durations[2], durations[3]}}, times{401: durations[:1], 503: durations[1:2]}))
	})
}

func TestASignInThatIsWronglyAnsweredEndsARow(t *testing.T) {
	const right, wrong = 0, 1
	require.NoError(t, signInAnswered(right, 200, nil))
	require.NoError(t, signInAnswered(wrong, 401, nil))
	require.NoError(t, signInAnswered(right, 503, nil))
	require.NoError(t, signInAnswered(wrong, 503, nil))
	require.Error(t, signInAnswered(right, 401, nil))
	require.Error(t, signInAnswered(wrong, 200, nil), "a wrong password lets nobody in")
	require.Error(t, signInAnswered(right, 429, nil), "a limit would keep the passwords from being looked at")
	require.Error(t, signInAnswered(wrong, 500, nil))
}

func TestEverySignInHasAnAddressOfItsOwn(t *testing.T) {
	assert.Equal(t, "10.0.0.1", privateAddress(1).String())
	assert.Equal(t, "10.1.0.2", privateAddress(1<<16+2).String())
	assert.True(t, privateAddress(1<<24+5).IsPrivate())
}

func TestATimeThatGrowsTooMuchMissesItsTarget(t *testing.T) {
	c := comparison{floors: []float64{10, 20}, figures: []float64{15, 60}, target: target{longerAtMost: 2}}
	assert.Equal(t, []float64{1.5, 3}, c.ratios(), "times are compared as they are")
	assert.True(t, c.target.met(2))
	assert.False(t, c.target.met(2.01))
	assert.Equal(t, "at most 2 times as long", c.target.String())
}
