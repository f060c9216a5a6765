package web

import (
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// answering returns a handler of an answer with fields of its header, each "name: value".
func answering(text string, fields ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil // none is guessed
		for _, field := range fields {
			name, value, _ := strings.Cut(field, ": ")
			w.Header().Set(name, value)
		}
		_, _ = io.WriteString(w, text)
	}
}

func TestWhatADocumentIsWrittenIn(t *testing.T) {
	page, pdf := "<!DOCTYPE html><title>Lamps</title>", "%PDF-1.7\n1 0 obj"
	for name, test := range map[string]struct {
		said, text string
		format     domain.DocumentFormat
		refused    string
	}{
		"a page":                                 {said: "text/html", text: page, format: domain.FormatHTML},
		"a page whose type is written otherwise": {said: "Text/HTML ; charset=utf-8", text: page, format: domain.FormatHTML},
		"a page with a broken parameter":         {said: "text/html; charset", text: page, format: domain.FormatHTML},
		"XHTML":                                  {said: "application/xhtml+xml", text: page, format: domain.FormatHTML},
		"a page without tags":                    {said: "text/html", text: "Lamps", format: domain.FormatHTML},
		"a page about PDF":                       {said: "text/html", text: "<p>A file begins with %PDF-1.7", format: domain.FormatHTML},
		"a page without a type":                  {text: page, format: domain.FormatHTML},
		"XHTML without a type":                   {text: `<?xml version="1.0"?><HTML xmlns="x">`, format: domain.FormatHTML},
		"a page as bytes":                        {said: "application/octet-stream", text: page, format: domain.FormatHTML},
		"a PDF":                                  {said: "application/pdf", text: pdf, format: domain.FormatPDF},
		"a PDF without a type":                   {text: pdf, format: domain.FormatPDF},
		"a PDF as bytes":                         {said: "binary/octet-stream", text: pdf, format: domain.FormatPDF},
		"a PDF behind something else":            {said: "application/octet-stream", text: strings.Repeat("x", 900) + pdf, format: domain.FormatPDF},
		"a PDF that says it is a page":           {said: "text/html", text: pdf, format: domain.FormatPDF},
		"a PDF that says it is a picture":        {said: "image/png", text: pdf, format: domain.FormatPDF},
		"a picture":                              {said: "image/png", text: "\x89PNG\r\n\x1a\n", refused: "image/png"},
		"a picture without a type":               {text: "\x89PNG\r\n\x1a\n", refused: "image/png"},
		"a text":                                 {said: "text/plain; charset=utf-8", text: "Lamps", refused: "text/plain"},
		"data":                                   {said: "application/json", text: "{}", refused: "application/json"},
		"a feed without a type":                  {text: `<?xml version="1.0"?><rss>`, refused: "text/xml"},
		"nothing":                                {refused: "text/plain"},
		"what has no name":                       {said: "garbage garbage", text: "\x00\x01", refused: "application/octet-stream"},
		"a type without end":                     {said: "x/" + strings.Repeat("x", 10_000), text: "x", refused: "something else"},
	} {
		t.Run(name, func(t *testing.T) {
			fields := []string{}
			if test.said != "" {
				fields = append(fields, "Content-Type: "+test.said)
			}
			fetched, text, err := newWorld(t, Options{}, answering(test.text, fields...)).read(t, "http://ada.example.org/")
			if test.refused != "" {
				require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
				assert.Equal(t, "There is no article and no PDF at this address, but "+test.refused+".", message(t, err))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.format, fetched.Format)
			assert.Equal(t, test.text, text)
		})
	}
}

func TestTheEncodingThatTheHeaderNamesCounts(t *testing.T) {
	for name, test := range map[string]struct{ said, text, want string }{
		"another one":                    {"text/html; charset=iso-8859-1", "<p>K\xfcste", "\ufeff<p>Küste"},
		"another one than the page says": {"text/html; charset=windows-1251", "<meta charset=utf-8>\xc4\xe0", "\ufeff<meta charset=utf-8>Да"},
		"UTF-8":                          {"text/html; charset=UTF-8", "<p>Küste", "<p>Küste"},
		"none":                           {"text/html", "<meta charset=iso-8859-1>K\xfcste", "<meta charset=iso-8859-1>K\xfcste"},
		"one that nobody knows":          {"text/html; charset=klingon", "<p>Küste", "<p>Küste"},
		"a mark in the page is stronger": {"text/html; charset=iso-8859-1", "\ufeff<p>Küste", "\ufeff<p>Küste"},
		"a PDF has none":                 {"application/pdf; charset=iso-8859-1", "%PDF-\xfc", "%PDF-\xfc"},
	} {
		t.Run(name, func(t *testing.T) {
			_, text, err := newWorld(t, Options{}, answering(test.text, "Content-Type: "+test.said)).read(t, "http://ada.example.org/")
			require.NoError(t, err)
			assert.Equal(t, test.want, text)
		})
	}
}

// zeros writes without end, until nobody listens, and counts.
func zeros(mediaType string, written *atomic.Int64, most int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		part := make([]byte, 64<<10)
		for written.Load() < most {
			n, err := w.Write(part)
			if written.Add(int64(n)); err != nil {
				return
			}
		}
	}
}

func TestLargeDocuments(t *testing.T) {
	for mediaType, test := range map[string]struct {
		most     int64
		sentence string
	}{
		"text/html":       {10 << 20, "The page is too large: 10 MiB at most."},
		"application/pdf": {25 << 20, "The file is too large: 25 MiB at most."},
	} {
		t.Run("2 GB as "+mediaType+" end where there is too much of it", func(t *testing.T) {
			var written atomic.Int64
			w := newWorld(t, Options{}, zeros(mediaType, &written, 2<<30))
			fetched, err := w.Fetch(t.Context(), "http://ada.example.org/")
			require.NoError(t, err)
			defer fetched.Body.Close()
			n, err := io.Copy(io.Discard, fetched.Body)
			require.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
			assert.Equal(t, test.sentence, message(t, err))
			assert.Equal(t, test.most, n)
			_, again := fetched.Body.Read(make([]byte, 1))
			assert.Equal(t, err, again, "it stays so")
			require.NoError(t, fetched.Body.Close())
			assert.Less(t, written.Load(), int64(1<<30))
		})
	}
	t.Run("one that is as large as may be is read to its end", func(t *testing.T) {
		w := newWorld(t, Options{MaxPage: 4096}, answering(strings.Repeat("x", 4096), "Content-Type: text/html"))
		_, text, err := w.read(t, "http://ada.example.org/")
		require.NoError(t, err)
		assert.Len(t, text, 4096)
	})
	t.Run("what is packed counts as what it unpacks to", func(t *testing.T) {
		w := newWorld(t, Options{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "text/html")
			packed := gzip.NewWriter(w)
			part := make([]byte, 1<<20)
			for range 200 {
				if _, err := packed.Write(part); err != nil {
					return
				}
			}
			_ = packed.Close()
		}))
		fetched, err := w.Fetch(t.Context(), "http://ada.example.org/")
		require.NoError(t, err)
		defer fetched.Body.Close()
		n, err := io.Copy(io.Discard, fetched.Body)
		require.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
		assert.Equal(t, int64(10<<20), n)
	})
	for _, packed := range []string{"br", "gzip, gzip", "deflate", "zstd"} {
		t.Run("what is packed with "+packed+" is not read", func(t *testing.T) {
			_, _, err := newWorld(t, Options{}, answering("x", "Content-Type: text/html", "Content-Encoding: "+packed)).read(t, "http://ada.example.org/")
			assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
		})
	}
	t.Run("what is not packed though it says so breaks off", func(t *testing.T) {
		_, _, err := newWorld(t, Options{}, answering("<p>plain", "Content-Type: text/html", "Content-Encoding: gzip")).read(t, "http://ada.example.org/")
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
	t.Run("an answer of headers without end is not read", func(t *testing.T) {
		w := newWorld(t, Options{}, answering("<p>x", "Content-Type: text/html", "X-Long: "+strings.Repeat("x", 2<<20)))
		_, _, err := w.read(t, "http://ada.example.org/")
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
}

func TestAnswersThatTakeTooLong(t *testing.T) {
	short := Options{Deadline: 100 * time.Millisecond}
	for name, handler := range map[string]http.HandlerFunc{
		"a header that does not come": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a page that does not end": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(time.Millisecond)
			}
		},
		"a page that stops": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, strings.Repeat("x", 2*headSize))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
		"redirects that each take their time": func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(40 * time.Millisecond)
			http.Redirect(w, r, "/", http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := newWorld(t, short, handler).read(t, "http://ada.example.org/")
			if strings.HasPrefix(name, "a page") { // it would be no faster the next time
				require.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
				assert.Equal(t, "The page takes too long to be read.", message(t, err))
				return
			}
			require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			assert.Equal(t, "The page takes too long.", message(t, err))
		})
	}
}

// newRawServer answers each connection with bytes.
func newRawServer(t *testing.T, answer string) *httptest.Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = io.WriteString(conn, answer)
			}()
		}
	}()
	return &httptest.Server{Listener: listener}
}

func TestAnswersThatAreBroken(t *testing.T) {
	for name, answer := range map[string]string{
		"nothing":                    "",
		"garbage":                    "\x00\xff\x16garbage\r\n\r\n",
		"another protocol":           "220 mail.example.org ESMTP\r\n",
		"HTTP without a status":      "HTTP/1.0\r\n\r\n",
		"a status that is none":      "HTTP/1.0 banana\r\n\r\n",
		"a header that stops":        "HTTP/1.1 200 OK\r\nContent-Type: text/h",
		"a header that is none":      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
		"lengths that contradict":    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n<p>ab",
		"a page that breaks off":     "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\n<p>",
		"a chunk that breaks off":    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<p>",
		"a chunk of a negative size": "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n<p>\r\n",
		"an early answer forever":    strings.Repeat("HTTP/1.1 103 Early Hints\r\nX: "+strings.Repeat("x", 1000)+"\r\n\r\n", 2000),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := newWorldOf(Options{}, newRawServer(t, answer)).read(t, "http://ada.example.org/")
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		})
	}
	t.Run("an old one is read", func(t *testing.T) {
		_, text, err := newWorldOf(Options{}, newRawServer(t, "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<p>old")).read(t, "http://ada.example.org/")
		require.NoError(t, err)
		assert.Equal(t, "<p>old", text)
	})
	t.Run("one that is too large by its own word is not read", func(t *testing.T) {
		for mediaType, sentence := range map[string]string{
			"text/html": "The page is too large: 10 MiB at most.", "application/pdf": "The file is too large: 25 MiB at most.",
		} {
			answer := "HTTP/1.1 200 OK\r\nContent-Type: " + mediaType + "\r\nContent-Length: 2147483648\r\n\r\n" + strings.Repeat("x", 2*headSize)
			_, err := newWorldOf(Options{}, newRawServer(t, answer)).Fetch(t.Context(), "http://ada.example.org/")
			require.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
			assert.Equal(t, sentence, message(t, err))
		}
	})
}
