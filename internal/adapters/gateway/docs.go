package gateway

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/swaggest/swgui/v5emb"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"
)

const (
	docsPath     = "/docs"
	documentPath = "/openapi.json"
)

// docs is the page on which the interface can be read and tried. All of it is in the binary.
type docs struct {
	handler fiber.Handler
	policy  string
}

func newDocs(path string) *docs {
	pages := v5emb.New("spacey", documentPath, path)
	// The page has a script in it. Its hash lets that one run, and no other that somebody might slip in.
	var probe fasthttp.RequestCtx
	probe.Request.SetRequestURI(path)
	fasthttpadaptor.NewFastHTTPHandler(pages)(&probe)
	return &docs{handler: adaptor.HTTPHandler(pages), policy: docsPolicy(string(probe.Response.Body()))}
}

var inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

func docsPolicy(page string) string {
	scripts := "'self'"
	for _, script := range inlineScript.FindAllStringSubmatch(page, -1) {
		sum := sha256.Sum256([]byte(script[1]))
		scripts += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; script-src " + scripts + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

func (d *docs) serve(x *exchange) error {
	if err := d.handler(x.c); err != nil {
		return err
	}
	response := x.c.Response()
	if response.StatusCode() >= http.StatusMultipleChoices && response.StatusCode() != http.StatusNotModified {
		response.Reset()
		return errNoRoute
	}
	response.Header.Set(fiber.HeaderContentSecurityPolicy, d.policy)
	return nil
}

// compressible reports whether an answer of a kind gets smaller by compression.
func compressible(kind string) bool {
	return strings.HasPrefix(kind, "application/json") || strings.HasPrefix(kind, "text/") || strings.Contains(kind, "javascript") ||
		strings.HasPrefix(kind, "application/x-ndjson")
}
