package rest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"
)

// answer is the envelope of a success.
type answer struct {
	Message string `json:"message"`
	Data    any    `json:"data"`
}

// WriteSuccess answers with a value: in the envelope of message and data, or plain where the Spec says Bare. A *Content is
// the whole answer.
func WriteSuccess(c *fiber.Ctx, spec Spec, value any) error {
	c.Set(fiber.HeaderXRequestID, RequestID(c))
	if spec.MaxAge > 0 {
		c.Set(fiber.HeaderCacheControl, "public, max-age="+strconv.Itoa(int(spec.MaxAge.Seconds())))
	}
	if content, ok := value.(*Content); ok {
		return writeContent(c, spec, *content)
	}
	if spec.Bare {
		return writeJSON(c, spec.Status, value)
	}
	return writeJSON(c, spec.Status, answer{spec.successMessage(), value})
}

// writeContent answers with what is not JSON. It may hold what people wrote, so no browser may take it for something else.
func writeContent(c *fiber.Ctx, spec Spec, content Content) error {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentSecurityPolicy, ContentPolicy)
	c.Response().Header.SetContentType(spec.Produces)
	c.Status(spec.Status)
	return c.Send(content)
}

// WriteEmptyList answers with a list of nothing: see Spec.EmptyFor.
func WriteEmptyList(c *fiber.Ctx, spec Spec) error { return WriteSuccess(c, spec, []Empty{}) }

func (s Spec) successMessage() string {
	if s.Status == http.StatusCreated {
		return "Created"
	}
	return "Success"
}

// writeJSON encodes straight into the answer's buffer. HTML is not escaped: texts are shown as they were stored.
func writeJSON(c *fiber.Ctx, status int, value any) error {
	response := c.Response()
	response.ResetBody()
	encoder := json.NewEncoder(lineless{response.BodyWriter()})
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	response.Header.SetContentType(fiber.MIMEApplicationJSON)
	response.SetStatusCode(status)
	return nil
}

// lineless drops the line end that json.Encoder puts behind the one value it writes.
type lineless struct{ w io.Writer }

// Write passes on all but the line end.
func (l lineless) Write(p []byte) (int, error) {
	if _, err := l.w.Write(bytes.TrimSuffix(p, []byte{'\n'})); err != nil {
		return 0, err
	}
	return len(p), nil
}
