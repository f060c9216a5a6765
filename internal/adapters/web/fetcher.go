// Package web gets documents from the web, and asks nothing that is not on it.
package web

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Defaults of a Fetcher. The largest file is that of a content.
const (
	DefaultDeadline = 10 * time.Second
	DefaultMaxPage  = 10 << 20
)

const (
	// maxRedirects is how often an address may send on to another one.
	maxRedirects = 5
	// maxHeader is how many bytes the header of an answer may have.
	maxHeader = 256 << 10
	userAgent = "spacey (+https://github.com/moshrank/spacey-backend)"
	accept    = "text/html, application/xhtml+xml, application/pdf, */*;q=0.1"
)

// Options say what a Fetcher may do. What is zero has its default.
type Options struct {
	// AllowHosts are hosts, or hosts with ports, that may be asked though they are not on the public web. See ParseAllowHosts.
	AllowHosts []string
	// Deadline is how long everything may take, from the first connection to the last byte of the body.
	Deadline time.Duration
	// MaxPage is how many bytes a page may have when it is unpacked, MaxFile how many a PDF.
	MaxPage, MaxFile int64
	// Logger is told of hosts that were refused.
	Logger *slog.Logger
}

// Fetcher gets documents from the public web. Make one with New.
type Fetcher struct {
	transport        *http.Transport
	allowed          []allowed
	deadline         time.Duration
	maxPage, maxFile int64
	logger           *slog.Logger
	// lookup finds the addresses of a name, connect connects to an address that was checked.
	lookup  func(ctx context.Context, host string) ([]netip.Addr, error)
	connect func(ctx context.Context, network, address string) (net.Conn, error)
}

var _ ports.Fetcher = (*Fetcher)(nil)

// New returns a fetcher. Hosts to be allowed that ParseAllowHosts does not take are not.
func New(options Options) *Fetcher {
	f := &Fetcher{
		deadline: cmp.Or(options.Deadline, DefaultDeadline),
		maxPage:  cmp.Or(options.MaxPage, DefaultMaxPage),
		maxFile:  cmp.Or(options.MaxFile, domain.MaxFileSize),
		logger:   cmp.Or(options.Logger, slog.New(slog.DiscardHandler)),
		lookup: func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		},
		connect: connectPublic,
	}
	for _, entry := range options.AllowHosts {
		host, err := parseAllowed(entry)
		if err != nil {
			f.logger.Warn("a host is not allowed", "error", err)
			continue
		}
		f.allowed = append(f.allowed, host)
	}
	// There is no proxy, whatever the environment says: it would connect to what is refused here. There are no cookies, and redirects
	// are followed by open, which checks each of them and does not tell a page of the one before.
	f.transport = &http.Transport{
		DialContext:            f.dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: maxHeader,
	}
	return f
}

// Fetch opens what is at an address. An answer that says that it is too large is CodeTooLarge at once.
func (f *Fetcher) Fetch(ctx context.Context, address string) (ports.Fetched, error) {
	u, err := url.Parse(address)
	if err != nil {
		return ports.Fetched{}, domain.NewError(domain.CodeInvalid, "This is no address of the web.")
	}
	ctx, cancel := context.WithTimeout(ctx, f.deadline)
	fetched, err := f.fetch(ctx, u)
	if err != nil {
		cancel()
		return ports.Fetched{}, err
	}
	fetched.Body = closing{fetched.Body, cancel}
	return fetched, nil
}

// closing ends what reading needs along with a body.
type closing struct {
	io.ReadCloser
	end context.CancelFunc
}

// Close closes the body.
func (c closing) Close() error {
	defer c.end()
	return c.ReadCloser.Close()
}

func (f *Fetcher) fetch(ctx context.Context, u *url.URL) (ports.Fetched, error) {
	response, err := f.open(ctx, u)
	if err != nil {
		return ports.Fetched{}, err
	}
	body, format, err := f.document(response)
	if err != nil {
		_ = response.Body.Close()
		return ports.Fetched{}, err
	}
	return ports.Fetched{Address: response.Request.URL.String(), Format: format, Body: body}, nil
}

// open returns the answer of an address, or of where it sends to.
func (f *Fetcher) open(ctx context.Context, u *url.URL) (*http.Response, error) {
	for range maxRedirects + 1 {
		response, err := f.ask(ctx, u)
		if err != nil {
			return nil, err
		}
		location := response.Header.Get("Location")
		if !isRedirect(response.StatusCode) || location == "" {
			if err := statusError(response.StatusCode); err != nil {
				_ = response.Body.Close()
				return nil, err
			}
			return response, nil
		}
		_ = response.Body.Close()
		if u, err = u.Parse(location); err != nil {
			return nil, domain.NewError(domain.CodeInvalid, "The page sends on to something that is no address of the web.")
		}
	}
	return nil, domain.NewError(domain.CodeInvalid, "The page sends on to others too often.")
}

// ask asks one address.
func (f *Fetcher) ask(ctx context.Context, u *url.URL) (*http.Response, error) {
	if !f.mayAsk(u) {
		return nil, errRefused
	}
	bare := *u
	bare.Fragment, bare.RawFragment = "", ""
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, bare.String(), http.NoBody)
	if err != nil {
		return nil, errRefused
	}
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("Accept", accept)
	response, err := f.transport.RoundTrip(request)
	if err != nil {
		return nil, failure(err)
	}
	return response, nil
}

// mayAsk reports whether an address is one of the web. Whether its host is on the public web is seen when it is dialled.
func (f *Fetcher) mayAsk(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return false
	}
	if u.Port() == "" {
		return true
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil || port < 1 || port > 65535 {
		return false
	}
	if port == 80 || port == 443 || port >= 1024 {
		return true
	}
	host := hostName(u.Hostname())
	for _, a := range f.allowed {
		if a.host == host && a.port == port {
			return true
		}
	}
	return false
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// statusError says what is wrong with the status of an answer.
func statusError(status int) error {
	if status >= 200 && status < 300 {
		return nil
	}
	message := "The page answers " + strconv.Itoa(status)
	if text := http.StatusText(status); text != "" {
		message += " " + text
	}
	code := domain.CodeInvalid
	switch {
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		code = domain.CodeUnavailable
	}
	return domain.NewError(code, message+".")
}

// failure returns the error of a request or of reading its answer.
func failure(err error) error {
	var ours *domain.Error
	if errors.As(err, &ours) {
		return ours
	}
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate):
		return domain.WrapError(domain.CodeInvalid, "The page cannot be trusted: its certificate is not valid.", err)
	case isTimeout(err):
		return domain.WrapError(domain.CodeUnavailable, "The page takes too long.", err)
	}
	return domain.WrapError(domain.CodeUnavailable, "The page cannot be read at the moment.", err)
}

// bodyFailure returns the error of reading what a server has begun to send. When that takes too long it is as if there were too much of it: it
// would take as long the next time.
func bodyFailure(err error) error {
	var ours *domain.Error
	if !errors.As(err, &ours) && isTimeout(err) {
		return domain.WrapError(domain.CodeTooLarge, "The page takes too long to be read.", err)
	}
	return failure(err)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}
