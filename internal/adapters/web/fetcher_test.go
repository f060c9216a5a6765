package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// TestMain has the environment name proxies that do not answer: what follows it fails.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		if err := os.Setenv(name, "http://127.0.0.1:1"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// public is the address of all hosts of the public web in a world.
var public = netip.MustParseAddr("93.184.215.14")

// world is a public web that is really a server on this machine, and resolvers that tell what they are told to.
type world struct {
	*Fetcher
	mu sync.Mutex
	// answers are what a name resolves to, one after the other; the last one stays. Other names of example.org are public.
	answers map[string][][]netip.Addr
	// lookups and dialled are what the fetcher did.
	lookups, dialled []string
}

// newWorld returns a fetcher in whose public web all hosts are one server.
func newWorld(t *testing.T, options Options, handler http.Handler) *world {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newWorldOf(options, server)
}

func newWorldOf(options Options, server *httptest.Server) *world {
	w := &world{Fetcher: New(options), answers: map[string][][]netip.Addr{}}
	w.lookup = w.resolveName
	w.connect = func(ctx context.Context, network, address string) (net.Conn, error) {
		w.mu.Lock()
		w.dialled = append(w.dialled, address)
		w.mu.Unlock()
		if netip.MustParseAddrPort(address).Addr() != public {
			return connectPublic(ctx, network, address)
		}
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	return w
}

func (w *world) resolveName(_ context.Context, host string) ([]netip.Addr, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lookups = append(w.lookups, host)
	answers, ok := w.answers[host]
	switch {
	case !ok:
		return []netip.Addr{public}, nil
	case len(answers) == 0:
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	case len(answers) > 1:
		w.answers[host] = answers[1:]
	}
	return append([]netip.Addr(nil), answers[0]...), nil
}

// read returns a whole document.
func (w *world) read(t *testing.T, address string) (ports.Fetched, string, error) {
	t.Helper()
	fetched, err := w.Fetch(t.Context(), address)
	if err != nil {
		return fetched, "", err
	}
	defer fetched.Body.Close()
	text, err := io.ReadAll(fetched.Body)
	return fetched, string(text), err
}

// message is what a person is told.
func message(t *testing.T, err error) string {
	t.Helper()
	var e *domain.Error
	require.ErrorAs(t, err, &e)
	return e.Message
}

func html(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, text)
	}
}

func TestAPageOfThePublicWebIsRead(t *testing.T) {
	var got *http.Request
	w := newWorld(t, Options{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		html("<p>Lighthouses")(w, r)
	}))
	fetched, text, err := w.read(t, "http://ada.example.org/lighthouse?lamp=1#top")
	require.NoError(t, err)
	assert.Equal(t, "<p>Lighthouses", text)
	assert.Equal(t, domain.FormatHTML, fetched.Format)
	assert.Equal(t, "http://ada.example.org/lighthouse?lamp=1", fetched.Address)
	assert.Equal(t, "ada.example.org", got.Host)
	assert.Equal(t, "/lighthouse?lamp=1", got.RequestURI)
	assert.Equal(t, userAgent, got.Header.Get("User-Agent"))
	assert.Equal(t, []string{"ada.example.org."}, w.lookups, "no search domain is tried")
}

func TestCertificatesAreVerified(t *testing.T) {
	server := httptest.NewUnstartedServer(html("<p>secret"))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	t.Run("a certificate that nobody trusts is not", func(t *testing.T) {
		_, _, err := newWorldOf(Options{}, server).read(t, "https://example.com/")
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
		assert.Equal(t, "The page cannot be trusted: its certificate is not valid.", message(t, err))
	})
	trusting := func() *world {
		w := newWorldOf(Options{}, server)
		w.transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		w.transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
		return w
	}
	t.Run("one that is trusted is, for its host", func(t *testing.T) {
		_, text, err := trusting().read(t, "https://example.com/")
		require.NoError(t, err)
		assert.Equal(t, "<p>secret", text)
	})
	t.Run("and for no other", func(t *testing.T) {
		_, _, err := trusting().read(t, "https://ada.example.org/")
		assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	})
	t.Run("versions of TLS that are broken are not spoken", func(t *testing.T) {
		old := httptest.NewUnstartedServer(html("<p>secret"))
		old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
		old.StartTLS()
		t.Cleanup(old.Close)
		w := newWorldOf(Options{}, old)
		w.transport.TLSClientConfig.RootCAs = x509.NewCertPool()
		w.transport.TLSClientConfig.RootCAs.AddCert(old.Certificate())
		_, _, err := w.read(t, "https://example.com/")
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
}

func TestTheStatusOfAnAnswer(t *testing.T) {
	for _, test := range []struct {
		status  int
		code    domain.Code
		message string
	}{
		{401, domain.CodeInvalid, "The page answers 401 Unauthorized."},
		{403, domain.CodeInvalid, "The page answers 403 Forbidden."},
		{404, domain.CodeInvalid, "The page answers 404 Not Found."},
		{410, domain.CodeInvalid, "The page answers 410 Gone."},
		{302, domain.CodeInvalid, "The page answers 302 Found."},
		{499, domain.CodeInvalid, "The page answers 499."},
		{408, domain.CodeUnavailable, "The page answers 408 Request Timeout."},
		{425, domain.CodeUnavailable, "The page answers 425 Too Early."},
		{429, domain.CodeUnavailable, "The page answers 429 Too Many Requests."},
		{500, domain.CodeUnavailable, "The page answers 500 Internal Server Error."},
		{503, domain.CodeUnavailable, "The page answers 503 Service Unavailable."},
	} {
		t.Run(test.message, func(t *testing.T) {
			w := newWorld(t, Options{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(test.status) }))
			_, _, err := w.read(t, "http://ada.example.org/")
			require.Equal(t, test.code, domain.CodeOf(err))
			assert.Equal(t, test.message, message(t, err))
		})
	}
}

func TestAHostThatDoesNotAnswer(t *testing.T) {
	w := newWorld(t, Options{}, html("<p>x"))
	w.answers["gone.example.org."] = nil
	t.Run("a name that nobody has is no address", func(t *testing.T) {
		_, _, err := w.read(t, "http://gone.example.org/")
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
		assert.Equal(t, "There is no such host on the public web.", message(t, err))
	})
	t.Run("a resolver that fails may answer later", func(t *testing.T) {
		w.lookup = func(context.Context, string) ([]netip.Addr, error) {
			return nil, &net.DNSError{Err: "server misbehaving", IsTemporary: true}
		}
		_, _, err := w.read(t, "http://ada.example.org/")
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
	t.Run("of several addresses each is tried", func(t *testing.T) {
		w := newWorld(t, Options{}, html("<p>third"))
		down := netip.MustParseAddr("93.184.215.15")
		w.answers["ada.example.org."] = [][]netip.Addr{{down, netip.MustParseAddr("2606:2800::1"), public}}
		through := w.connect
		w.connect = func(ctx context.Context, network, address string) (net.Conn, error) {
			if netip.MustParseAddrPort(address).Addr() != public {
				return nil, errors.New("connection refused")
			}
			return through(ctx, network, address)
		}
		_, text, err := w.read(t, "http://ada.example.org/")
		require.NoError(t, err)
		assert.Equal(t, "<p>third", text)
	})
	t.Run("an address of IPv4 is one however the resolver writes it", func(t *testing.T) {
		w := newWorld(t, Options{}, html("<p>mapped"))
		w.answers["ada.example.org."] = [][]netip.Addr{{netip.MustParseAddr("::ffff:" + public.String())}}
		_, text, err := w.read(t, "http://ada.example.org/")
		require.NoError(t, err)
		assert.Equal(t, "<p>mapped", text)
	})
	t.Run("one whose addresses are all down may answer later", func(t *testing.T) {
		w := newWorld(t, Options{}, html("<p>x"))
		w.connect = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("connection refused") }
		_, _, err := w.read(t, "http://ada.example.org/")
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
}

func TestWhenTheCallerLeaves(t *testing.T) {
	w := newWorld(t, Options{Deadline: time.Hour}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		html("<p>"+string(make([]byte, headSize)))(w, r)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	ctx, cancel := context.WithCancel(t.Context())
	fetched, err := w.Fetch(ctx, "http://ada.example.org/")
	require.NoError(t, err)
	defer fetched.Body.Close()
	cancel()
	_, err = io.ReadAll(fetched.Body)
	require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	assert.ErrorIs(t, err, context.Canceled)
}
