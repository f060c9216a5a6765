package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Codes of failures that only the edge knows.
const (
	// CodeMalformed is a request that cannot be read.
	CodeMalformed domain.Code = "malformed_request"
	// CodeUnsupportedMedia is a body that is not JSON.
	CodeUnsupportedMedia domain.Code = "unsupported_media_type"
	// CodeMethodNotAllowed is a path that is there, but not for this method.
	CodeMethodNotAllowed domain.Code = "method_not_allowed"
	// CodeRequestTimeout is a request that took too long to arrive.
	CodeRequestTimeout domain.Code = "request_timeout"
	// CodeRateLimited is one call too many.
	CodeRateLimited domain.Code = "rate_limited"
	// CodeHeaderTooLarge is a request whose line and headers are too long together.
	CodeHeaderTooLarge domain.Code = "header_too_large"
	// CodeForbiddenOrigin is a call that another web site made a browser do.
	CodeForbiddenOrigin domain.Code = "forbidden_origin"
	// CodeBadGateway is a service whose answer cannot be understood.
	CodeBadGateway domain.Code = "bad_gateway"
	// CodeTimeout is a call that was not answered within the route's deadline.
	CodeTimeout domain.Code = "timeout"
)

// failure is what a code means to a client.
type failure struct {
	status int
	// sentence is shown where the error brings none of its own, and explains the code in the document.
	sentence string
}

// codes gives every code its status.
var codes = map[domain.Code]failure{
	domain.CodeInternal:         {http.StatusInternalServerError, "Something went wrong on our side."},
	domain.CodeInvalid:          {http.StatusBadRequest, "The input is not valid."},
	domain.CodeEmailTaken:       {http.StatusBadRequest, "The e-mail address has an account."},
	domain.CodeAlreadyVerified:  {http.StatusBadRequest, "The e-mail address is verified already."},
	domain.CodeBadToken:         {http.StatusBadRequest, "The link is used, has expired, or never was valid."},
	domain.CodeUnauthenticated:  {http.StatusUnauthorized, "Sign in to do this."},
	domain.CodeBadCredentials:   {http.StatusUnauthorized, "Invalid email or password."},
	domain.CodeTooManyAttempts:  {http.StatusTooManyRequests, "Too many attempts; try again later."},
	domain.CodeMissingScope:     {http.StatusForbidden, "This API token does not allow this."},
	domain.CodeKeyReused:        {http.StatusConflict, "This Idempotency-Key came with another request before."},
	domain.CodeInProgress:       {http.StatusConflict, "The first request with this Idempotency-Key is still being worked on."},
	domain.CodeEmailNotVerified: {http.StatusForbidden, "Verify your e-mail address to do this."},
	domain.CodeBetaRequired:     {http.StatusForbidden, "This is open to members of the beta only."},
	domain.CodeForbidden:        {http.StatusForbidden, "This is not allowed."},
	domain.CodeNotFound:         {http.StatusNotFound, "There is no such thing."},
	domain.CodeConflict:         {http.StatusConflict, "This contradicts what is stored."},
	domain.CodeSeqTaken:         {http.StatusConflict, "This contradicts what is stored."},
	domain.CodeTooLarge:         {http.StatusRequestEntityTooLarge, "The request is too large."},
	domain.CodeBusy:             {http.StatusServiceUnavailable, "Too much at once; try again."},
	domain.CodeSchema:           {http.StatusServiceUnavailable, "This is not available now; try again."},
	domain.CodeUnavailable:      {http.StatusServiceUnavailable, "This is not available now; try again."},
	CodeGenerationUnavailable:   {http.StatusServiceUnavailable, "Card generation is not available."},
	CodeMalformed:               {http.StatusBadRequest, "The request cannot be read."},
	CodeUnsupportedMedia:        {http.StatusUnsupportedMediaType, "Send the body as application/json."},
	CodeMethodNotAllowed:        {http.StatusMethodNotAllowed, "This method is not allowed here."},
	CodeRequestTimeout:          {http.StatusRequestTimeout, "The request took too long to arrive."},
	CodeRateLimited:             {http.StatusTooManyRequests, "Too many requests; try again later."},
	CodeHeaderTooLarge:          {http.StatusRequestHeaderFieldsTooLarge, "The address and the headers are too long together."},
	CodeForbiddenOrigin:         {http.StatusForbidden, "Requests from this web site are not allowed."},
	CodeBadGateway:              {http.StatusBadGateway, "A service gave no sensible answer; try again."},
	CodeTimeout:                 {http.StatusGatewayTimeout, "This took too long; try again."},
}

// fiberCodes translates the failures of fiber itself.
var fiberCodes = map[int]domain.Code{
	http.StatusNotFound:                    domain.CodeNotFound,
	http.StatusMethodNotAllowed:            CodeMethodNotAllowed,
	http.StatusRequestTimeout:              CodeRequestTimeout,
	http.StatusRequestEntityTooLarge:       domain.CodeTooLarge,
	http.StatusUnsupportedMediaType:        CodeUnsupportedMedia,
	http.StatusTooManyRequests:             CodeRateLimited,
	http.StatusRequestHeaderFieldsTooLarge: CodeHeaderTooLarge,
	http.StatusServiceUnavailable:          domain.CodeUnavailable,
	http.StatusBadGateway:                  CodeBadGateway,
	http.StatusGatewayTimeout:              CodeTimeout,
}

// Failure is the body of every answer that is not a success.
type Failure struct {
	// Error is the text of the status.
	Error string      `json:"error"`
	Code  domain.Code `json:"code"`
	// Message is a sentence, or a list of FieldFailure.
	Message   any    `json:"message"`
	RequestID string `json:"requestID"`
}

// FieldFailure says what is wrong with one field.
type FieldFailure struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// StatusOf returns the HTTP status of a code; a code without one counts as internal.
func StatusOf(code domain.Code) int {
	if f, ok := codes[code]; ok {
		return f.status
	}
	return http.StatusInternalServerError
}

// WriteError answers with an error in the shape that all of them have, and logs it when it is a fault of ours, with the
// cause that the caller is not shown. It returns nil, as a fiber handler that has answered does.
func WriteError(c *fiber.Ctx, err error, logger *slog.Logger) error {
	e := explain(err)
	id := RequestID(c)
	status := StatusOf(e.Code)
	logFailure(c, logger, status, id, e.Code, err)
	setRetryAfter(c, status, e.RetryAfter)
	c.Set(fiber.HeaderXRequestID, id)
	body := Failure{Error: http.StatusText(status), Code: e.Code, Message: e.Message, RequestID: id}
	if len(e.Fields) > 0 {
		fields := make([]FieldFailure, len(e.Fields))
		for i, f := range e.Fields {
			fields[i] = FieldFailure(f)
		}
		body.Message = fields
	}
	return writeJSON(c, status, body)
}

// setRetryAfter says when to try again, in whole seconds. Of what is not available now nobody knows; a second is a guess.
func setRetryAfter(c *fiber.Ctx, status int, after time.Duration) {
	switch {
	case after > 0:
		c.Set(fiber.HeaderRetryAfter, strconv.FormatInt(int64((after+time.Second-1)/time.Second), 10))
	case status == http.StatusServiceUnavailable && len(c.Response().Header.Peek(fiber.HeaderRetryAfter)) == 0:
		c.Set(fiber.HeaderRetryAfter, "1")
	}
}

// ErrorHandler returns the error handler of a fiber app that answers by WriteError.
func ErrorHandler(logger *slog.Logger) fiber.ErrorHandler {
	return func(c *fiber.Ctx, err error) error { return WriteError(c, err, logger) }
}

// explain turns any error into one with a code that has a status and a sentence that may be shown.
func explain(err error) domain.Error {
	var ours *domain.Error
	var fibers *fiber.Error
	e := domain.Error{Code: domain.CodeInternal}
	switch {
	case errors.As(err, &ours) && ours.Code != domain.CodeInternal:
		e = *ours
	case errors.Is(err, context.DeadlineExceeded):
		e.Code = CodeTimeout
	case errors.Is(err, context.Canceled):
		e.Code = domain.CodeUnavailable
	case errors.As(err, &fibers):
		e.Code = codeOfFiber(fibers.Code)
		if e.Code == domain.CodeNotFound {
			e.Message = "There is no such route."
		}
	}
	f, known := codes[e.Code]
	if !known {
		e = domain.Error{Code: domain.CodeInternal}
		f = codes[domain.CodeInternal]
	}
	if e.Message == "" {
		e.Message = f.sentence
	}
	return e
}

func codeOfFiber(status int) domain.Code {
	if code, ok := fiberCodes[status]; ok {
		return code
	}
	if status < http.StatusInternalServerError {
		return CodeMalformed
	}
	return domain.CodeInternal
}

// logFailure logs what is no fault of the caller: the cause stands nowhere else.
func logFailure(c *fiber.Ctx, logger *slog.Logger, status int, id string, code domain.Code, err error) {
	if logger == nil || status < http.StatusInternalServerError || code == CodeGenerationUnavailable {
		return
	}
	level := slog.LevelWarn
	if status == http.StatusInternalServerError {
		level = slog.LevelError
	}
	attributes := []slog.Attr{
		slog.String("requestID", id), slog.String("method", c.Method()), slog.String("route", c.Route().Path),
		slog.String("code", string(code)), slog.String("error", err.Error()),
	}
	var p *panicError
	if errors.As(err, &p) {
		attributes = append(attributes, slog.String("stack", string(p.stack)))
	}
	logger.LogAttrs(context.Background(), level, "request failed", attributes...)
}
