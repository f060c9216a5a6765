package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/pdfs"
)

func TestContent(t *testing.T) {
	t.Parallel()
	paper := pdfs.Text(30)
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			l := newLibrary(t, map[string]http.HandlerFunc{
				"/paper.pdf":           serving("application/pdf", paper),
				"/doi/10.1000/lamps-1": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/lighthouse", http.StatusFound) },
			})
			s := startFor(t, engine, l.environment()...)
			c, stranger := s.person(t), s.person(t)
			require.Equal(t, "[]", regexp.MustCompile(`"data":(\[\])`).FindStringSubmatch(c.must(http.StatusOK, http.MethodGet, "/content", nil).Body)[1])

			article := c.addSource(l.URL + "/lighthouse")
			pdf := c.addFile("My paper.pdf", paper)
			linked := c.addSource(l.URL + "/paper.pdf")
			cited := c.addSource("https://doi.org/10.1000/lamps-1")
			article, pdf, linked, cited = c.processed(article.ID), c.processed(pdf.ID), c.processed(linked.ID), c.processed(cited.ID)

			for _, one := range []content{article, cited} {
				require.Equal(t, "processed", one.Status, one.Failure)
				assert.Equal(t, "How lighthouses work", one.Title)
				assert.Equal(t, l.URL+"/lamp.jpg", one.Image)
				assert.Contains(t, one.Raw, "Augustin-Jean Fresnel in 1822")
				assert.Contains(t, *one.View, "<p>")
				assert.NotContains(t, one.Raw, "Imprint")
				for _, evil := range []string{"steal", "script", "onclick", "onerror", "svg"} {
					assert.NotContains(t, strings.ToLower(*one.View), evil)
				}
				assert.NotEmpty(t, one.Summary)
				assert.Empty(t, one.StorageRef)
			}
			assert.Equal(t, []string{"url", "doi"}, []string{article.SourceType, cited.SourceType})
			assert.Equal(t, "10.1000/lamps-1", cited.Source)
			for _, one := range []content{pdf, linked} {
				require.Equal(t, "processed", one.Status, one.Failure)
				assert.Equal(t, "pdf", one.SourceType)
				assert.Equal(t, 30, one.Pages)
				assert.NotEmpty(t, one.Raw)
				file := c.must(http.StatusOK, http.MethodGet, "/content/file/"+one.StorageRef, nil)
				assert.Equal(t, "application/pdf", file.Header.Get("Content-Type"))
				require.True(t, file.Body == string(paper), "the file comes back byte for byte")
			}
			c.must(http.StatusNotFound, http.MethodGet, "/content/file/"+article.ID, nil)
			c.mark(t, article)
			c.requireFound(t, article)
			c.requireExportedContent(t, pdf, paper)
			requireNobodyElses(t, stranger, article, pdf)

			c.must(http.StatusOK, http.MethodDelete, "/content/"+pdf.ID, nil)
			for _, path := range []string{"/content/", "/content/file/"} {
				c.must(http.StatusNotFound, http.MethodGet, path+pdf.ID, nil)
			}
			var left []string
			for _, one := range c.contents() {
				left = append(left, one.ID)
			}
			assert.Equal(t, []string{cited.ID, linked.ID, article.ID}, left, "the newest first")
		})
	}
}

// mark marks a content as read and with annotations, which come back as they are while the text stays what it was.
func (c *client) mark(t *testing.T, one content) {
	t.Helper()
	marks := []object{{
		"start_path": []any{0.0, 1.0}, "start_offset": 3.0, "end_path": []any{0.0, 2.0, 0.0}, "end_offset": 17.0,
		"color": "#FFEC87", "comment": "Why? <b>", "text": "a tower",
	}}
	c.must(http.StatusOK, http.MethodPut, "/content/"+one.ID+"/annotation", object{"annotations": marks})
	c.must(http.StatusOK, http.MethodPatch, "/content/"+one.ID, object{"read_status": true})
	now := c.content(one.ID)
	assert.True(t, now.Read)
	assert.Equal(t, marks, now.Annotations)
	assert.Equal(t, *one.View, *now.View)
	c.must(http.StatusBadRequest, http.MethodPatch, "/content/"+one.ID, object{})
	c.must(http.StatusOK, http.MethodPut, "/content/"+one.ID+"/annotation", object{"annotations": []any{}})
	assert.Equal(t, []object{}, c.content(one.ID).Annotations)
}

// requireFound checks that an article is found beside a card and a note, by type, with an answer that quotes it.
func (c *client) requireFound(t *testing.T, article content) {
	t.Helper()
	d := c.newDeck(0)
	cards := data[[]card](t, c.must(http.StatusCreated, http.MethodPost, "/decks/"+d.ID+"/cards", []object{
		{"question": "Who invented the Frésnel lens?", "answer": "Augustin-Jean Fresnel", "deckID": d.ID}, {"question": "2 + 2?", "answer": "4", "deckID": d.ID},
	}))
	n := data[note](t, c.must(http.StatusOK, http.MethodPost, "/notes", object{
		"text": "A Fresnel lens is a lens of rings. It is a short text.", "deck_id": d.ID,
	}))
	byType, answered := c.search("fresnel+lens")
	assert.Equal(t, []string{cards[0].ID}, byType["card"])
	assert.Equal(t, []string{n.ID}, byType["note"])
	assert.Contains(t, byType["content"], article.ID)
	assert.Contains(t, answered, "Fresnel")
	byType, answered = c.search("zeppelins")
	assert.Empty(t, byType)
	assert.NotEmpty(t, answered)
	items := data[struct{ Items []card }](t, c.must(http.StatusOK, http.MethodGet, "/cards/search?query=FRESNEL&limit=1", nil)).Items
	require.Len(t, items, 1)
	assert.Equal(t, cards[0].ID, items[0].ID)
	for _, query := range []string{"", "query=", "query=%3F%21", "query=" + strings.Repeat("a", 1001)} {
		c.must(http.StatusBadRequest, http.MethodGet, "/search?"+query, nil)
	}
}

// requireExportedContent checks that a PDF is in the export, with its file.
func (c *client) requireExportedContent(t *testing.T, pdf content, file []byte) {
	t.Helper()
	exported := c.export(t)
	require.Len(t, exported["content"], 4)
	var back []byte
	for _, part := range exported["file"] {
		if part["id"] == pdf.ID {
			require.EqualValues(t, len(back), part["offset"])
			back = append(back, unbase64(t, part["data"])...)
		}
	}
	require.True(t, string(back) == string(file), "the file is in the export")
}

func requireNobodyElses(t *testing.T, stranger *client, article, pdf content) {
	t.Helper()
	for path, body := range map[string]any{
		"PATCH /content/" + article.ID:               object{"read_status": true},
		"PUT /content/" + article.ID + "/annotation": object{"annotations": []any{}},
		"DELETE /content/" + article.ID:              nil, "GET /content/" + article.ID: nil, "GET /content/file/" + pdf.ID: nil,
	} {
		method, path, _ := strings.Cut(path, " ")
		stranger.must(http.StatusNotFound, method, path, body)
	}
	byType, _ := stranger.search("fresnel+lens")
	assert.Empty(t, byType)
	assert.Empty(t, stranger.contents())
}

func TestWhatIsNoContent(t *testing.T) {
	t.Parallel()
	s := start(t, newStorage(t, "sqlite"))
	c := s.person(t)
	for source, status := range map[string]int{
		"": 400, "  ": 400, "lighthouse": 400, "ftp://example.org/x": 400, "file:///etc/passwd": 400, "http://": 400, "https://user:secret@example.org/": 400,
		"javascript:alert(1)": 400, "10.1000": 400, "https://example.org/" + strings.Repeat("a", 3000): 400,
	} {
		a := c.must(status, http.MethodPost, "/content", object{"source": source})
		require.Equal(t, "invalid_input", failure(t, a), source)
	}
	for name, file := range map[string]struct {
		content []byte
		status  int
	}{
		"a text": {[]byte("This is no PDF."), 400}, "nothing": {nil, 400}, "26 MiB": {append([]byte("%PDF-1.7"), make([]byte, 26<<20)...), 413},
		"25 MiB and a byte": {append([]byte("%PDF-1.7"), make([]byte, 25<<20-7)...), 413},
	} {
		a, err := c.sendFile("x.pdf", file.content)
		require.NoError(t, err, name)
		require.Equal(t, file.status, a.Status, "%s: %s", name, a.Body)
		failure(t, a)
	}
	require.Empty(t, c.contents())
}
