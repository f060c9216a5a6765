package gateway

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// The failures that a request meets on its way to a service.
var (
	errNoRoute       = domain.NewError(domain.CodeNotFound, "There is nothing at this address.")
	errNoMethod      = domain.NewError(rest.CodeMethodNotAllowed, "")
	errForeignOrigin = domain.NewError(rest.CodeForbiddenOrigin, "")
	errTooLarge      = domain.NewError(domain.CodeTooLarge, "The body of the request is too large.")
	errRateLimited   = domain.NewError(rest.CodeRateLimited, "")
	errNotHTTP       = domain.NewError(rest.CodeMalformed, "The request is not well-formed HTTP.")
	errBodyLength    = domain.NewError(rest.CodeMalformed, "The request does not say clearly where its body ends.")
	errLargeHead     = domain.NewError(rest.CodeHeaderTooLarge, "")
	errManyBodies    = domain.NewError(domain.CodeBusy, "Too many large requests at once; try again.")
	errLongHeads     = domain.NewError(domain.CodeBusy, "Too many requests with a long address at once; try again.")
)

// codeUnreadable returns the code of what the server says of a request that it could not read.
func codeUnreadable(err error) domain.Code {
	var status *fiber.Error
	if errors.As(err, &status) {
		switch status.Code {
		case fiber.StatusRequestHeaderFieldsTooLarge:
			return rest.CodeHeaderTooLarge
		case fiber.StatusRequestTimeout:
			return rest.CodeRequestTimeout
		}
	}
	return rest.CodeMalformed
}
