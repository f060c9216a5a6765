package gateway

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"
)

// Listener returns what the gateway's app is to be served on: a listener whose connections bound what the head of a
// request may be, before the server takes it apart, and of which no client has all.
func (g *Gateway) Listener(inner net.Listener) net.Listener {
	return &listener{Listener: inner, turns: make(chan struct{}, maxLongHeads), crowd: &g.crowd}
}

type listener struct {
	net.Listener
	// turns has a place for each head that may be long at the same time.
	turns chan struct{}
	crowd *crowd
}

// Accept waits for the next connection. That no file is free for one now is no reason to end the server, as it would.
func (l *listener) Accept() (net.Conn, error) {
	const pause = 50 * time.Millisecond
	for {
		conn, err := l.Listener.Accept()
		if err == nil {
			leave, ok := l.crowd.enter(conn.RemoteAddr())
			if ok {
				return &headConn{Conn: conn, turns: l.turns, patience: headerTimeout, leave: leave}, nil
			}
			turnAway(conn)
			continue
		}
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return nil, err
		}
		time.Sleep(pause)
	}
}

// crowded is the answer to a connection too many, whatever is asked on it.
const crowded = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Type: text/plain\r\nContent-Length: 39\r\n\r\n" +
	"Too many connections from your address."

// turnAway closes a connection and says why, if that takes no time: others wait.
func turnAway(conn net.Conn) {
	_ = conn.SetWriteDeadline(time.Now().Add(10 * time.Millisecond)) // what is new has room for so little
	_, _ = io.WriteString(conn, crowded)
	_ = conn.Close()
}
