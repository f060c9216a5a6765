package documents_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/moshrank/spacey-backend/internal/adapters/documents"
)

// harmful are pieces that would run something, load something or hide something.
var harmful = []string{
	`<script>alert(1)</script>`, `<SCRIPT SRC=//evil.test/x.js></SCRIPT>`, `<scr<script>ipt>alert(1)</script>`, `<script/x>alert(1)</script >`,
	`<p onclick="alert(1)">a</p>`, `<img src=x onerror=alert(1)>`, `<img/src="https://a.test/x"/onload=alert(1)>`, `<b ONMOUSEOVER='a()'>b</b>`,
	`<a href="javascript:alert(1)">a</a>`, `<a href="JaVaScRiPt:alert(1)">a</a>`, `<a href=" javascript:alert(1)">a</a>`,
	"<a href=\"java\tscript:alert(1)\">a</a>", "<a href=\"java\nscript:alert(1)\">a</a>", "<a href=\"\x01javascript:alert(1)\">a</a>",
	`<a href="&#106;avascript&colon;alert(1)">a</a>`, `<a href="java&Tab;script:alert(1)">a</a>`, `<a href="javascript&#x3A;alert(1)">a</a>`,
	`<a href="//evil.test">a</a>`, `<a href="data:text/html,<script>alert(1)</script>">a</a>`, `<img src="data:image/svg+xml;base64,AAAA">`,
	`<a href="vbscript:msgbox(1)">a</a>`, `<img src="mailto:a@b.test">`, `<a href="file:///etc/passwd">a</a>`, `<a href="blob:https://a.test/1">a</a>`,
	`<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`, `<svg><animate attributeName=href values=javascript:alert(1) /></svg>`,
	`<svg><a xlink:href="javascript:alert(1)"><text>a</text></a></svg>`, `<svg><use href="data:image/svg+xml,<svg id=x/>#x"/></svg>`,
	`<svg><foreignObject><iframe srcdoc="<script>alert(1)</script>"></iframe></foreignObject></svg>`,
	`<svg><style><img src=x onerror=alert(1)></style></svg>`, `<svg></p><style><a title="</style><img src onerror=alert(1)>">`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<math><maction actiontype="statusline#" xlink:href="javascript:alert(1)">a</maction></math>`,
	`<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>`,
	`<math><mtext><mglyph><malignmark><table><a href="javascript:alert(1)">a`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<template><p title="</template><img src=x onerror=alert(1)>">`,
	`<textarea><p title="</textarea><img src=x onerror=alert(1)>">`, `<title><p title="</title><img src=x onerror=alert(1)>">`,
	`<style><p title="</style><img src=x onerror=alert(1)>">`, `<xmp><p title="</xmp><img src=x onerror=alert(1)>">`,
	`<iframe><p title="</iframe><img src=x onerror=alert(1)>">`, `<noembed><p title="</noembed><img src=x onerror=alert(1)>">`,
	`<noframes><p title="</noframes><img src=x onerror=alert(1)>">`, `<plaintext><img src=x onerror=alert(1)>`,
	`<select><style></select><img src=x onerror=alert(1)></style>`, `<option><style></option></select><img src=x onerror=alert(1)></style>`,
	`<!-- --!><img src=x onerror=alert(1)> -->`, `<!--><img src=x onerror=alert(1)>-->`, `<![CDATA[<img src=x onerror=alert(1)>]]>`,
	`<svg><![CDATA[</svg><img src=x onerror=alert(1)>]]>`, `<?xml version="1.0"?><img src=x onerror=alert(1)>`, `<!DOCTYPE x [<!ENTITY y "z">]>&y;`,
	`<base href="https://evil.test/">`, `<meta http-equiv=refresh content="0;url=javascript:alert(1)">`, `<link rel=stylesheet href="//evil.test">`,
	`<form action="https://evil.test"><input name=password><button formaction="javascript:alert(1)">a</button></form>`,
	`<img srcset="https://a.test/1 1x, javascript:alert(1) 2x" src="https://a.test/x.png">`, `<isindex action=javascript:alert(1)>`,
	`<p style="width:expression(alert(1))">a</p>`, `<p style="background:url(javascript:alert(1))" class=x id=y data-z=1>a</p>`,
	"<scr\x00ipt>alert(1)</scr\x00ipt>", "<a href=\"java\x00script:alert(1)\">a</a>", `<a href="javascript:alert(1)"`, `<img src="x" onerror="alert(1)"`,
	`<p title='`, `<b><i><a href="https://a.test/">a</b></i>`, `<a href="https://a.test/"><table><tr><td><a href="https://b.test/">b</table>`,
	`<object data="javascript:alert(1)"></object><embed src="//evil.test"><applet code=x></applet>`, `<video src=x onerror=alert(1)><source onerror=alert(1)>`,
	`<a href="https://a.test/" target=_blank rel="opener" ping="https://evil.test">a</a>`, `<details open ontoggle=alert(1)>a</details>`,
	`&lt;img src=x onerror=alert(1)&gt;`, `&amp;lt;script&amp;gt;`, `<a href="https://a.test/?a=&quot;&gt;&lt;img src=x onerror=alert(1)&gt;">a</a>`,
	`<img alt="&quot; onerror=alert(1) x=&quot;" src="https://a.test/x">`, "<img alt=\"`onerror=alert(1)\" src=https://a.test/x>",
	`<p><table><p><tr><p><td><p></table>`, `</p></div></body></html><img src=x onerror=alert(1)>`, `<td><tr><caption><li><dd>a`, `<pre>` + "\n\n" + `a</pre>`,
}

var (
	allowedElements = strings.Fields(`a abbr address article aside b bdi bdo blockquote br caption cite code dd del dfn div dl dt em figcaption figure footer
		h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt ruby s samp section small span strong sub sup table tbody td tfoot th thead
		time tr u ul var wbr`)
	allowedAttributes = strings.Fields("dir a.href a.rel img.src img.alt td.colspan td.rowspan th.colspan th.rowspan")
)

// check fails when a browser would find in HTML anything that is not allowed.
func check(t *testing.T, text string) {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(text), body)
	require.NoError(t, err)
	for _, node := range nodes {
		checkNode(t, node)
		for below := range node.Descendants() {
			checkNode(t, below)
		}
	}
}

func checkNode(t *testing.T, node *html.Node) {
	t.Helper()
	if node.Type == html.TextNode {
		return
	}
	require.Equal(t, html.ElementNode, node.Type, "a comment, or the like")
	require.Empty(t, node.Namespace, node.Data)
	require.Contains(t, allowedElements, node.Data)
	for _, a := range node.Attr {
		require.Empty(t, a.Namespace)
		require.True(t, slices.Contains(allowedAttributes, a.Key) || slices.Contains(allowedAttributes, node.Data+"."+a.Key), node.Data+"."+a.Key)
		switch a.Key {
		case "href":
			require.Regexp(t, `^(?i:https?://|mailto:)`, a.Val)
		case "src":
			require.Regexp(t, `^(?i:https?://)`, a.Val)
		case "rel":
			require.Equal(t, "nofollow noopener noreferrer", a.Val)
		}
	}
	if node.DataAtom == atom.A && len(node.Attr) > 0 {
		require.True(t, slices.ContainsFunc(node.Attr, func(a html.Attribute) bool { return a.Key == "rel" }), "a link without rel")
	}
}

func TestCleanHTMLDoesNothing(t *testing.T) {
	for i, piece := range harmful {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			for _, text := range []string{piece, "<p>before" + piece + "<p>after", "<table>" + piece, "<div><a href='https://a.test/'>" + piece, piece + piece} {
				cleaned := documents.Clean(text)
				check(t, cleaned)
				assert.Equal(t, cleaned, documents.Clean(cleaned), "cleaning again")
			}
		})
	}
	t.Run("all at once", func(t *testing.T) {
		cleaned := documents.Clean(strings.Join(harmful, ""))
		check(t, cleaned)
		assert.Equal(t, cleaned, documents.Clean(cleaned))
	})
}

func TestCleanHTMLKeepsWhatATextNeeds(t *testing.T) {
	for text, want := range map[string]string{
		`<h2>A</h2><p>one <em>two</em> <code>x &lt; y</code></p>`: `<h2>A</h2><p>one <em>two</em> <code>x &lt; y</code></p>`,
		`<a href="https://a.test/x?b=1&amp;c=2" class="x">a</a>`:  `<a href="https://a.test/x?b=1&amp;c=2" rel="nofollow noopener noreferrer">a</a>`,
		`<a href="mailto:ada@example.org">a</a>`:                  `<a href="mailto:ada@example.org" rel="nofollow noopener noreferrer">a</a>`,
		`<a href="javascript:a()">words stay</a>`:                 `words stay`,
		`<figure><img src="https://a.test/x.png" alt="A &quot;b&quot;"><figcaption>c</figcaption></figure>`: `<figure><img src="https://a.test/x.png" ` +
			`alt="A &#34;b&#34;"/><figcaption>c</figcaption></figure>`,
		`<table><tr><td colspan="2" style="x">a</table>`: `<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>`,
		`<p>open <b>bold`:                       `<p>open <b>bold</b></p>`,
		`a<script>b</script>c<style>d</style>e`: `ace`,
	} {
		assert.Equal(t, want, documents.Clean(text), text)
	}
}

func TestShortenedHTMLIsStillClean(t *testing.T) {
	whole := documents.Clean(strings.Repeat(`<div><p>text &amp; <b>text</b></p><ul><li><a href="https://a.test/">x</a></ul></div>`, 200))
	for _, length := range []int{0, 10, 100, 1000, 5000} {
		short := documents.Shortened(whole, length)
		assert.LessOrEqual(t, len(short), length)
		check(t, short)
		assert.Equal(t, short, documents.Clean(short))
	}
	assert.Greater(t, len(documents.Shortened(whole, 5000)), 2000, "not much more than needed is left out")
}

func FuzzClean(f *testing.F) {
	for _, piece := range harmful {
		f.Add(piece)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cleaned := documents.Clean(text)
		check(t, cleaned)
		if again := documents.Clean(cleaned); again != cleaned {
			t.Fatalf("%q is cleaned to %q, and that to %q", text, cleaned, again)
		}
	})
}
