package gateway

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// drip is a connection on which one byte comes at a time.
type drip struct {
	net.Conn
	text   string
	from   net.Addr
	wrote  string
	closed bool
}

func (d *drip) RemoteAddr() net.Addr { return d.from }

func (d *drip) SetWriteDeadline(time.Time) error { return nil }

func (d *drip) Write(p []byte) (int, error) {
	d.wrote += string(p)
	return len(p), nil
}

func (d *drip) Read(p []byte) (int, error) {
	if d.text == "" {
		return 0, io.EOF
	}
	p[0], d.text = d.text[0], d.text[1:]
	return 1, nil
}

func (d *drip) Close() error {
	d.closed = true
	return nil
}

func TestHeadConn(t *testing.T) {
	turns := make(chan struct{}, 1)
	open := func(text string) *headConn {
		return &headConn{Conn: &drip{text: text}, turns: turns, patience: time.Millisecond, leave: func() {}}
	}
	long := "GET /" + strings.Repeat("x", longAddress) + " HTTP/1.1\r\nHost: x\r\n\r\n"

	t.Run("of a long head that comes byte by byte the server is told from time to time", func(t *testing.T) {
		conn, buffer := open(long), make([]byte, readBuffer)
		reads, total := 0, 0
		for !conn.ended {
			n, err := conn.Read(buffer)
			require.NoError(t, err)
			reads, total = reads+1, total+n
		}
		require.Equal(t, len(long), total)
		require.Less(t, reads, 200)
		require.Len(t, turns, 1)
		conn.next()
		require.Empty(t, turns)
		_, err := conn.Read(buffer)
		require.ErrorIs(t, err, io.EOF)
	})
	t.Run("a long head that gets no turn is refused as busy", func(t *testing.T) {
		turns <- struct{}{}
		_, err := io.ReadAll(open(long))
		require.ErrorIs(t, err, errLongHeads)
		<-turns
	})
	t.Run("a connection that closes gives its turn back, once", func(t *testing.T) {
		conn := open(long)
		_, err := io.ReadAll(conn)
		require.NoError(t, err)
		require.Len(t, turns, 1)
		require.NoError(t, conn.Close())
		require.NoError(t, conn.Close())
		require.Empty(t, turns)
		require.True(t, conn.Conn.(*drip).closed)
	})
	t.Run("the end of a connection within a head is told", func(t *testing.T) {
		text, err := io.ReadAll(open("GET /"))
		require.NoError(t, err)
		require.Equal(t, "GET /", string(text))
	})
}

// accepting is a listener whose answers are given.
type accepting struct {
	net.Listener
	errs []error
}

func (a *accepting) Accept() (net.Conn, error) {
	if len(a.errs) == 0 {
		return &drip{}, nil
	}
	err := a.errs[0]
	a.errs = a.errs[1:]
	return nil, err
}

func TestListener(t *testing.T) {
	full := &net.OpError{Op: "accept", Err: os.NewSyscallError("accept", syscall.EMFILE)}
	t.Run("while there are no more files it waits", func(t *testing.T) {
		conn, err := new(Gateway).Listener(&accepting{errs: []error{full, full}}).Accept()
		require.NoError(t, err)
		require.IsType(t, &headConn{}, conn)
	})
	t.Run("its end is told", func(t *testing.T) {
		_, err := new(Gateway).Listener(&accepting{errs: []error{net.ErrClosed}}).Accept()
		require.ErrorIs(t, err, net.ErrClosed)
		broken := errors.New("broken")
		_, err = new(Gateway).Listener(&accepting{errs: []error{broken}}).Accept()
		require.ErrorIs(t, err, broken)
	})
}
