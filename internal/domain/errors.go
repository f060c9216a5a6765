// Package domain holds the entities of spacey and the rules they obey: what a valid deck is, how an answer moves a
// memory, when a card is due. It does no I/O and knows no technology.
package domain

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code names a kind of failure. It is stable: clients and tests compare it.
type Code string

// The failures that rules and storage report. One table in the REST kit gives each of them a status.
const (
	// CodeInternal is a failure nobody planned for. Its text is for the log, never for a caller.
	CodeInternal Code = "internal"
	// CodeInvalid is input that breaks a rule; Fields says where.
	CodeInvalid Code = "invalid_input"
	// CodeEmailTaken is a sign-up with an e-mail address that has an account.
	CodeEmailTaken Code = "email_taken"
	// CodeAlreadyVerified is a request to verify an e-mail address that is verified.
	CodeAlreadyVerified Code = "email_already_verified"
	// CodeBadToken is a one-time token that is unknown, used, expired or meant for something else.
	CodeBadToken Code = "invalid_token"
	// CodeUnauthenticated is a call by nobody where somebody is needed.
	CodeUnauthenticated Code = "not_signed_in"
	// CodeBadCredentials is a sign-in with a wrong e-mail address or password; which of them is not told.
	CodeBadCredentials Code = "invalid_credentials"
	// CodeTooManyAttempts is a sign-in too soon after others that failed; RetryAfter says when to try again.
	CodeTooManyAttempts Code = "too_many_attempts"
	// CodeMissingScope is a call with an API token that does not reach that far.
	CodeMissingScope Code = "missing_scope"
	// CodeKeyReused is an Idempotency-Key that came with another request before.
	CodeKeyReused Code = "idempotency_key_reused"
	// CodeInProgress is a request with an Idempotency-Key whose first one is still being worked on.
	CodeInProgress Code = "in_progress"
	// CodeEmailNotVerified is a call that needs a verified e-mail address.
	CodeEmailNotVerified Code = "email_not_verified"
	// CodeBetaRequired is a call that needs the beta flag.
	CodeBetaRequired Code = "beta_required"
	// CodeForbidden is any other call that the caller may not make.
	CodeForbidden Code = "forbidden"
	// CodeNotFound is an object that is not there, or not the caller's: the two look alike.
	CodeNotFound Code = "not_found"
	// CodeConflict is a write that contradicts what is stored.
	CodeConflict Code = "conflict"
	// CodeSeqTaken is an append to a review log at a number that is taken, or that leaves a gap.
	CodeSeqTaken Code = "sequence_taken"
	// CodeTooLarge is input over a limit of size.
	CodeTooLarge Code = "too_large"
	// CodeBusy is a write that lost every bounded retry; the same call may succeed later.
	CodeBusy Code = "busy"
	// CodeSchema is a database whose schema is not the one this program knows: only an operator can mend that.
	CodeSchema Code = "schema_mismatch"
	// CodeUnavailable is something spacey depends on that does not answer.
	CodeUnavailable Code = "unavailable"
)

// FieldError says what is wrong with one field of the input.
type FieldError struct {
	// Field is the JSON path of the field, for example "cards[3].question".
	Field string
	// Message is a sentence for a person.
	Message string
}

// Error is the one error type of spacey. Find it with errors.As, or ask CodeOf.
type Error struct {
	Code    Code
	Message string
	Fields  []FieldError
	// RetryAfter is when the call may succeed, from now on, 0 when nothing is known about that.
	RetryAfter time.Duration
	// Err is the cause, for the log.
	Err error
}

// Error says the message, the fields and the cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Field, f.Message)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// NewError returns an error with a code and a sentence that a caller may read.
func NewError(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// WrapError returns an error with a code, a sentence that a caller may read, and the cause.
func WrapError(code Code, message string, cause error) *Error {
	return &Error{Code: code, Message: message, Err: cause}
}

// Invalid returns a CodeInvalid error about one field.
func Invalid(field, message string) *Error {
	return &Error{Code: CodeInvalid, Message: "The input is not valid.", Fields: []FieldError{{field, message}}}
}

// NotFound returns a CodeNotFound error for a kind of object, for example "deck".
func NotFound(what string) *Error {
	return &Error{Code: CodeNotFound, Message: "There is no such " + what + "."}
}

// CodeOf returns the code of the first Error in the chain, CodeInternal for any other error, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// problems collects what is wrong with an input, so that all of it is told at once.
type problems []FieldError

func (p *problems) add(bad bool, field, message string) {
	if bad {
		*p = append(*p, FieldError{field, message})
	}
}

// storable adds what keeps a text from being stored: PostgreSQL has no U+0000, and what one engine cannot keep none takes.
func (p *problems) storable(field, text string) {
	p.add(strings.ContainsRune(text, 0), field, "The text contains the character U+0000, which cannot be stored.")
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Message: "The input is not valid.", Fields: p}
}
