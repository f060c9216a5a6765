package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// content is an article or a PDF as clients see it.
type content struct {
	ID          string
	Source      string
	SourceType  string  `json:"source_type"`
	Status      string  `json:"processing_status"`
	CreatedAt   string  `json:"created_at"`
	View        *string `json:"view_text"`
	Raw         string  `json:"raw_text"`
	StorageRef  string  `json:"storage_ref"`
	Title       string
	Summary     string
	Failure     string
	Image       string
	Pages       int
	Read        bool     `json:"read_status"`
	Annotations []object // never nil where the answer has a list
}

const lighthouse = `<!DOCTYPE html><html><head><title>How lighthouses work</title><meta property="og:image" content="/lamp.jpg"></head><body>
<nav><a href="/home">Home</a> <a href="/shop">Shop</a></nav><article><h1>How lighthouses work</h1>
<p>A lighthouse is a tower with a bright lamp at its top. It warns ships of rocks and shallow water, and it tells sailors where they are when the
coast cannot be seen. The oldest lighthouse that still works stands in Galicia and was built by the Romans.</p>
<p>The Fresnel lens was invented by Augustin-Jean Fresnel in 1822. It bends the light of the lamp into a narrow beam, so that a small flame is seen
from more than thirty kilometres away. Each ring of the lens is a prism that is ground at an angle of its own.</p>
<p>Every lighthouse has a pattern of flashes of its own, its character, which is printed on the charts. <a href="/charts" onclick="steal()">Charts</a>
are corrected each year. <a href="javascript:steal()">More</a></p><script>steal()</script><img src="x" onerror="steal()">
<svg onload="steal()"><a xlink:href="javascript:steal()">x</a></svg></article><footer>Imprint</footer></body></html>`

// library is a web server with articles and PDFs.
type library struct {
	*httptest.Server
	// Host is what CONTENT_ALLOW_HOSTS must list.
	Host string
}

// newLibrary starts a web server. Handlers are added to its mux.
func newLibrary(t *testing.T, handlers map[string]http.HandlerFunc) *library {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/lighthouse", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, lighthouse)
	})
	for path, handler := range handlers {
		mux.HandleFunc(path, handler)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &library{server, strings.TrimPrefix(server.URL, "http://")}
}

// environment lets spacey read the library, which is not on the public web, and find DOIs in it.
func (l *library) environment() []string {
	return []string{"CONTENT_ALLOW_HOSTS=" + l.Host, "CONTENT_DOI_RESOLVER=" + l.URL + "/doi"}
}

// serving returns a handler that answers with a file.
func serving(mediaType string, file []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write(file)
	}
}

// addSource adds a web address or a DOI.
func (c *client) addSource(source string) content {
	c.t.Helper()
	added := data[content](c.t, c.must(http.StatusOK, http.MethodPost, "/content", map[string]string{"source": source}))
	require.Equal(c.t, "processing", added.Status)
	return added
}

// sendFile sends a file as a form does.
func (c *client) sendFile(name string, file []byte) (answer, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return answer{}, err
	}
	_, _ = part.Write(file)
	_ = form.Close()
	request, err := http.NewRequest(http.MethodPost, c.base+"/content", &body)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text)}, err
}

// addFile adds a PDF.
func (c *client) addFile(name string, file []byte) content {
	c.t.Helper()
	a, err := c.sendFile(name, file)
	require.NoError(c.t, err)
	require.Equal(c.t, http.StatusOK, a.Status, a.Body)
	return data[content](c.t, a)
}

// content returns a content as it is now.
func (c *client) content(id string) content {
	c.t.Helper()
	return data[content](c.t, c.must(http.StatusOK, http.MethodGet, "/content/"+id, nil))
}

// contents returns the list of contents.
func (c *client) contents() []content {
	c.t.Helper()
	return data[[]content](c.t, c.must(http.StatusOK, http.MethodGet, "/content", nil))
}

// processed waits until the work on a content has ended, well or not, and returns it.
func (c *client) processed(id string) content {
	c.t.Helper()
	for end := time.Now().Add(4 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if found := c.content(id); found.Status != "processing" {
			return found
		}
	}
	c.t.Fatalf("the content is still processed: %+v", c.content(id))
	return content{}
}

type found struct {
	Results []struct {
		Type string
		IDs  []string
	} `json:"search_results"`
	Answer string
}

// search returns what is found by type, and the answer.
func (c *client) search(query string) (map[string][]string, string) {
	c.t.Helper()
	a := data[found](c.t, c.must(http.StatusOK, http.MethodGet, "/search?query="+query, nil))
	byType := map[string][]string{}
	for _, result := range a.Results {
		require.NotEmpty(c.t, result.IDs, "of what is not found nothing is said")
		byType[result.Type] = result.IDs
	}
	return byType, a.Answer
}

// zeros answers with so many bytes, or until the client has enough.
func zeros(mediaType string, size int64) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		block := bytes.Repeat([]byte("<p>x</p>"), 8<<10)
		for sent := int64(0); sent < size; sent += int64(len(block)) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
}

// endless answers a byte now and then until the client is gone.
func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	for r.Context().Err() == nil {
		_, _ = io.WriteString(w, "x")
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// twenty redirects from one address to the next, twenty times, and then to the article.
func twenty(w http.ResponseWriter, r *http.Request) {
	n := 0
	_, _ = fmt.Sscanf(r.URL.Query().Get("n"), "%d", &n)
	if n == 20 {
		http.Redirect(w, r, "/lighthouse", http.StatusFound)
		return
	}
	http.Redirect(w, r, fmt.Sprintf("/twenty?n=%d", n+1), http.StatusFound)
}

// hexOf returns a text as a part of a DOI.
func hexOf(text string) string { return hex.EncodeToString([]byte(text)) }

// unbase64 returns the bytes of a part of a file in an export.
func unbase64(t *testing.T, text any) []byte {
	t.Helper()
	encoded, _ := text.(string)
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	require.NoError(t, err)
	return decoded
}
