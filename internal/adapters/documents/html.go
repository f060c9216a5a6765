package documents

import (
	"errors"
	"io"
	"net/url"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxNodes is how many elements a page may have.
const maxNodes = 300_000

// The failures of pages.
var (
	errDeep   = domain.NewError(domain.CodeTooLarge, "The page is nested too deeply, or has too many parts, to be read.")
	errNoText = domain.NewError(domain.CodeInvalid, "There is no text on this page.")
)

// readHTML reads the main text of a page; when there is none that stands out, all of its text.
func readHTML(address string, input io.Reader) (domain.Document, *domain.Error) {
	// A mark at the beginning, or an element of the page, says how it is encoded.
	decoded, err := charset.NewReader(input, "text/html")
	if err != nil && !errors.Is(err, io.EOF) {
		return domain.Document{}, errUnreadable
	}
	if decoded == nil {
		return domain.Document{}, errNoText
	}
	page, err := html.Parse(decoded)
	if err != nil {
		return domain.Document{}, errDeep
	}
	base, err := url.Parse(address)
	if err != nil {
		return domain.Document{}, errUnreadable
	}
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxNodes
	document := domain.Document{}
	article, err := parser.ParseDocument(page, base)
	if err == nil && article.Node != nil {
		document.Title, document.Image = oneLine(article.Title()), webAddress(base, article.ImageURL())
		document.View, document.Raw = textsOf(article.Node, base)
	}
	if document.Raw == "" {
		document.View, document.Raw = textsOf(page, base)
	}
	if document.Raw == "" {
		return domain.Document{}, errNoText
	}
	if document.Title == "" {
		document.Title = oneLine(elementText(page, atom.Title))
	}
	return document, nil
}

// webAddress returns an address of the web as it is from a page, "" for any other.
func webAddress(base *url.URL, address string) string {
	u, err := base.Parse(strings.TrimSpace(address))
	if address == "" || err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// textsOf returns clean HTML, and the plain text, of what is below a node.
func textsOf(node *html.Node, base *url.URL) (view, raw string) {
	resolve(node, base)
	var b strings.Builder
	if err := html.Render(&b, node); err != nil {
		return "", ""
	}
	view = clean(b.String())
	if len(view) > domain.MaxViewText {
		view = shortened(view, domain.MaxViewText)
	}
	return view, plainText(view)
}

// resolve makes the addresses of links and pictures whole.
func resolve(node *html.Node, base *url.URL) {
	for n := range node.Descendants() {
		for i, attribute := range n.Attr {
			if attribute.Namespace != "" || attribute.Key != "href" && attribute.Key != "src" {
				continue
			}
			if u, err := base.Parse(strings.TrimSpace(attribute.Val)); err == nil {
				n.Attr[i].Val = u.String()
			}
		}
	}
}

// elementText returns the text of the first element of a kind.
func elementText(page *html.Node, kind atom.Atom) string {
	for n := range page.Descendants() {
		if n.Type == html.ElementNode && n.DataAtom == kind && n.FirstChild != nil && n.FirstChild.Type == html.TextNode {
			return n.FirstChild.Data
		}
	}
	return ""
}
