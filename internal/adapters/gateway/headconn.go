package gateway

import (
	"bytes"
	"net"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// Limits of the head of a request, beside the buffer that all of it must fit in. A head that was taken apart is many
// times its size: 256 KiB of two-letter headers are 9 MB, and each connection may hold one.
const (
	// maxHeaderLines is how many headers there are at most. Browsers send some twenty.
	maxHeaderLines = 128
	// maxHeaders is the size of all headers together, in bytes.
	maxHeaders = 32 << 10
	// longAddress is the size of a request line, in bytes, above which it is one of maxLongHeads: it is kept several times
	// over while it is answered. Some 700 card ids fit below.
	longAddress  = 32 << 10
	maxLongHeads = 32
	// headPiece is how much of a head is read at once, bodyPiece how much of a body, in bytes. What follows a body may be
	// read with its last piece, and is not measured.
	headPiece = 16 << 10
	bodyPiece = 4 << 10
)

// headConn is a connection with a client. It hands the server one head of a request at a time, and measures it while it
// arrives. One goroutine reads from it.
type headConn struct {
	net.Conn
	// rest is what was read beyond the end of a head.
	rest []byte
	// ended is set when a head has been handed over; what comes then is its body.
	ended bool
	// address is the size of the first line, in bytes, headers that of the lines after it.
	address, headers int
	// lines is how many lines there were, line the size of the present one, and blank that it is a carriage return so far.
	lines, line int
	blank       bool
	// turns has a place for each long head, patience is how long one waits for it, and inTurn is set while this connection
	// has one.
	turns    chan struct{}
	patience time.Duration
	inTurn   atomic.Bool
	// refusal is why nothing more is read; begun is set when a part of the present head has been handed over.
	refusal error
	begun   bool
	// leave is called when the connection has closed.
	leave func()
}

// headOf returns the connection of a request, nil where it is not of a Listener.
func headOf(ctx *fasthttp.RequestCtx) *headConn {
	conn, _ := ctx.Conn().(*headConn)
	return conn
}

// next makes what comes now the head of another request.
func (c *headConn) next() {
	c.endTurn()
	c.ended, c.begun, c.address, c.headers, c.lines, c.line, c.blank = false, false, 0, 0, 0, 0, false
}

// Read reads from the client, of a head at most its end.
func (c *headConn) Read(p []byte) (int, error) {
	if c.refusal != nil {
		return 0, c.refusal
	}
	if c.ended {
		p = p[:min(len(p), bodyPiece)]
	}
	if len(c.rest) > 0 {
		read := c.rest[:min(len(p), len(c.rest))]
		n := copy(p, read[:c.measure(read)])
		if c.rest = c.rest[n:]; len(c.rest) == 0 {
			c.rest = nil
		}
		return c.allow(n, nil)
	}
	if c.ended {
		return c.Conn.Read(p)
	}
	p = p[:min(len(p), headPiece)]
	n, err := c.Conn.Read(p)
	// The server looks at all of a head again whenever there is more of it. That must not be at each byte of a long one.
	for err == nil && n < min(c.address+c.headers, len(p))/16 && bytes.IndexByte(p[:n], '\n') < 0 {
		var more int
		more, err = c.Conn.Read(p[n:])
		n += more
	}
	end := c.measure(p[:n])
	if end < n {
		c.rest = bytes.Clone(p[end:n])
	}
	if end > 0 {
		err = nil // it comes again
	}
	return c.allow(end, err)
}

// measure returns how many of the bytes are of the head, and counts them.
func (c *headConn) measure(read []byte) int {
	at := 0
	for at < len(read) && !c.ended {
		piece := read[at:]
		if end := bytes.IndexByte(piece, '\n'); end >= 0 {
			piece = piece[:end+1]
		}
		at += len(piece)
		c.count(piece)
	}
	if c.ended && at == 0 {
		return len(read)
	}
	return at
}

// count counts a line, or a part of one.
func (c *headConn) count(piece []byte) {
	if c.lines == 0 {
		c.address += len(piece)
	} else {
		c.headers += len(piece)
	}
	c.blank = c.line == 0 && piece[0] == '\r' || c.line == 1 && c.blank
	c.line += len(piece)
	if piece[len(piece)-1] != '\n' {
		return
	}
	empty := c.line == 1 || c.line == 2 && c.blank
	c.line, c.blank = 0, false
	switch {
	case !empty:
		c.lines++
	case c.lines > 0:
		c.ended = true // empty lines before the first one do not count
	}
}

// allow returns what a read returns, unless the head is beyond a limit. A long one waits for its turn.
func (c *headConn) allow(n int, err error) (int, error) {
	switch {
	case c.headers > maxHeaders || c.lines > maxHeaderLines+1:
		c.refusal = errLargeHead
	case c.address > longAddress && !c.takeTurn():
		c.refusal = errLongHeads
	default:
		c.begun = c.begun || n > 0
		return n, err
	}
	if !c.begun {
		return 1, nil // the server answers only those who have begun to say something
	}
	return 0, c.refusal
}

// takeTurn waits until there is a place for a long head. It reports whether there is.
func (c *headConn) takeTurn() bool {
	if c.inTurn.Load() {
		return true
	}
	wait := time.NewTimer(c.patience)
	defer wait.Stop()
	select {
	case c.turns <- struct{}{}:
		c.inTurn.Store(true)
		return true
	case <-wait.C:
		return false
	}
}

func (c *headConn) endTurn() {
	if c.inTurn.CompareAndSwap(true, false) {
		<-c.turns
	}
}

// Close closes the connection. The server may do so more than once.
func (c *headConn) Close() error {
	c.endTurn()
	c.leave()
	return c.Conn.Close()
}
