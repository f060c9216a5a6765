package gateway

import (
	"context"
	"net"
	"net/http"
	"time"
)

const (
	// silence is how long a service may send nothing of a stream, its headers included: they come with what it writes first.
	silence = 30 * time.Second
	// maxStreamHead bounds the headers of a stream, in bytes.
	maxStreamHead = 16 << 10
)

// setStreams prepares the client for streams. It is not the one for all other requests: that one takes a connection that ends
// between two chunks for the end of the answer, so it cannot tell that a service broke off. Each stream has a connection of
// its own.
func setStreams(transport *http.Transport, connect func() (net.Conn, error)) {
	transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
		conn, err := connect()
		if err != nil {
			return nil, err
		}
		return &patientConn{conn}, nil
	}
	transport.DisableKeepAlives, transport.DisableCompression = true, true
	transport.ResponseHeaderTimeout, transport.MaxResponseHeaderBytes = silence, maxStreamHead
}

// stream sends a request that changes nothing, and returns the answer as soon as its headers are there. Whoever gets it closes
// its body. The answer ends with the context of the request.
func (u *Upstream) stream(request *http.Request) (response *http.Response, err error) {
	err = u.ask(true, time.Now().Add(silence), func(r *replica) error {
		response, err = r.streams.RoundTrip(request) //nolint:bodyclose // the caller closes it
		return err
	})
	return response, err
}

// patientConn is a connection on which each part of an answer may take its time, whatever all of them take together.
type patientConn struct{ net.Conn }

// Read reads the next part, within the time for silence.
func (c *patientConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}
