package rest

import (
	"crypto/rand"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// maxRequestID is the length of the longest request id that is taken over from a caller.
const maxRequestID = 128

type requestIDKey struct{}

// SaneRequestID returns the text when it may serve as a request id, 1 to 128 of [A-Za-z0-9._-], and a new random id
// otherwise.
func SaneRequestID(text string) string {
	if text == "" || len(text) > maxRequestID {
		return rand.Text()
	}
	for i := range len(text) {
		if c := text[i]; !isAlphanumeric(c) && c != '.' && c != '_' && c != '-' {
			return rand.Text()
		}
	}
	return text
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// RequestID returns the id of a request: the caller's when it is sane, else a new one that stays for the request.
func RequestID(c *fiber.Ctx) string {
	if id, ok := c.Locals(requestIDKey{}).(string); ok {
		return id
	}
	id := SaneRequestID(strings.Clone(c.Get(fiber.HeaderXRequestID)))
	c.Locals(requestIDKey{}, id)
	return id
}
