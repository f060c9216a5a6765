// Package rest is the kit that REST routes are declared with. One declaration a route, made with Route, is the whole
// truth about it: the gateway forwards by it, the service parses, checks and answers by it, and it is what stands in the
// OpenAPI document.
package rest

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Service names the process that serves a route.
type Service string

// The services.
const (
	Gateway    Service = "api"
	Users      Service = "user-service"
	Configs    Service = "config-service"
	Decks      Service = "deck-management-service"
	Learning   Service = "learning-service"
	Generation Service = "card-generation-service"
)

// Access says who may call a route.
type Access int

// The kinds of access, from the widest to the narrowest.
const (
	// Anyone may call; an identity is not looked for.
	Anyone Access = iota
	// Optional is like SignedIn, but a call with no, or a bad, token goes on as nobody: signing out always works.
	Optional
	// SignedIn needs a session.
	SignedIn
	// Verified needs a session of a person with a verified e-mail address.
	Verified
	// Beta needs a session of a verified person with the beta flag.
	Beta
	// Internal is for other processes of spacey, with the service credential. The gateway does not have these routes.
	Internal
)

// SessionEffect says what a successful call does to the cookies of the caller.
type SessionEffect int

// The effects on the cookies.
const (
	// KeepsSession leaves the cookies alone.
	KeepsSession SessionEffect = iota
	// StartsSession sets them; the response type then has a method SessionToken() string.
	StartsSession
	// EndsSession expires them, whether or not the call succeeds.
	EndsSession
	// LeavesSession expires them when the call succeeds.
	LeavesSession
)

// Defaults of a route.
const (
	DefaultMaxBody  = 1 << 20
	DefaultDeadline = 10 * time.Second
)

// Spec is what is said of a route besides its types and its handler.
type Spec struct {
	Method string
	// Path is the path with parameters in braces, for example "/decks/{id}".
	Path    string
	Service Service
	// Summary is a short sentence for the document; Description may say more, in Markdown.
	Summary     string
	Description string
	Access      Access
	// Scope is what an API token needs to call the route. Where it is empty no API token is accepted, unless anyone may call.
	Scope domain.Scope
	// Status is the status of a success; zero is 200.
	Status int
	// Throttled routes count against USER_RATE_LIMIT.
	Throttled bool
	// WantsClient routes are told where a call comes from: see ClientOf.
	WantsClient bool
	// PassesIdentity routes ask other services on behalf of the caller: see IdentityToken.
	PassesIdentity bool
	// Idempotent routes take an Idempotency-Key: the same request with the same key is answered from what was stored for it.
	Idempotent bool
	// Hidden routes are for the gateway itself: it asks them with the identity of a caller, routes nobody to them, and they
	// are not in the document.
	Hidden bool
	// MaxBody is the size of the largest request body in bytes; zero is DefaultMaxBody.
	MaxBody int64
	// Deadline is how long an answer may take; zero is DefaultDeadline.
	Deadline time.Duration
	// Repeatable requests change something, but the same once or twice: the gateway may send one again when a service
	// broke off, as it does with those that change nothing.
	Repeatable bool
	// CapitalFields names the fields of invalid input with a capital letter ("Email"), as older clients expect.
	CapitalFields bool
	// Bare answers are the plain value, without the envelope of message and data.
	Bare bool
	// EmptyOutsideBeta answers an empty list to signed-in people who may not call the route. Only with Access Beta.
	EmptyOutsideBeta bool
	// MaxAge is how long anybody may keep a success, in whole seconds, for answers that are the same for everybody. Zero:
	// nobody keeps one without asking whether it is still the same.
	MaxAge  time.Duration
	Session SessionEffect
	// Upload is the name of a field of a multipart form, a file, that may be sent in place of the JSON body: see the type Upload.
	Upload string
	// Produces is the media type of a success that is not JSON. The handler of such a route answers a Content, a Download or a Stream.
	Produces string
	// Streamed answers may be large: the gateway passes them on while they arrive. Route sets it for the answer Download.
	Streamed bool
	// Fails lists the codes of failures to document, besides those that follow from the rest of the Spec.
	Fails []domain.Code
}

// Content is the answer of a route that Produces something else than JSON: the bytes of it. Failures are JSON as ever.
type Content []byte

// ContentPolicy is the Content-Security-Policy of a Content: it loads nothing and runs no script, and brings its own styles.
const ContentPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

// Stream is the answer of a route that Produces NDJSON and may be of any length: it writes values, each of which becomes a
// line, until it is done. An error breaks the answer off, so that the client can tell that it is not whole.
type Stream func(ctx context.Context, write func(value any) error) error

// NDJSON is the media type of a Stream: JSON values, each in a line of its own.
const NDJSON = "application/x-ndjson"

// The headers by which the gateway tells a service where a call comes from: the IP address, and the service credential,
// without which nobody is believed.
const (
	ClientAddressHeader = "X-Spacey-Client-Address"
	ServiceTokenHeader  = "X-Spacey-Service-Token"
)

// Empty is a request or an answer without content.
type Empty struct{}

// CodeGenerationUnavailable is a call of card generation while nobody generates cards.
const CodeGenerationUnavailable domain.Code = "card_generation_unavailable"
