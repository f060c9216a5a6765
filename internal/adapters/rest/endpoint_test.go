package rest_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// declare declares a route of a request type, for what is wrong with it.
func declare[Req any](s rest.Spec) func() {
	return func() {
		rest.Route(s, func(context.Context, domain.Identity, Req) (rest.Empty, error) { return rest.Empty{}, nil })
	}
}

func answering[Res any](s rest.Spec) func() {
	return func() {
		rest.Route(s, func(context.Context, domain.Identity, rest.Empty) (res Res, err error) { return res, nil })
	}
}

func TestWrongDeclarationsPanic(t *testing.T) {
	post := spec("POST", "/x")
	for name, declaration := range map[string]func(){
		"an unknown rule": declare[struct {
			Body struct {
				A string `json:"a" validate:"credit_card"`
			}
		}](post),
		"rules with alternatives": declare[struct {
			Body struct {
				A string `json:"a" validate:"oneof=a|uuid"`
			}
		}](post),
		"an unknown rule deep inside": declare[struct {
			Body []struct {
				B *[]struct {
					A string `json:"a" validate:"base64"`
				}
			}
		}](post),
		"an unknown rule of the body": declare[struct {
			Body []string `validate:"dive,isbn"`
		}](post),
		"a rule that does not fit": declare[struct {
			Body struct {
				A bool `json:"a" validate:"max=3"`
			}
		}](post),
		"a rule without its argument": declare[struct {
			Body struct {
				A string `json:"a" validate:"max=many"`
			}
		}](post),
		"required on a number": declare[struct {
			Body struct {
				A int `json:"a" validate:"required"`
			}
		}](post),
		"required on a bool": declare[struct {
			Body struct {
				A bool `json:"a" validate:"required"`
			}
		}](post),
		"a parameter of the path without a field": declare[rest.Empty](spec("GET", "/x/{id}")),
		"a field without a parameter of the path": declare[getRequest](spec("GET", "/x")),
		"a parameter within a segment":            declare[rest.Empty](spec("GET", "/x-{id}")),
		"another parameter of the path":           declare[getRequest](spec("GET", "/x/{deck}")),
		"a field that is read from nowhere":       declare[struct{ A string }](post),
		"a hidden field": declare[struct {
			a string `query:"a"`
		}](post),
		"a query of a strange type": declare[struct {
			A map[string]string `query:"a"`
		}](post),
		"a default that is no value": declare[struct {
			A int `query:"a" default:"many"`
		}](post),
		"a default of what is required": declare[struct {
			A int `query:"a" default:"1" required:"true"`
		}](post),
		"a number in the path": declare[struct {
			ID int `path:"id"`
		}](spec("GET", "/x/{id}")),
		"a body of a GET":                    declare[deckRequest](spec("GET", "/x")),
		"a request that is no struct":        declare[string](post),
		"an unknown method":                  declare[rest.Empty](spec("FETCH", "/x")),
		"a path without a slash":             declare[rest.Empty](spec("GET", "x")),
		"no summary":                         declare[rest.Empty](rest.Spec{Method: "GET", Path: "/x"}),
		"a success without a body":           declare[rest.Empty](with(post, func(s *rest.Spec) { s.Status = 204 })),
		"a session without a token":          declare[rest.Empty](with(post, func(s *rest.Spec) { s.Session = rest.StartsSession })),
		"an empty list that is no list":      declare[rest.Empty](with(post, func(s *rest.Spec) { s.Access, s.EmptyOutsideBeta = rest.Beta, true })),
		"keeping what changes something":     declare[rest.Empty](with(post, func(s *rest.Spec) { s.MaxAge = time.Minute })),
		"keeping what is somebody's":         declare[rest.Empty](with(spec("GET", "/x"), func(s *rest.Spec) { s.MaxAge, s.Access = time.Minute, rest.SignedIn })),
		"keeping for less than a second":     declare[rest.Empty](with(spec("GET", "/x"), func(s *rest.Spec) { s.MaxAge = time.Second / 2 })),
		"a failure without a status":         declare[rest.Empty](with(post, func(s *rest.Spec) { s.Fails = []domain.Code{"made_up"} })),
		"content of no kind":                 answering[rest.Content](post),
		"bare content":                       answering[rest.Content](with(post, func(s *rest.Spec) { s.Produces, s.Bare = "image/svg+xml", true })),
		"a stream of another kind":           answering[rest.Stream](with(post, func(s *rest.Spec) { s.Produces = "text/csv" })),
		"a scope that there is not":          declare[rest.Empty](with(post, func(s *rest.Spec) { s.Access, s.Scope = rest.SignedIn, "decks:all" })),
		"a scope where anyone may call":      declare[rest.Empty](with(post, func(s *rest.Spec) { s.Scope = domain.ScopeDecksRead })),
		"a scope of a service":               declare[rest.Empty](with(post, func(s *rest.Spec) { s.Access, s.Scope = rest.Internal, domain.ScopeDecksRead })),
		"a GET that takes a key":             declare[rest.Empty](with(spec("GET", "/x"), func(s *rest.Spec) { s.Idempotent = true })),
		"a key of a service":                 declare[rest.Empty](with(post, func(s *rest.Spec) { s.Idempotent, s.Access = true, rest.Internal })),
		"a key of perhaps somebody":          declare[rest.Empty](with(post, func(s *rest.Spec) { s.Idempotent, s.Access = true, rest.Optional })),
		"keeping an answer with cookies":     declare[rest.Empty](with(post, func(s *rest.Spec) { s.Idempotent, s.Session = true, rest.EndsSession })),
		"keeping an answer that is no JSON":  answering[rest.Content](with(post, func(s *rest.Spec) { s.Idempotent, s.Produces = true, "image/svg+xml" })),
		"a hidden route for anyone":          declare[rest.Empty](with(post, func(s *rest.Spec) { s.Hidden = true })),
		"an answer of which nothing is said": answering[map[string]any](post),
	} {
		t.Run(name, func(t *testing.T) { require.Panics(t, declaration) })
	}
}

func TestDeclarationsGetTheirDefaults(t *testing.T) {
	e := echo[rest.Empty](spec("GET", "/x"))
	require.Equal(t, 200, e.Spec.Status)
	require.EqualValues(t, rest.DefaultMaxBody, e.Spec.MaxBody)
	require.Equal(t, rest.DefaultDeadline, e.Spec.Deadline)
	require.Equal(t, "/decks/:id/cards/:cardID", rest.Spec{Path: "/decks/{id}/cards/{cardID}"}.RouterPath())
}

func TestRoutingOrder(t *testing.T) {
	var got []string
	for _, e := range rest.InRoutingOrder([]rest.Endpoint{
		echo[getRequest](spec("GET", "/decks/{id}")), echo[getRequest](spec("GET", "/decks/{id}/cards")),
		echo[rest.Empty](spec("GET", "/decks/public")), echo[rest.Empty](spec("GET", "/decks")),
	}) {
		got = append(got, e.Spec.Path)
	}
	require.Equal(t, []string{"/decks", "/decks/public", "/decks/{id}", "/decks/{id}/cards"}, got)
}

// TestEveryCodeHasAStatus reads the source of the domain, so that a new code cannot be forgotten.
func TestEveryCodeHasAStatus(t *testing.T) {
	for _, file := range []string{"../../domain/errors.go", "errors.go", "spec.go"} {
		for name, code := range codesIn(t, file) {
			t.Run(name, func(t *testing.T) {
				declare[rest.Empty](with(spec("GET", "/x"), func(s *rest.Spec) { s.Fails = []domain.Code{code} }))()
				if code != domain.CodeInternal {
					require.NotEqual(t, 500, rest.StatusOf(code))
				}
				require.NotEqual(t, 422, rest.StatusOf(code))
			})
		}
	}
	for code, status := range map[domain.Code]int{
		domain.CodeEmailTaken: 400, domain.CodeBadCredentials: 401, domain.CodeConflict: 409, rest.CodeForbiddenOrigin: 403,
		rest.CodeRateLimited: 429, rest.CodeBadGateway: 502, rest.CodeTimeout: 504, rest.CodeGenerationUnavailable: 503,
	} {
		require.Equal(t, status, rest.StatusOf(code), code)
	}
}

// codesIn returns the constants of type Code in a file of Go.
func codesIn(t *testing.T, file string) map[string]domain.Code {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	found := map[string]domain.Code{}
	ast.Inspect(tree, func(node ast.Node) bool {
		value, ok := node.(*ast.ValueSpec)
		if !ok || len(value.Values) != 1 {
			return true
		}
		literal, ok := value.Values[0].(*ast.BasicLit)
		if name := value.Names[0].Name; ok && literal.Kind == token.STRING && len(name) > 4 && name[:4] == "Code" {
			code, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			found[name] = domain.Code(code)
		}
		return true
	})
	require.NotEmpty(t, found)
	return found
}
