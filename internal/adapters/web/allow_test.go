package web

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestHostsThatTheOperatorAllows(t *testing.T) {
	gold := newTreasure(t)
	send := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
	})
	sends := httptest.NewServer(send)
	t.Cleanup(sends.Close)
	ports := strings.NewReplacer("PORT", gold.port, "127.0.0.1:SENDS", sends.Listener.Addr().String())
	for name, test := range map[string]struct {
		allow, address string
		reached        bool
	}{
		"an address with its port":           {"127.0.0.1:PORT", "http://127.0.0.1:PORT/", true},
		"an address with any port":           {"127.0.0.1", "http://127.0.0.1:PORT/", true},
		"a name":                             {"localhost:PORT", "http://localhost:PORT/", true},
		"a name in other letters":            {"LocalHost", "http://lOCALhOST:PORT/", true},
		"one of several":                     {"wiki.example.org,localhost", "http://localhost:PORT/", true},
		"a redirect to it":                   {"localhost", "http://ada.example.org/?to=http://localhost:PORT/", true},
		"another port":                       {"127.0.0.1:1234", "http://127.0.0.1:PORT/", false},
		"a name is not its address":          {"localhost", "http://127.0.0.1:PORT/", false},
		"an address is not its name":         {"127.0.0.1", "http://localhost:PORT/", false},
		"an address is not another form":     {"127.0.0.1", "http://2130706433:PORT/", false},
		"a host is not the hosts below it":   {"localhost", "http://sub.localhost:PORT/", false},
		"a redirect from it to another one":  {"127.0.0.1:SENDS", "http://127.0.0.1:SENDS/?to=http://127.0.0.1:PORT/", false},
		"another address of the same net":    {"127.0.0.2", "http://127.0.0.1:PORT/", false},
		"nothing is allowed that is not set": {"", "http://127.0.0.1:PORT/", false},
	} {
		t.Run(name, func(t *testing.T) {
			gold.asked.Store(0)
			hosts, err := ParseAllowHosts(ports.Replace(test.allow))
			require.NoError(t, err)
			w := newWorld(t, Options{AllowHosts: hosts}, send)
			_, text, err := w.read(t, ports.Replace(test.address))
			if !test.reached {
				assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
				assert.Zero(t, gold.asked.Load())
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "<p>gold", text)
		})
	}
}

func TestPortsOfAllowedHosts(t *testing.T) {
	w := New(Options{AllowHosts: []string{"wiki.example.org", "10.0.0.1:81", "[fd00::1]:82", "fd00::2", "http://bad"}})
	require.Len(t, w.allowed, 4, "what is none is not allowed")
	for hostPort, is := range map[string]bool{
		"wiki.example.org:8080": true, "10.0.0.1:81": true, "10.0.0.1:80": false, "[fd00::1]:82": true, "[fd00::1]:443": false, "[fd00::2]:443": true,
	} {
		host, port, err := net.SplitHostPort(hostPort)
		require.NoError(t, err)
		assert.Equal(t, is, w.isAllowed(host, port), hostPort)
	}
}

func TestParseAllowHosts(t *testing.T) {
	for text, want := range map[string][]string{
		"": nil, " ": nil, "wiki.example.org": {"wiki.example.org"}, " Wiki.Example.org , 10.0.0.1:8080": {"wiki.example.org", "10.0.0.1:8080"},
		"[::1]:8080,::1,[fd00:0::1]": {"[::1]:8080", "::1", "fd00::1"}, "bücher.example:81": {"xn--bcher-kva.example:81"}, "mongo": {"mongo"}, "my_wiki:80": {"my_wiki:80"},
	} {
		got, err := ParseAllowHosts(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{
		",", "a,", "a,,b", "http://wiki.example.org", "wiki.example.org/", "*.example.org", "ada@wiki", "wiki:0", "wiki:65536", "wiki:http", "wiki:", ":80",
		"10.0.0.0/8", "2130706433", "127.1", "0x7f.1", "[::1", "fe80::1%lo", "a b", "wiki?x", "wiki#x", "10.0.0.1.",
	} {
		_, err := ParseAllowHosts(text)
		assert.Error(t, err, text)
	}
}
