package web

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// treasure is a server on this machine that must never be asked.
type treasure struct {
	*httptest.Server
	asked atomic.Int64
	port  string
}

func newTreasure(t *testing.T) *treasure {
	t.Helper()
	gold := &treasure{}
	gold.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gold.asked.Add(1)
		html("<p>gold")(w, r)
	}))
	t.Cleanup(gold.Close)
	_, port, err := net.SplitHostPort(gold.Listener.Addr().String())
	require.NoError(t, err)
	gold.port = port
	return gold
}

// inside are hosts that are not on the public web, in all the ways in which they can be written.
var inside = []string{
	"127.0.0.1", "127.255.255.254", "localhost", "LOCALHOST", "localhost.", "sub.localhost", "2130706433", "0x7f000001", "017700000001",
	"0177.0.0.1", "0x7f.1", "0x7f.0.0.0x1", "127.1", "127.0.1", "127.0.0.1.", "0", "0.0.0.0", "0x", "127.0.0.0x1", "1.2.3.4.5", "127.0.0.01",
	"[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
	"[2002:7f00:1::]", "[2001::1]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[fe80::1%25lo]", "[::1%25lo]", "[2606:2800::1%25lo]", "[fe80::1]", "[fec0::1]",
	"[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[100::1]", "[3fff::1]", "[5f00::1]",
	"１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "127%2e0%2e0%2e1", "ⓛocalhost",
	"10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16", "192.0.2.1",
	"198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
	"mongo", "redis.", "db.internal", "printer.local", "router.lan", "nas.home.arpa", "metadata.google.internal",
}

// refusedByAll asserts that nothing but the public web was asked, and that as often as it should.
func refusedByAll(t *testing.T, w *world, gold *treasure, asked int, err error) {
	t.Helper()
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err), "%v", err)
	assert.Zero(t, gold.asked.Load(), "a server on this machine was asked")
	assert.Len(t, w.dialled, asked)
	for _, address := range w.dialled {
		assert.Equal(t, public, netip.MustParseAddrPort(address).Addr(), "was dialled")
	}
	w.dialled = nil
}

func TestOnlyThePublicWebIsAsked(t *testing.T) {
	gold := newTreasure(t)
	w := newWorld(t, Options{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Location"] = []string{r.URL.Query().Get("to")}
		w.WriteHeader(http.StatusFound)
	}))
	for _, host := range inside {
		for _, form := range []string{"http://%s:" + gold.port + "/", "https://%s:" + gold.port + "/", "http://%s/", "https://%s/"} {
			address := fmt.Sprintf(form, host)
			t.Run(address, func(t *testing.T) {
				_, _, err := w.read(t, address)
				refusedByAll(t, w, gold, 0, err)
				_, _, err = w.read(t, "http://ada.example.org/?to="+strings.ReplaceAll(address, "%", "%25"))
				refusedByAll(t, w, gold, 1, err)
			})
		}
	}
	for _, address := range []string{
		"file:///etc/passwd", "gopher://127.0.0.1:" + gold.port + "/", "ftp://ada.example.org/", "data:text/html,gold", "javascript:1", "unix:/x",
		"http:ada.example.org", "http:///gold", "http://ada:secret@ada.example.org/", "http://ada@ada.example.org/", "http://ada.example.org:22/",
		"http://ada.example.org:25/", "http://ada.example.org:1023/", "http://ada.example.org:0/", "http://ada.example.org:65536/", "http://ada.example.org:99999999999999999999/",
		"http://a b.example.org/", "http://<ada>.example.org/", "http://[::1/", "http://%/", "://",
		"HTTP://127.0.0.1:" + gold.port, "http://ada.example.org@127.0.0.1:" + gold.port + "/", "http://" + strings.Repeat("a.", 200) + "example.org/",
	} {
		t.Run(address, func(t *testing.T) {
			_, _, err := w.read(t, address)
			refusedByAll(t, w, gold, 0, err)
			w.lookups = nil
			_, _, err = w.read(t, "http://ada.example.org/?to="+strings.NewReplacer("%", "%25", " ", "%20").Replace(address))
			refusedByAll(t, w, gold, 1, err)
		})
	}
	t.Run("a redirect to what is only a path behind two slashes names a host, too", func(t *testing.T) {
		_, _, err := w.read(t, "http://ada.example.org/?to=//127.0.0.1:"+gold.port+"/")
		refusedByAll(t, w, gold, 1, err)
	})
}

func TestNamesThatLeadInside(t *testing.T) {
	gold := newTreasure(t)
	loopback := netip.MustParseAddr("127.0.0.1")
	at := "http://trap.example.org:" + gold.port + "/"
	for _, address := range []string{
		"127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "192.168.1.1", "172.31.0.1", "169.254.169.254", "fd00:ec2::254", "100.100.100.200", "0.0.0.0",
		"::", "fe80::1", "64:ff9b::7f00:1", "2002:7f00:1::", "168.63.129.16", "255.255.255.255", "224.0.0.251",
	} {
		inner := netip.MustParseAddr(address)
		for name, answer := range map[string][]netip.Addr{"alone": {inner}, "behind a public one": {public, inner}, "before a public one": {inner, public}} {
			t.Run(address+" "+name, func(t *testing.T) {
				w := newWorld(t, Options{}, html("<p>x"))
				w.answers["trap.example.org."] = [][]netip.Addr{answer}
				_, _, err := w.read(t, at)
				refusedByAll(t, w, gold, 0, err)
				assert.Equal(t, "There is no such host on the public web.", message(t, err), "the same as where there is nothing")
			})
		}
	}
	t.Run("a name that changes between the check and the use is used as it was checked", func(t *testing.T) {
		w := newWorld(t, Options{}, html("<p>public"))
		w.answers["trap.example.org."] = [][]netip.Addr{{public}, {loopback}}
		_, text, err := w.read(t, at)
		require.NoError(t, err)
		assert.Equal(t, "<p>public", text)
		w.dialled = nil
		_, _, err = w.read(t, at)
		refusedByAll(t, w, gold, 0, err)
	})
	t.Run("a name that changes between two redirects is checked again", func(t *testing.T) {
		w := newWorld(t, Options{}, http.RedirectHandler(at, http.StatusFound))
		w.answers["trap.example.org."] = [][]netip.Addr{{public}, {public}, {loopback}}
		_, _, err := w.read(t, at)
		refusedByAll(t, w, gold, 2, err)
		assert.Len(t, w.lookups, 3)
	})
	t.Run("an address that was let through is checked once more when it is dialled", func(t *testing.T) {
		for _, address := range []string{gold.Listener.Addr().String(), "localhost:" + gold.port, "[::ffff:127.0.0.1]:" + gold.port, "0.0.0.0:" + gold.port} {
			_, err := connectPublic(t.Context(), "tcp", address)
			require.ErrorIs(t, err, errRefused, address)
		}
		assert.Zero(t, gold.asked.Load())
	})
}

func TestRefusalsTellNothingOfWhatIsThere(t *testing.T) {
	gold := newTreasure(t)
	w := newWorld(t, Options{}, html("<p>x"))
	_, _, there := w.read(t, gold.URL)
	_, _, notThere := w.read(t, "http://10.255.255.1/")
	require.Error(t, there)
	assert.Equal(t, there, notThere)
	assert.Equal(t, "This address may not be asked: only pages of the public web.", message(t, there))
}

func TestRedirects(t *testing.T) {
	var last *http.Request
	mux := http.NewServeMux()
	mux.HandleFunc("/hop/", func(w http.ResponseWriter, r *http.Request) {
		left := len(r.URL.Path) - len("/hop/")
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1", Path: "/"})
		if last = r; left == 0 {
			html("<p>arrived")(w, r)
			return
		}
		statuses := []int{301, 302, 303, 307, 308}
		w.Header().Set("Location", "/hop/"+strings.Repeat("x", left-1))
		w.WriteHeader(statuses[left%len(statuses)])
	})
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	mux.HandleFunc("/bad", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://%zz")
		w.WriteHeader(http.StatusFound)
	})
	w := newWorld(t, Options{}, mux)
	t.Run("five are followed, and the page says where it was at last", func(t *testing.T) {
		fetched, text, err := w.read(t, "http://ada.example.org/hop/xxxxx?secret=1")
		require.NoError(t, err)
		assert.Equal(t, "<p>arrived", text)
		assert.Equal(t, "http://ada.example.org/hop/", fetched.Address)
		assert.Empty(t, last.Header.Get("Referer"))
		assert.Empty(t, last.Header.Get("Cookie"))
		assert.Equal(t, userAgent, last.Header.Get("User-Agent"))
	})
	for _, path := range []string{"/hop/xxxxxx", "/hop/xxxxxxxxxxxxxxxxxxxx", "/round"} {
		t.Run("more are not: "+path, func(t *testing.T) {
			w.dialled = nil
			_, _, err := w.read(t, "http://ada.example.org"+path)
			require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
			assert.Equal(t, "The page sends on to others too often.", message(t, err))
			assert.Len(t, w.dialled, 1+maxRedirects)
		})
	}
	t.Run("one to no address is none", func(t *testing.T) {
		_, _, err := w.read(t, "http://ada.example.org/bad")
		assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	})
}
