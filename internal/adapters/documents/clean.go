package documents

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// blocks are the elements that stand in lines of their own.
var blocks = []string{
	"address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4",
	"h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}

// inline are the elements within a line.
var inline = []string{
	"abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small",
	"span", "strong", "sub", "sup", "time", "u", "var", "wbr",
}

// attributes are those that elements may have; any element may have dir.
var attributes = map[string][]string{
	"a": {"href", "rel"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
}

// relation is how every link stands to what it leads to.
const relation = "nofollow noopener noreferrer"

// policy returns what clean HTML may hold. What is not listed is not there.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(blocks...)
	p.AllowElements(inline...)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("colspan", "rowspan").Matching(regexp.MustCompile(`^[0-9]{1,3}$`)).OnElements("td", "th")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(ltr|rtl|auto)$`)).Globally()
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	// Texts of these are for programs; bluemonday leaves out those of scripts and styles by itself.
	p.SkipElementsContent("head", "title", "template", "textarea", "select", "svg", "math", "xmp", "plaintext", "noscript", "button")
	return p
})

// allowed returns the elements of clean HTML.
var allowed = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{"a": true, "img": true}
	for _, name := range slices.Concat(blocks, inline) {
		all[name] = true
	}
	return all
})

// maxCleanings is how often HTML is cleaned until it stays as it is. Twice is enough unless tags are interleaved.
const maxCleanings = 6

// clean returns well-formed HTML that does nothing but show. Cleaning it again leaves it as it is, so that no reader of it finds in it
// what was not seen here.
func clean(text string) string {
	for range maxCleanings {
		cleaned, ok := cleanOnce(text)
		if !ok {
			break
		}
		if cleaned == text {
			return cleaned
		}
		text = cleaned
	}
	return paragraphs(plainText(policy().Sanitize(text)))
}

// cleanOnce cleans by the policy, and then looks at what a browser would make of it. It is false when that cannot be told.
func cleanOnce(text string) (string, bool) {
	body, err := parseBody(policy().Sanitize(text))
	if err != nil {
		return "", false
	}
	enforce(body)
	return render(body)
}

// parseBody returns HTML as what is in a body.
func parseBody(text string) (*html.Node, error) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(text), body)
	if err != nil {
		return nil, err
	}
	for _, node := range nodes {
		body.AppendChild(node)
	}
	return body, nil
}

// render returns what is in a body as HTML.
func render(body *html.Node) (string, bool) {
	var b strings.Builder
	for child := range body.ChildNodes() {
		if err := html.Render(&b, child); err != nil {
			return "", false
		}
	}
	return strings.TrimSpace(b.String()), true
}

// enforce removes from a tree what the policy should have kept out. It does not use the policy, so that both must fail for harm.
func enforce(node *html.Node) {
	for child := node.FirstChild; child != nil; {
		next := child.NextSibling
		switch {
		case child.Type == html.TextNode:
		case child.Type != html.ElementNode || child.Namespace != "" || !allowed()[child.Data]:
			node.RemoveChild(child)
		default:
			child.Attr = slices.DeleteFunc(child.Attr, func(a html.Attribute) bool { return !mayHave(child.Data, a) })
			if child.DataAtom == atom.A && len(child.Attr) > 0 {
				child.Attr = slices.DeleteFunc(child.Attr, func(a html.Attribute) bool { return a.Key == "rel" })
				child.Attr = append(child.Attr, html.Attribute{Key: "rel", Val: relation})
			}
			if enforce(child); child.DataAtom == atom.Img && !slices.ContainsFunc(child.Attr, isSource) {
				node.RemoveChild(child)
			}
		}
		child = next
	}
}

func isSource(a html.Attribute) bool { return a.Key == "src" }

// mayHave reports whether an element may have an attribute.
func mayHave(element string, a html.Attribute) bool {
	if a.Namespace != "" || a.Key != "dir" && !slices.Contains(attributes[element], a.Key) {
		return false
	}
	address := strings.ToLower(a.Val)
	onWeb := strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
	switch a.Key {
	case "href":
		return onWeb || strings.HasPrefix(address, "mailto:")
	case "src":
		return onWeb
	default:
		return true
	}
}

// paragraphs returns plain text as HTML.
func paragraphs(text string) string {
	var b strings.Builder
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if paragraph != "" {
			b.WriteString("<p>" + html.EscapeString(paragraph) + "</p>")
		}
	}
	return b.String()
}

// shortened returns clean HTML without what is behind a length, in bytes. What is left is clean, and not longer.
func shortened(view string, length int) string {
	body, err := parseBody(view)
	if err != nil {
		return ""
	}
	for budget := length; budget > 0; budget = budget * 9 / 10 {
		left := budget
		trim(body, &left)
		if text, ok := render(body); ok && len(text) <= length {
			if text = clean(text); len(text) <= length {
				return text
			}
		}
	}
	return ""
}

// trim removes what is behind so many bytes below a node, counted roughly. A text that does not fit is cut.
func trim(node *html.Node, left *int) {
	for child := node.FirstChild; child != nil; {
		next := child.NextSibling
		*left -= 2*len(child.Data) + 5
		for _, attribute := range child.Attr {
			*left -= len(attribute.Key) + len(attribute.Val) + 4
		}
		switch {
		case *left >= 0:
			trim(child, left)
		case child.Type == html.TextNode && *left+2*len(child.Data) > 0:
			child.Data = cutText(child.Data, (*left+2*len(child.Data))/2)
		default:
			node.RemoveChild(child)
		}
		child = next
	}
}

// plainText returns the text of clean HTML: a line for each block, and an empty line between two.
func plainText(view string) string {
	var lines []string
	var current strings.Builder
	end := func() {
		if line := oneSpaced(current.String()); line != "" {
			lines = append(lines, line)
		}
		current.Reset()
	}
	for tokens := html.NewTokenizer(strings.NewReader(view)); ; {
		switch tokens.Next() {
		case html.ErrorToken:
			end()
			return cutText(strings.Join(lines, "\n\n"), domain.MaxRawText)
		case html.TextToken:
			current.Write(tokens.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			if name, _ := tokens.TagName(); slices.Contains(blocks, string(name)) {
				end()
			}
		}
	}
}

// cutText cuts a text to a number of bytes, at the end of a character.
func cutText(text string, length int) string {
	if len(text) <= length {
		return text
	}
	return strings.ToValidUTF8(text[:length], "")
}
