package gateway

import (
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

const (
	dialTimeout = 2 * time.Second
	// upstreamConns is how many connections one replica of a service gets at most; further calls wait for one.
	upstreamConns = 512
	// upstreamIdle is shorter than the idle timeout of the services, so that they rarely close first, and than the time
	// for which a service that is about to stop goes on.
	upstreamIdle = 3 * time.Second
	// leftOut is for how long a replica gets no requests, while there are others, after it refused a connection or said
	// that it is about to stop.
	leftOut = 2 * time.Second
	// maxAnswer bounds what a service may answer, in bytes.
	maxAnswer = 64 << 20
	// maxStale bounds how many dead connections are passed over for one request.
	maxStale = 2 * upstreamConns
)

// Upstream is a service that requests are forwarded to: one or several replicas of it.
type Upstream struct {
	replicas []*replica
	turn     atomic.Uint32
}

// replica is one process of a service.
type replica struct {
	fasthttp.HostClient
	// streams asks for answers that are read while they arrive.
	streams http.Transport
	// back is when it gets requests again, in nanoseconds of Unix time.
	back atomic.Int64
}

func (r *replica) leaveOut(now time.Time) { r.back.Store(now.Add(leftOut).UnixNano()) }

func (r *replica) isLeftOut(now time.Time) bool { return now.UnixNano() < r.back.Load() }

// NewUpstream returns the service at these addresses, host:port each. Requests go to them in turn.
func NewUpstream(addresses ...string) *Upstream {
	dialer := net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	u := &Upstream{}
	for _, address := range addresses {
		u.replicas = append(u.replicas, newReplica(address, func() (net.Conn, error) { return dialer.Dial("tcp", address) }))
	}
	return u
}

// NewLocalUpstream returns a service in the same process, reached through dial.
func NewLocalUpstream(dial func() (net.Conn, error)) *Upstream {
	return &Upstream{replicas: []*replica{newReplica("local", dial)}}
}

func newReplica(address string, dial func() (net.Conn, error)) *replica {
	connect := func() (net.Conn, error) {
		conn, err := dial()
		if err != nil {
			return nil, &dialError{err}
		}
		return conn, nil
	}
	r := &replica{HostClient: fasthttp.HostClient{
		Addr: address,
		Dial: func(string) (net.Conn, error) {
			conn, err := connect()
			if err != nil {
				return nil, err
			}
			return &upstreamConn{Conn: conn}, nil
		},
		MaxConns: upstreamConns, MaxConnWaitTimeout: dialTimeout, MaxIdleConnDuration: upstreamIdle,
		// Which request may be sent twice is decided here, not by the client.
		MaxIdemponentCallAttempts: 1,
		MaxResponseBodySize:       maxAnswer,
		ReadBufferSize:            16 << 10,
		// Paths are rebuilt already.
		DisablePathNormalizing:   true,
		NoDefaultUserAgentHeader: true,
		SecureErrorLogMessage:    true,
	}}
	setStreams(&r.streams, connect)
	return r
}

// Close closes the connections that are not in use.
func (u *Upstream) Close() {
	for _, replica := range u.replicas {
		replica.CloseIdleConnections()
	}
}

// dialError is a connection that did not come about.
type dialError struct{ error }

func (e *dialError) Unwrap() error { return e.error }

// do sends a request and reads the answer until the deadline.
func (u *Upstream) do(request *fasthttp.Request, response *fasthttp.Response, safe bool, deadline time.Time) error {
	return u.ask(safe, deadline, func(r *replica) error {
		err := r.DoDeadline(request, response, deadline)
		if err == nil && response.ConnectionClose() {
			r.leaveOut(time.Now()) // it is about to stop
		}
		return err
	})
}

// ask asks one replica after the other. What was surely not sent goes to the next one; what may have been sent is sent once
// more only when it is safe, that is when it changes nothing.
func (u *Upstream) ask(safe bool, deadline time.Time, ask func(*replica) error) error {
	if len(u.replicas) == 0 {
		return &dialError{errors.New("the service has no address")}
	}
	turn, refused, stale, again := u.next(), 0, 0, safe
	for {
		replica := u.replicas[turn%uint32(len(u.replicas))]
		err := ask(replica)
		now := time.Now()
		if err == nil || !now.Before(deadline) {
			return err
		}
		var dial *dialError
		switch {
		case errors.As(err, &dial):
			replica.leaveOut(now)
			if refused++; refused >= len(u.replicas) {
				return err
			}
			turn++
		case errors.Is(err, errNotSent):
			// The same replica again: it may have been restarted.
			if stale++; stale >= maxStale {
				return err
			}
		case again && worthAnother(err):
			again = false
			turn++
		default:
			return err
		}
	}
}

// next returns the turn of the replica that a request goes to first. Those that are left out are passed over, unless
// all are.
func (u *Upstream) next() uint32 {
	turn, count, now := u.turn.Add(1), uint32(len(u.replicas)), time.Now()
	for skipped := range count {
		if !u.replicas[(turn+skipped)%count].isLeftOut(now) {
			return turn + skipped
		}
	}
	return turn
}

func worthAnother(err error) bool {
	return !isTimeout(err) && !errors.Is(err, fasthttp.ErrNoFreeConns) && !errors.Is(err, fasthttp.ErrBodyTooLarge)
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}
