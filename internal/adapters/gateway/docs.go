package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
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
	handler fasthttp.RequestHandler
	policy  string
	// files are those that were asked for already, by fileKey. Unpacking one and copying it for everybody would let a few
	// clients that read slowly take all memory.
	files     sync.Map
	unpacking sync.Mutex
}

// fileKey is the path of a file, and whether the client takes it compressed.
type fileKey struct {
	path string
	gzip bool
}

type file struct {
	kind, coding string
	content      []byte
}

func newDocs(path string) *docs {
	d := &docs{handler: fasthttpadaptor.NewFastHTTPHandler(v5emb.New("spacey", documentPath, path))}
	// The page has a script in it. Its hash lets that one run, and no other that somebody might slip in.
	d.policy = docsPolicy(string(d.file(fileKey{path, false}).content))
	return d
}

// file returns a file, nil when there is none of the name.
func (d *docs) file(key fileKey) *file {
	if known, ok := d.files.Load(key); ok {
		return known.(*file) //nolint:forcetypeassert // nothing else is stored
	}
	d.unpacking.Lock()
	defer d.unpacking.Unlock()
	if known, ok := d.files.Load(key); ok {
		return known.(*file) //nolint:forcetypeassert // nothing else is stored
	}
	var ctx fasthttp.RequestCtx
	ctx.Request.URI().SetPath(key.path)
	ctx.Request.SetRequestURI(ctx.Request.URI().String())
	if key.gzip {
		ctx.Request.Header.Set(fiber.HeaderAcceptEncoding, "gzip")
	}
	d.handler(&ctx)
	if ctx.Response.StatusCode() != http.StatusOK {
		return nil
	}
	header := &ctx.Response.Header
	found := &file{string(header.ContentType()), string(header.Peek(fiber.HeaderContentEncoding)), bytes.Clone(ctx.Response.Body())}
	d.files.Store(key, found)
	return found
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
	sent, _, _ := splitTarget(string(x.c.Request().Header.RequestURI()))
	path, err := url.PathUnescape(strings.TrimSuffix(sent, "/"))
	if err != nil {
		return errNoRoute
	}
	found := d.file(fileKey{path, x.c.Request().Header.HasAcceptEncoding("gzip")})
	if found == nil {
		return errNoRoute
	}
	header := &x.c.Response().Header
	header.SetContentType(found.kind)
	header.Set(fiber.HeaderContentSecurityPolicy, d.policy)
	if x.packed = path != docsPath; x.packed {
		header.Add(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	}
	if found.coding != "" {
		header.Set(fiber.HeaderContentEncoding, found.coding)
	}
	x.c.Response().SetBodyRaw(found.content)
	return nil
}

// compressible reports whether an answer of a kind gets smaller by compression.
func compressible(kind string) bool {
	return strings.HasPrefix(kind, "application/json") || strings.HasPrefix(kind, "text/") || strings.Contains(kind, "javascript") ||
		strings.HasPrefix(kind, "application/x-ndjson") || strings.HasPrefix(kind, "image/svg")
}
