package gateway

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// Listener returns what the gateway's app is to be served on: a listener whose connections bound what the head of a
// request may be, before the server takes it apart.
func Listener(inner net.Listener) net.Listener {
	return &listener{Listener: inner, turns: make(chan struct{}, maxLongHeads)}
}

type listener struct {
	net.Listener
	// turns has a place for each head that may be long at the same time.
	turns chan struct{}
}

// Accept waits for the next connection. That no file is free for one now is no reason to end the server, as it would.
func (l *listener) Accept() (net.Conn, error) {
	const pause = 50 * time.Millisecond
	for {
		conn, err := l.Listener.Accept()
		if err == nil {
			return &headConn{Conn: conn, turns: l.turns, patience: headerTimeout}, nil
		}
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return nil, err
		}
		time.Sleep(pause)
	}
}
