package process

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// lingerTime is for how long a listener that is closed takes the connections that have come.
const lingerTime = 50 * time.Millisecond

// Linger returns a listener that, when it is closed, first takes the connections that wait to be accepted. The system
// would cut them off, with the requests that their clients have sent already.
func Linger(listener *net.TCPListener) net.Listener {
	return &lingering{TCPListener: listener, closed: make(chan struct{})}
}

type lingering struct {
	*net.TCPListener
	once   sync.Once
	closed chan struct{}
	err    error
}

// Accept waits for the next connection.
func (l *lingering) Accept() (net.Conn, error) {
	conn, err := l.TCPListener.Accept()
	if errors.Is(err, os.ErrDeadlineExceeded) { // nobody came any more since Close
		l.err = l.TCPListener.Close()
		close(l.closed)
		return nil, net.ErrClosed
	}
	return conn, err
}

// Close lets Accept take what waits, and returns when the listener is closed.
func (l *lingering) Close() error {
	l.once.Do(func() {
		if l.SetDeadline(time.Now().Add(lingerTime)) != nil {
			l.err = l.TCPListener.Close()
			return
		}
		select {
		case <-l.closed:
		case <-time.After(10 * lingerTime): // nobody accepts
			l.err = l.TCPListener.Close()
		}
	})
	return l.err
}
