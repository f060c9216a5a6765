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
		return nil, x.tooLarge()
	}
	x.limitReading(bodyTimeout)
	var buffer bytes.Buffer
	buffer.Grow(int(min(limit, length, 64<<10)) + bytes.MinRead)
	n, err := buffer.ReadFrom(io.LimitReader(stream, limit+1))
	switch {
	case err != nil:
		// The connection is of no use: nobody knows where the next request begins.
		x.bodyBroken = true
		x.c.Context().SetConnectionClose()
		return nil, domain.WrapError(bodyCode(err), "", err)
	case n > limit:
		return nil, x.tooLarge()
	}
	x.bodyEnded = true
	return buffer.Bytes(), nil
}

func bodyCode(err error) domain.Code {
	if isTimeout(err) {
		return rest.CodeRequestTimeout
	}
	return rest.CodeMalformed
}

func (x *exchange) tooLarge() error {
	x.discardBody()
	x.c.Context().SetConnectionClose()
	return errTooLarge
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
	const pause = 100 * time.Millisecond
	buffer := make([]byte, 16<<10)
	for end := time.Now().Add(drainTimeout); time.Now().Before(end); {
		_ = conn.SetReadDeadline(time.Now().Add(pause))
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}
