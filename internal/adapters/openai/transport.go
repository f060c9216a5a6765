package openai

import (
	"errors"
	"io"
	"net/http"
	"net/url"
)

// maxAnswer is how many bytes of an answer are read.
const maxAnswer = 2 << 20

var (
	errAnswerTooLong = errors.New("the answer is longer than 2 MiB")
	errRedirect      = errors.New("the server sends elsewhere, which is not followed")
)

// newHTTPClient returns a client that follows no redirects, so that key and text go to the configured host only, and that reads
// no answer without end.
func newHTTPClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = func(request *http.Request) (*url.URL, error) {
		if request.URL.Scheme != "https" {
			return nil, nil // a proxy would read the key
		}
		return http.ProxyFromEnvironment(request)
	}
	return &http.Client{
		Transport:     bounded{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect },
	}
}

// bounded is a transport whose answers end with errAnswerTooLong after maxAnswer bytes.
type bounded struct{ next http.RoundTripper }

// RoundTrip sends a request.
func (b bounded) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := b.next.RoundTrip(request)
	if err == nil {
		response.Body = &boundedBody{response.Body, maxAnswer}
	}
	return response, err
}

type boundedBody struct {
	io.ReadCloser
	left int
}

// Read reads on, while there is something left of what may be read.
func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if n > b.left {
		return b.left, errAnswerTooLong
	}
	b.left -= n
	return n, err
}
