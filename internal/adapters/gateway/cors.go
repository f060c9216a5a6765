package gateway

import (
	"net/http"

	"github.com/gofiber/fiber/v2"
)

// What pages may send and read. With credentials a "*" does not count, so everything is listed.
const (
	corsMethods = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
	corsHeaders = "Accept, Accept-Language, Authorization, Cache-Control, Content-Type, Idempotency-Key, If-None-Match, " +
		"Pragma, X-Request-ID, X-Requested-With"
	corsExposed = "Content-Disposition, ETag, Idempotency-Replayed, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, " +
		"Retry-After, X-Request-ID"
	// corsMaxAge is in seconds; browsers cap it, Chrome at two hours.
	corsMaxAge = "7200"
)

// shareWithOrigin lets a page of an accepted origin read the answer. It runs on every answer, errors included: a page
// cannot even see the status of one without these headers.
func (x *exchange) shareWithOrigin() {
	header := &x.c.Response().Header
	header.Add(fiber.HeaderVary, fiber.HeaderOrigin)
	if x.origin == "" || !x.g.origins.Allows(x.origin) {
		return
	}
	header.Set(fiber.HeaderAccessControlAllowOrigin, x.origin)
	header.Set(fiber.HeaderAccessControlAllowCredentials, "true")
	header.Set(fiber.HeaderAccessControlExposeHeaders, corsExposed)
}

// preflight answers OPTIONS, on every path and for everybody but foreign pages. Programs that are no pages are told the
// methods of the path.
func (x *exchange) preflight(path string) error {
	if x.origin != "" && !x.g.origins.Allows(x.origin) {
		return errForeignOrigin
	}
	header := &x.c.Response().Header
	if x.origin != "" {
		header.Set(fiber.HeaderAccessControlAllowMethods, corsMethods)
		header.Set(fiber.HeaderAccessControlAllowHeaders, corsHeaders)
		header.Set(fiber.HeaderAccessControlMaxAge, corsMaxAge)
		header.Add(fiber.HeaderVary, fiber.HeaderAccessControlRequestMethod)
		header.Add(fiber.HeaderVary, fiber.HeaderAccessControlRequestHeaders)
	} else {
		header.Set(fiber.HeaderAllow, x.g.table.methods(path))
	}
	x.c.Status(http.StatusNoContent)
	return nil
}

// fromForeignPage reports whether a browser says that a page of an origin that is not accepted made the call. Other
// programs send neither header, and have no cookies that could be abused.
func (x *exchange) fromForeignPage() bool {
	site := x.header("Sec-Fetch-Site")
	if site == "same-origin" {
		return false // the page with the documentation
	}
	if x.origin != "" {
		return !x.g.origins.Allows(x.origin)
	}
	return site == "cross-site"
}
