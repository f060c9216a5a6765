package rest

import (
	"context"
	"io"
	"mime"
	"strconv"

	"github.com/gofiber/fiber/v2"
)

// Download is the answer of a route that Produces a file, which is read while it is sent and never in memory as a whole.
type Download struct {
	// Name is what the client may call the file.
	Name string
	// Size is how many bytes there are.
	Size int64
	// Open returns the bytes, read until ctx ends. When reading fails the connection is closed before all of them were sent.
	Open func(ctx context.Context) io.Reader
}

// writeDownload answers with a Download. The bytes are read after the handler has returned, for at most the deadline of the route.
func (s *server) writeDownload(ctx context.Context, c *fiber.Ctx, spec Spec, download Download) error {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentSecurityPolicy, ContentPolicy)
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": download.Name}))
	c.Response().Header.SetContentType(spec.Produces)
	c.Status(spec.Status)
	if c.Method() == fiber.MethodHead {
		c.Response().SkipBody = true
		c.Set(fiber.HeaderContentLength, strconv.FormatInt(download.Size, 10))
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), spec.Deadline)
	body := &streamReader{io.NopCloser(download.Open(ctx)), cancel, c.Context().Conn()}
	c.Context().SetBodyStream(body, int(download.Size))
	return nil
}
