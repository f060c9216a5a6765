package gateway

import (
	"bytes"
	"io"
	"net"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// bodyTimeout is how long the body of a request may take to arrive. Clients give up after a minute.
	bodyTimeout = time.Minute
	// An unread body is thrown away if it is of at most maxDrain bytes and comes within drainTimeout: a client that is
	// still writing when the connection closes may never see the answer.
	maxDrain     = 32 << 20
	drainTimeout = 5 * time.Second
)

// body reads the body of a request, of at most limit bytes. Fiber's own limit is off where bodies are streamed, so this
// one counts.
func (x *exchange) body(limit int64) ([]byte, error) {
	stream := x.c.Context().RequestBodyStream()
	if stream == nil {
		x.bodyEnded = true
		return x.c.Request().Body(), nil
	}
	length := int64(x.c.Request().Header.ContentLength()) // -1 when it is not known beforehand
	if length > limit {
		return nil, x.refuseBody(errTooLarge)
	}
	x.limitReading(bodyTimeout)
	if length < 0 {
		length = limit
	}
	buffer := make([]byte, 0, min(length, freeBody)+bytes.MinRead)
	for {
		n, err := stream.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		switch {
		case int64(len(buffer)) > limit:
			return nil, x.refuseBody(errTooLarge)
		case err == io.EOF:
			x.bodyEnded = true
			return buffer, nil
		case err != nil:
			// The connection is of no use: nobody knows where the next request begins.
			x.bodyBroken = true
			x.c.Context().SetConnectionClose()
			return nil, domain.WrapError(bodyCode(err), "", err)
		case len(buffer) < cap(buffer):
			continue
		}
		size := min(2*int64(cap(buffer)), length+bytes.MinRead)
		if !x.reserve(size - freeBody) {
			return nil, x.refuseBody(errManyBodies)
		}
		buffer = append(make([]byte, 0, size), buffer...)
	}
}

// reserve takes so many bytes of the memory for bodies, with those that were taken before.
func (x *exchange) reserve(size int64) bool {
	more := size - x.reserved
	if more <= 0 {
		return true
	}
	if !x.g.bodies.take(more) {
		return false
	}
	x.reserved = size
	return true
}

func bodyCode(err error) domain.Code {
	if isTimeout(err) {
		return rest.CodeRequestTimeout
	}
	return rest.CodeMalformed
}

func (x *exchange) refuseBody(refusal error) error {
	x.discardBody()
	x.c.Context().SetConnectionClose()
	return refusal
}

// discardBody throws away a body that nobody read. Where it does not end the connection is closed: what follows on it
// would be taken for the next request.
func (x *exchange) discardBody() {
	if x.bodyEnded || x.bodyBroken {
		return
	}
	stream := x.c.Context().RequestBodyStream()
	if stream == nil {
		return
	}
	if x.c.Request().Header.ContentLength() <= maxDrain {
		x.limitReading(drainTimeout)
		n, err := io.Copy(io.Discard, io.LimitReader(stream, maxDrain+1))
		x.bodyEnded = err == nil && n <= maxDrain
	}
	if !x.bodyEnded {
		x.bodyBroken = true
		x.c.Context().SetConnectionClose()
	}
}

func (x *exchange) limitReading(d time.Duration) {
	if conn := x.c.Context().Conn(); conn != nil {
		_ = conn.SetReadDeadline(time.Now().Add(d)) // the server sets a new one before it reads again
	}
}

// discardConn throws away what a client goes on to send after a header that was too large, until it waits for the
// answer.
func discardConn(conn net.Conn) {
	if conn == nil {
		return
	}
	if head, ok := conn.(*headConn); ok {
		conn = head.Conn
	}
	const pause = 100 * time.Millisecond
	buffer := make([]byte, 16<<10)
	for end := time.Now().Add(drainTimeout); time.Now().Before(end); {
		_ = conn.SetReadDeadline(time.Now().Add(pause))
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}
