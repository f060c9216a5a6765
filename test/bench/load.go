package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"
)

// connections is how many clients ask at once, each on a connection of its own.
const connections = 32

// load is many clients that each send the next request when the answer to the last one is there.
type load struct {
	// address is the host and port of the server.
	address string
	// status is the one that every answer must have.
	status int
	// prepare makes the next request of a client. What it does not set stays from the client's last one.
	prepare func(client int, request *fasthttp.Request)
	// check says what is wrong with the body of an answer; nil where the status says enough.
	check func(body []byte) error

	once    sync.Once
	clients []loadClient
}

// loadClient is one client with its connection.
type loadClient struct {
	http     *fasthttp.HostClient
	request  fasthttp.Request
	response fasthttp.Response
}

func (l *load) connect() {
	l.clients = make([]loadClient, connections)
	for i := range l.clients {
		l.clients[i].http = &fasthttp.HostClient{
			Addr: l.address, MaxConns: 1, NoDefaultUserAgentHeader: true, DisablePathNormalizing: true,
			ReadTimeout: time.Minute, WriteTimeout: time.Minute,
			Dial: func(address string) (net.Conn, error) { return fasthttp.DialTimeout(address, 5*time.Second) },
		}
	}
}

// work loads the server for a while and returns the answers a second. It fails at the first wrong answer.
func (l *load) work(ctx context.Context, d time.Duration) (float64, error) {
	l.once.Do(l.connect)
	return inParallel(ctx, d, func(client int) error {
		c := &l.clients[client]
		l.prepare(client, &c.request)
		if err := c.http.Do(&c.request, &c.response); err != nil {
			return fmt.Errorf("asking %s: %w", c.request.URI(), err)
		}
		if c.response.StatusCode() != l.status {
			return fmt.Errorf("%s answered %d: %s", c.request.URI(), c.response.StatusCode(), c.response.Body())
		}
		if l.check != nil {
			return l.check(c.response.Body())
		}
		return nil
	})
}

// get returns a load of one GET that never changes.
func get(address, path, token string) *load {
	return &load{address: address, status: fasthttp.StatusOK, prepare: func(_ int, request *fasthttp.Request) {
		if len(request.Header.RequestURI()) > 1 {
			return // it is the one of last time
		}
		request.SetRequestURI("http://" + address + path)
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
	}}
}

// inParallel does something in as many goroutines as there are connections for a while, each again and again, and
// returns how often it was done a second. It ends at the first error.
func inParallel(ctx context.Context, d time.Duration, once func(client int) error) (float64, error) {
	var done atomic.Int64
	var group sync.WaitGroup
	failed := make(chan error, connections)
	began := time.Now()
	for client := range connections {
		group.Go(func() {
			n := int64(0)
			for time.Since(began) < d && ctx.Err() == nil && len(failed) == 0 {
				if err := once(client); err != nil {
					failed <- err
					return
				}
				n++
			}
			done.Add(n)
		})
	}
	group.Wait()
	took := time.Since(began)
	close(failed)
	if err := errors.Join(ctx.Err(), <-failed); err != nil {
		return 0, err
	}
	return float64(done.Load()) / took.Seconds(), nil
}

// each does something in as many goroutines as there are connections until it reports that nothing is left, or fails.
func each(ctx context.Context, once func(client int) (bool, error)) error {
	group, ctx := errgroup.WithContext(ctx)
	for client := range connections {
		group.Go(func() error {
			for {
				if more, err := once(client); !more || err != nil {
					return err
				}
				if ctx.Err() != nil {
					return ctx.Err()
				}
			}
		})
	}
	return group.Wait()
}
