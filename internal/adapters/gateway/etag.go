package gateway

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/gofiber/fiber/v2"
)

// maxTagged is the size of the largest answer that gets an ETag, in bytes: making one reads the whole answer.
const maxTagged = 1 << 20

// revalidate gives a successful GET a weak ETag, and answers 304 without a body when the client has that already
// (RFC 9110, section 13.1.2).
func (x *exchange) revalidate() {
	response := x.c.Response()
	if x.method != http.MethodGet && x.method != http.MethodHead || response.StatusCode() != http.StatusOK {
		return
	}
	body := response.Body()
	if len(body) == 0 || len(body) > maxTagged || len(response.Header.Peek(fiber.HeaderETag)) > 0 {
		return
	}
	opaque := `"` + strconv.Itoa(len(body)) + "-" + strconv.FormatUint(xxhash.Sum64(body), 36) + `"`
	response.Header.Set(fiber.HeaderETag, "W/"+opaque)
	if !listsTag(x.header(fiber.HeaderIfNoneMatch), opaque) {
		return
	}
	response.ResetBody()
	response.SetStatusCode(http.StatusNotModified)
	response.Header.Del(fiber.HeaderContentType)
	response.Header.Del(fiber.HeaderContentEncoding)
}

// listsTag reports whether a list of entity tags names one, by the weak comparison. Our tags hold no comma.
func listsTag(list, opaque string) bool {
	for list != "" {
		var tag string
		tag, list, _ = strings.Cut(list, ",")
		if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == opaque || tag == "*" {
			return true
		}
	}
	return false
}
