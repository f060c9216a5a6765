package e2e

import (
	"compress/gzip"
	"net"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/pdfs"
)

// mostMemory is how much the process may have had in all, whatever it was given to read: bodies are cut at 25 MiB and documents are
// read in a process of their own.
const mostMemory = 600 << 20

func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, map[string]http.HandlerFunc{
		"/2gb.html": zeros("text/html", 2<<30), "/2gb.pdf": zeros("application/pdf", 2<<30), "/endless": endless, "/twenty": twenty,
		"/unpacks": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			zeros("text/html", 1<<30)(discardHeader{w, packed}, nil)
			_ = packed.Close()
		},
		"/picture": serving("image/png", []byte("\x89PNG\r\n\x1a\n")), "/bomb.pdf": serving("application/pdf", pdfs.Bomb()),
		"/fails": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
	})
	s := start(t, newStorage(t, "sqlite"), l.environment()...)
	c := s.person(t)
	process := s.processes[0]
	// It is given up when its time is over; the others are read meanwhile.
	never := c.addSource(l.URL + "/endless")
	for name, add := range map[string]func() content{
		"an encrypted PDF":            func() content { return c.addFile("x.pdf", pdfs.Encrypted()) },
		"a broken PDF":                func() content { return c.addFile("x.pdf", pdfs.Broken()) },
		"a PDF that unpacks":          func() content { return c.addFile("x.pdf", pdfs.Bomb()) },
		"a PDF at an address":         func() content { return c.addSource(l.URL + "/bomb.pdf") },
		"a PDF of 10,000 pages":       func() content { return c.addFile("x.pdf", pdfs.Empty(10_000)) },
		"a page of 2 GB":              func() content { return c.addSource(l.URL + "/2gb.html") },
		"a PDF of 2 GB":               func() content { return c.addSource(l.URL + "/2gb.pdf") },
		"a page that unpacks to 1 GB": func() content { return c.addSource(l.URL + "/unpacks") },
		"a picture":                   func() content { return c.addSource(l.URL + "/picture") },
		"a page that is not there":    func() content { return c.addSource(l.URL + "/fails") },
		"twenty redirects":            func() content { return c.addSource(l.URL + "/twenty") },
	} {
		t.Run(name, func(t *testing.T) {
			ended := c.on(t).processed(add().ID)
			require.NotEqual(t, "processing", ended.Status)
			t.Logf("%s: %s", ended.Status, ended.Failure)
			if ended.Status == "failed" {
				assert.NotEmpty(t, ended.Failure)
			}
			assert.True(t, process.alive())
		})
	}
	large := c.processed(c.addFile("large.pdf", pdfs.Text(300)).ID)
	require.Equal(t, "processed", large.Status, large.Failure)
	require.Equal(t, 300, large.Pages)
	requireDownloadsTakeNoMemory(t, c, process)
	ended := c.processed(never.ID)
	assert.Equal(t, "failed", ended.Status)
	t.Logf("a page that never ends: %s", ended.Failure)
	peak := process.peakMemory(t)
	t.Logf("the process had %d MiB at most", peak>>20)
	assert.Less(t, peak, mostMemory)
}

// requireDownloadsTakeNoMemory has many clients ask for a large file and not read it.
func requireDownloadsTakeNoMemory(t *testing.T, c *client, process *running) {
	t.Helper()
	const clients, size = 24, 24 << 20
	large := c.addFile("zeros.pdf", append([]byte("%PDF-1.7\n"), make([]byte, size)...))
	process.resetPeakMemory(t)
	before := process.peakMemory(t)
	for range clients {
		twin := c.again()
		response, err := twin.http.Get(c.base + "/content/file/" + large.ID)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, response.StatusCode)
		require.EqualValues(t, size+len("%PDF-1.7\n"), response.ContentLength)
		defer response.Body.Close()
	}
	grown := process.peakMemory(t) - before
	t.Logf("%d downloads of %d MiB took %d MiB", clients, size>>20, grown>>20)
	assert.Less(t, grown, clients*size/4)
}

// discardHeader is an answer whose body is packed.
type discardHeader struct {
	http.ResponseWriter
	packed *gzip.Writer
}

func (d discardHeader) Write(p []byte) (int, error) { return d.packed.Write(p) }

// TestOutgoingRequestsReachThePublicWebOnly has a server on this machine that must never be asked, and everything by which somebody
// may try to have it asked.
func TestOutgoingRequestsReachThePublicWebOnly(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	treasure := newLibrary(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		serving("text/html", []byte(lighthouse))(w, nil)
	}})
	_, port, err := net.SplitHostPort(treasure.Host)
	require.NoError(t, err)
	redirects := map[string]http.HandlerFunc{}
	var sources []string
	for _, host := range []string{
		"127.0.0.1", "localhost", "localhost.", "LOCALHOST", "2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0",
		"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]",
		"127.0.0.1.", "127.255.255.254", "１２７.0.0.1", "127%2e0%2e0%2e1", "10.0.0.1", "192.168.0.1", "172.16.0.1", "169.254.169.254", "[fd00:ec2::254]",
		"100.64.0.1", "224.0.0.1", "255.255.255.255", "example.org@127.0.0.1",
	} {
		address := "http://" + host + ":" + port + "/"
		sources = append(sources, address, address+"paper.pdf")
		path := "/doi/10.1000/" + hexOf(host)
		redirects[path] = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", address)
			w.WriteHeader(http.StatusFound)
		}
		sources = append(sources, "10.1000/"+hexOf(host))
	}
	for _, scheme := range []string{"file:///etc/passwd", "gopher://127.0.0.1:" + port + "/", "ftp://127.0.0.1/", "//127.0.0.1:" + port + "/"} {
		redirects["/doi/10.1000/"+hexOf(scheme)] = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", scheme)
			w.WriteHeader(http.StatusFound)
		}
		sources = append(sources, "10.1000/"+hexOf(scheme))
	}
	redirects["/doi/10.1000/lamps"] = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/lighthouse", http.StatusFound) }
	resolver := newLibrary(t, redirects)
	// What the environment of the process says of proxies is nothing that these requests follow.
	s := start(t, newStorage(t, "sqlite"), append(resolver.environment(), "HTTP_PROXY="+treasure.URL, "http_proxy="+treasure.URL)...)
	c := s.person(t)
	var added []content
	for _, source := range sources {
		a := c.send(http.MethodPost, "/content", object{"source": source})
		if a.Status == http.StatusBadRequest {
			continue
		}
		require.Equal(t, http.StatusOK, a.Status, a.Body)
		added = append(added, data[content](t, a))
	}
	for _, one := range added {
		ended := c.processed(one.ID)
		assert.Equal(t, "failed", ended.Status, one.Source)
		assert.Empty(t, ended.Raw, one.Source)
	}
	assert.Zero(t, asked.Load(), "the server on this machine was asked")
	allowed := c.processed(c.addSource("10.1000/lamps").ID)
	assert.Equal(t, "processed", allowed.Status, "what is allowed can be reached, by a redirect too: %s", allowed.Failure)
}
