package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// exportBegin is how much of an export is read before it is answered, in bytes: while nothing has been sent, a failure is
// answered like all others.
const exportBegin = 64 << 10

var errClientGone = errors.New("the client has gone before the end")

// exportStream is the body of an export as the server sends it.
type exportStream struct {
	x      *exchange
	source *exportSource
	// text is what is still to be sent: what was read before the answer, and the source.
	text io.Reader
	// conn is the connection to the client, which has patience for each part of the body.
	conn     net.Conn
	patience time.Duration
	// end stops the requests, leave gives the place among the exports back.
	end   context.CancelFunc
	leave func()
	// whole is set when all of it has been read.
	whole, closed bool
}

// begin reads what the answer begins with.
func (s *exportStream) begin() error {
	buffer := make([]byte, exportBegin)
	n, err := io.ReadFull(s.source, buffer)
	s.text = io.MultiReader(bytes.NewReader(buffer[:n]), s.source)
	if err == io.EOF || err == io.ErrUnexpectedEOF { // the source's own errors are others
		return nil // that is all of it
	}
	return err
}

// Read returns the next part of the body. Each has the time that another answer has as a whole, so that a long export is not
// cut off while its client goes on reading.
func (s *exportStream) Read(p []byte) (int, error) {
	n, err := s.text.Read(p)
	if deadlineErr := s.conn.SetWriteDeadline(time.Now().Add(s.patience)); err == nil {
		err = deadlineErr
	}
	if err == nil || err == io.EOF { //nolint:errorlint // a failure may wrap it
		s.whole = err != nil
		return n, err
	}
	s.x.failure = err
	// The server closes the connection without the end of the answer, and does not log what it knows as this.
	return n, io.ErrUnexpectedEOF
}

// release gives back what the export has taken.
func (s *exportStream) release() {
	s.end()
	s.source.Close()
	s.leave()
}

// Close is called by the server when the body is sent, or cannot be.
func (s *exportStream) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.release()
	if !s.whole && s.x.failure == nil {
		s.x.failure = errClientGone
	}
	s.x.record(statusOfExport)
	return nil
}
