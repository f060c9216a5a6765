package documents_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/documents"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func readHTML(t *testing.T, page string) (domain.Document, error) {
	t.Helper()
	return documents.New(documents.Options{}).ReadDocument(t.Context(), domain.FormatHTML, "https://example.org/news/today", strings.NewReader(page))
}

// article is a page with a text in it, and things around it.
func article(head, inside string) string {
	return `<!DOCTYPE html><html><head>` + head + `</head><body><nav><a href="/">Home</a> <a href="/shop">Shop</a></nav><article><h1>Lighthouses</h1>` +
		strings.Repeat(`<p>A lighthouse is a tower with a lamp, and its light, which is seen from afar, leads ships along the coast at night.</p>`, 8) +
		inside + `</article><footer>Imprint, privacy, terms</footer></body></html>`
}

func TestArticles(t *testing.T) {
	t.Run("give their text, title and picture", func(t *testing.T) {
		document, err := readHTML(t, article(`<title>On  lighthouses
			&lt;b&gt;</title><meta property="og:image" content="/pictures/tower.png">`,
			`<p>See <a href="../more" onclick="x()">more</a><img src="small.png" alt="small" onerror="x()"><script>evil()</script></p>`))
		require.NoError(t, err)
		assert.Equal(t, "On lighthouses <b>", document.Title, "plain text, in one line")
		assert.Equal(t, "https://example.org/pictures/tower.png", document.Image)
		assert.Contains(t, document.View, `<a href="https://example.org/more" rel="nofollow noopener noreferrer">more</a>`)
		assert.Contains(t, document.View, `<img src="https://example.org/news/small.png" alt="small"/>`)
		assert.Contains(t, document.Raw, "A lighthouse is a tower")
		assert.NotContains(t, document.Raw, "Imprint")
		assert.NotContains(t, document.View+document.Raw, "evil")
		check(t, document.View)
		assert.Zero(t, document.Pages)
	})
	t.Run("have no picture that is not of the web", func(t *testing.T) {
		for _, address := range []string{"javascript:alert(1)", "data:image/png;base64,AAAA", "file:///etc/passwd", " java\tscript:alert(1)"} {
			document, err := readHTML(t, article(`<meta property="og:image" content="`+address+`">`, ""))
			require.NoError(t, err)
			assert.Regexp(t, `^(https?://.*)?$`, document.Image, address)
		}
	})
	t.Run("are decoded as they say", func(t *testing.T) {
		document, err := readHTML(t, article(`<meta charset="iso-8859-1">`, "<p>Der gr\xfcne K\xe4fer sitzt auf dem Blatt, das im Wind schwankt.</p>"))
		require.NoError(t, err)
		assert.Contains(t, document.Raw, "Der grüne Käfer")
	})
	t.Run("that do not stand out are taken whole", func(t *testing.T) {
		document, err := readHTML(t, `<title>Short</title><p>One line.`)
		require.NoError(t, err)
		assert.Equal(t, "One line.", document.Raw)
		assert.Equal(t, "<div><p>One line.</p></div>", document.View)
		assert.Equal(t, "Short", document.Title)
	})
	t.Run("without a word are refused", func(t *testing.T) {
		for _, page := range []string{"", "<html></html>", "<script>alert(1)</script>", "<title>Only a title</title>", "\x00\x00"} {
			_, err := readHTML(t, page)
			require.Equal(t, domain.CodeInvalid, domain.CodeOf(err), "%q: %v", page, err)
			assert.Equal(t, "There is no text on this page.", sentence(err))
		}
	})
	t.Run("are cut where they are too long, and titles too", func(t *testing.T) {
		document, err := readHTML(t, article("<title>"+strings.Repeat("ä", 400)+"</title>", strings.Repeat("<p>Ein längerer Absatz, über dies & das.</p>", 60_000)))
		require.NoError(t, err)
		assert.LessOrEqual(t, utf8.RuneCountInString(document.Title), domain.MaxTitle)
		assert.LessOrEqual(t, len(document.View), domain.MaxViewText)
		assert.LessOrEqual(t, len(document.Raw), domain.MaxRawText)
		assert.Greater(t, len(document.View), domain.MaxViewText/2)
		assert.True(t, utf8.ValidString(document.Raw) && utf8.ValidString(document.View))
		check(t, document.View)
	})
	t.Run("of one endless paragraph are cut within it", func(t *testing.T) {
		document, err := readHTML(t, "<p>"+strings.Repeat("word &amp; wörd ", 300_000))
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(document.Raw, "word & wörd word & wörd"))
		assert.LessOrEqual(t, len(document.View), domain.MaxViewText)
		check(t, document.View)
	})
	t.Run("that are nested without end are refused", func(t *testing.T) {
		_, err := readHTML(t, strings.Repeat("<div>", 100_000)+"text")
		assert.Equal(t, domain.CodeTooLarge, domain.CodeOf(err), "%v", err)
	})
	for name, page := range map[string]string{
		"tags":       strings.Repeat("<p><b>x", 10<<20/7),
		"attributes": "<p " + strings.Repeat("a=b ", 10<<20/4) + ">text",
		"entities":   strings.Repeat("&lt;&amp;&#x41;", 10<<20/15),
		"tables":     strings.Repeat("<table><tr><td>x</table>", 10<<20/24),
	} {
		t.Run("of ten megabytes of "+name+" are read or refused", func(t *testing.T) {
			document, err := readHTML(t, page)
			if err != nil {
				assert.Contains(t, []domain.Code{domain.CodeInvalid, domain.CodeTooLarge}, domain.CodeOf(err), "%v", err)
				return
			}
			assert.LessOrEqual(t, len(document.View), domain.MaxViewText)
			assert.LessOrEqual(t, len(document.Raw), domain.MaxRawText)
			check(t, document.View)
		})
	}
}
