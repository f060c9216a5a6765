package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// arrivals are requests of one kind that come by themselves, whether or not those before were answered: people do not wait
// for each other. The time from one to the next is random (exponential), so that some come close together.
type arrivals struct {
	name      string
	perSecond float64
	// prepare makes request n.
	prepare func(n int, request *fasthttp.Request)
	// check says what is wrong with the answer to request n.
	check func(n, status int, body []byte) error
}

// times are how long answers took, by status, in order. They count from when a request was due, so that one that was sent
// late, since the sender had no processor, is as slow as it would be to its person.
type times map[int][]time.Duration

// newSender returns a client with as many connections as are needed at once.
func newSender(address string) *fasthttp.HostClient {
	return &fasthttp.HostClient{
		Addr: address, MaxConns: math.MaxInt32, NoDefaultUserAgentHeader: true, DisablePathNormalizing: true,
		ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		Dial: func(address string) (net.Conn, error) { return fasthttp.DialTimeout(address, 30*time.Second) },
	}
}

// come sends requests for a while and returns when all of them are answered. It fails at the first wrong answer.
func (a arrivals) come(ctx context.Context, http *fasthttp.HostClient, d time.Duration) (times, error) {
	var requests sync.WaitGroup
	var mu sync.Mutex
	took, failed := times{}, make(chan error, 1)
	random := rand.New(rand.NewPCG(7, uint64(len(a.name))))
	due := time.Now()
	end := due.Add(d)
	for n := 0; ctx.Err() == nil && len(failed) == 0; n++ {
		due = due.Add(time.Duration(random.ExpFloat64() / a.perSecond * float64(time.Second)))
		if due.After(end) {
			break
		}
		time.Sleep(time.Until(due))
		since := due
		requests.Go(func() {
			status, err := a.ask(http, n)
			mu.Lock()
			defer mu.Unlock()
			took[status] = append(took[status], time.Since(since))
			if err != nil && len(failed) == 0 {
				failed <- fmt.Errorf("%s: %w", a.name, err)
			}
		})
	}
	requests.Wait()
	close(failed)
	for _, durations := range took {
		slices.Sort(durations)
	}
	return took, errors.Join(ctx.Err(), <-failed)
}

// ask sends request n and returns the status of the answer.
func (a arrivals) ask(http *fasthttp.HostClient, n int) (int, error) {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	a.prepare(n, request)
	if err := http.Do(request, response); err != nil {
		return 0, err
	}
	status := response.StatusCode()
	return status, a.check(n, status, response.Body())
}

// all returns the times of several kinds of requests and all statuses together, in order.
func all(several ...times) []time.Duration {
	var together []time.Duration
	for _, t := range several {
		for _, durations := range t {
			together = append(together, durations...)
		}
	}
	slices.Sort(together)
	return together
}

// percentile returns the time, in milliseconds, within which so many of a hundred were answered. The durations are in order.
func percentile(durations []time.Duration, percent float64) float64 {
	if len(durations) == 0 {
		return 0
	}
	rank := int(math.Ceil(percent * float64(len(durations)) / 100))
	return float64(durations[max(rank, 1)-1]) / float64(time.Millisecond)
}

// String tells how many answers had which status, and the percentiles of their times.
func (t times) String() string {
	text := ""
	for _, status := range slices.Sorted(maps.Keys(t)) {
		text += fmt.Sprintf(" %d: %d (%s)", status, len(t[status]), percentiles(t[status]))
	}
	return text
}

func percentiles(durations []time.Duration) string {
	return fmt.Sprintf("p50 %.1f, p99 %.1f, p99.9 %.1f ms", percentile(durations, 50), percentile(durations, 99), percentile(durations, 99.9))
}
