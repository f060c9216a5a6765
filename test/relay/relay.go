// Package relay lets tests cut the way to a server.
package relay

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Relay passes TCP connections on to a server until it is cut.
type Relay struct {
	// Address is where it listens, on this machine: the same one each time it is mended.
	Address string
	server  string

	mutex       sync.Mutex
	listener    net.Listener
	connections map[net.Conn]bool
}

// New returns a relay to the server at an address. It is cut until it is mended, and when the test ends.
func New(t testing.TB, server string) *Relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r := &Relay{Address: listener.Addr().String(), server: server, connections: map[net.Conn]bool{}}
	require.NoError(t, listener.Close())
	t.Cleanup(r.Cut)
	return r
}

// Mend lets connections through.
func (r *Relay) Mend(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("tcp", r.Address)
	require.NoError(t, err)
	r.mutex.Lock()
	r.listener = listener
	r.mutex.Unlock()
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go r.connect(near)
		}
	}()
}

func (r *Relay) connect(near net.Conn) {
	far, err := net.Dial("tcp", r.server)
	if err != nil {
		near.Close()
		return
	}
	r.mutex.Lock()
	r.connections[near], r.connections[far] = true, true
	r.mutex.Unlock()
	go r.pass(near, far)
	r.pass(far, near)
}

func (r *Relay) pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	to.Close()
	from.Close()
	r.mutex.Lock()
	defer r.mutex.Unlock()
	delete(r.connections, from)
}

// Cut ends all connections and lets no new one in.
func (r *Relay) Cut() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.listener != nil {
		r.listener.Close()
	}
	for connection := range r.connections {
		connection.Close()
	}
	clear(r.connections)
}
