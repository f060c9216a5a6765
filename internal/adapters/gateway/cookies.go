package gateway

import (
	"bytes"
	"slices"

	"github.com/gofiber/fiber/v2"
)

// cookies returns the different values that came for a cookie, without empty ones. It does not let the library take all
// cookies apart, which would be kept with the connection: 32 KiB of them may be 16,000.
func (x *exchange) cookies(name string) []string {
	var values []string
	for _, line := range x.c.Request().Header.PeekAll(fiber.HeaderCookie) {
		for len(line) > 0 {
			var pair []byte
			pair, line, _ = bytes.Cut(line, []byte{';'})
			key, value, _ := bytes.Cut(bytes.Trim(pair, " \t"), []byte{'='})
			if string(key) != name {
				continue
			}
			if text := string(bytes.Trim(value, ` "`)); text != "" && !slices.Contains(values, text) {
				values = append(values, text)
			}
		}
	}
	return values
}
