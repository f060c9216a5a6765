package rest

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Endpoint is a declared route: made by Route, listed in the gateway's table and the document, served by NewServer.
type Endpoint struct {
	// Spec is what was declared, with the defaults filled in.
	Spec Spec
	// Request and Response are the types that the handler takes and gives.
	Request  reflect.Type
	Response reflect.Type

	request *requestPlan
	// serve reads the request, calls the handler and returns a pointer to the answer.
	serve func(ctx context.Context, caller domain.Identity, c *fiber.Ctx) (any, error)
}

// sessionStarter is an answer that signs the caller in.
type sessionStarter interface{ SessionToken() string }

// Route declares a route. Req is a struct with fields tagged `path:"id"` or `query:"deckID"` and at most one field Body,
// which is read from JSON. A wrong declaration panics, so that no program with one starts: see the checks of compile.
func Route[Req, Res any](
	spec Spec, handler func(ctx context.Context, caller domain.Identity, request Req) (Res, error),
) Endpoint {
	spec = spec.withDefaults()
	spec.Streamed = reflect.TypeFor[Res]() == reflect.TypeFor[Download]()
	e := Endpoint{Spec: spec, Request: reflect.TypeFor[Req](), Response: reflect.TypeFor[Res]()}
	plan, fill, err := compile(e)
	if err != nil {
		panic(fmt.Sprintf("rest: route %s %s: %v", spec.Method, spec.Path, err))
	}
	e.request = plan
	e.serve = func(ctx context.Context, caller domain.Identity, c *fiber.Ctx) (any, error) {
		var request Req
		if err := plan.read(c, reflect.ValueOf(&request).Elem()); err != nil {
			return nil, err
		}
		response, err := handler(ctx, caller, request)
		if err != nil {
			return nil, err
		}
		if fill != nil {
			fill(reflect.ValueOf(&response).Elem())
		}
		return &response, nil
	}
	return e
}

func (s Spec) withDefaults() Spec {
	if s.Status == 0 {
		s.Status = http.StatusOK
	}
	if s.MaxBody == 0 {
		s.MaxBody = DefaultMaxBody
	}
	if s.Deadline == 0 {
		s.Deadline = DefaultDeadline
	}
	return s
}

// compile checks a declaration and does the reflection that every request would repeat otherwise.
func compile(e Endpoint) (*requestPlan, filler, error) {
	if err := e.Spec.check(e.Response); err != nil {
		return nil, nil, err
	}
	plan, err := planRequest(e.Spec, e.Request)
	if err != nil {
		return nil, nil, err
	}
	if e.Response == reflect.TypeFor[Stream]() || e.Response == reflect.TypeFor[Download]() {
		return plan, nil, nil
	}
	fill, err := fillerOf(e.Response)
	if err != nil {
		return nil, nil, fmt.Errorf("response: %w", err)
	}
	return plan, fill, nil
}

// check says what is wrong with a declaration besides its types of request.
func (s Spec) check(response reflect.Type) error {
	switch s.Method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return fmt.Errorf("the method %q is not known", s.Method)
	}
	if !strings.HasPrefix(s.Path, "/") || len(s.Path) > 1 && strings.HasSuffix(s.Path, "/") {
		return fmt.Errorf("the path begins with a slash and ends without one")
	}
	if s.Summary == "" {
		return fmt.Errorf("the summary is missing")
	}
	if s.Status < 200 || s.Status > 299 || s.Status == http.StatusNoContent {
		return fmt.Errorf("the status %d is not one of a success with a body", s.Status)
	}
	if s.Session == StartsSession && !response.Implements(reflect.TypeFor[sessionStarter]()) {
		return fmt.Errorf("%v starts a session and has no method SessionToken() string", response)
	}
	if s.EmptyOutsideBeta && (s.Access != Beta || response.Kind() != reflect.Slice) {
		return fmt.Errorf("EmptyOutsideBeta is for lists with Access Beta")
	}
	if s.MaxAge != 0 && (s.Access != Anyone || s.Method != http.MethodGet || s.MaxAge < time.Second) {
		return fmt.Errorf("MaxAge is for routes with GET that anyone may call, and a second at least")
	}
	if response == reflect.TypeFor[Content]() && (s.Produces == "" || s.Bare) {
		return fmt.Errorf("a Content needs Produces, and has no envelope to be without")
	}
	if response == reflect.TypeFor[Stream]() && s.Produces != NDJSON {
		return fmt.Errorf("a Stream needs Produces NDJSON")
	}
	if response == reflect.TypeFor[Download]() && (s.Produces == "" || s.Bare) {
		return fmt.Errorf("a Download needs Produces, and has no envelope to be without")
	}
	if err := s.checkCallers(); err != nil {
		return err
	}
	for _, code := range s.Fails {
		if _, ok := codes[code]; !ok {
			return fmt.Errorf("the code %q has no status", code)
		}
	}
	return nil
}

// checkCallers says what is wrong with what is declared of callers and their requests.
func (s Spec) checkCallers() error {
	switch {
	case s.Scope != "" && !slices.Contains(domain.Scopes(), s.Scope):
		return fmt.Errorf("there is no scope %q", s.Scope)
	case s.Scope != "" && (s.Access <= Optional || s.Access == Internal):
		return fmt.Errorf("a scope is for routes that need a session")
	case s.Idempotent && (s.Method == http.MethodGet || s.Access == Optional || s.Access == Internal):
		return fmt.Errorf("an Idempotency-Key is for routes that change something, for people")
	case s.Idempotent && (s.Produces != "" || s.Session != KeepsSession):
		return fmt.Errorf("an Idempotency-Key is for answers in JSON that leave the cookies alone: those are not kept")
	case s.Hidden && s.Access <= Optional:
		return fmt.Errorf("hiding is for routes that need a session")
	default:
		return nil
	}
}

// pathParameters returns the names in braces, in order.
func (s Spec) pathParameters() []string {
	var names []string
	for segment := range strings.SplitSeq(s.Path, "/") {
		if strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}") {
			names = append(names, segment[1:len(segment)-1])
		}
	}
	return names
}

// RouterPath returns the path as fiber's router writes it: "/decks/{id}" is "/decks/:id".
func (s Spec) RouterPath() string {
	return strings.NewReplacer("{", ":", "}", "").Replace(s.Path)
}
