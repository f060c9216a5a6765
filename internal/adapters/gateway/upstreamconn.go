package gateway

import (
	"errors"
	"fmt"
	"net"
)

// errNotSent is a request of which not one byte has left: sending it again cannot do anything twice.
var errNotSent = errors.New("the request was not sent")

// upstreamConn is a connection to a service that knows whether a request has begun to leave. Before the first byte of
// a request it looks whether the service has closed the connection meanwhile, as one that restarts does.
type upstreamConn struct {
	net.Conn
	used  bool // an answer has been read from it
	begun bool // a byte of the present request has left
}

// Write sends a part of a request. errNotSent when nothing of the request has left.
func (c *upstreamConn) Write(p []byte) (int, error) {
	if !c.begun && c.used && closedByPeer(c.Conn) {
		return 0, errNotSent
	}
	n, err := c.Conn.Write(p)
	if n == 0 && err != nil && !c.begun {
		return 0, fmt.Errorf("%w: %w", errNotSent, err)
	}
	c.begun = true
	return n, err
}

// Read reads a part of an answer.
func (c *upstreamConn) Read(p []byte) (int, error) {
	c.begun, c.used = false, true
	return c.Conn.Read(p)
}
