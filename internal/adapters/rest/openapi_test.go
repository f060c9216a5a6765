package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func documented() []rest.Endpoint {
	signUp := with(spec("POST", "/user"), func(s *rest.Spec) {
		s.Status, s.Session, s.Throttled, s.Fails = 201, rest.StartsSession, true, []domain.Code{domain.CodeEmailTaken}
	})
	return append(requestApp(),
		rest.Route(signUp, func(context.Context, domain.Identity, deckRequest) (signedIn, error) { return signedIn{}, nil }),
		rest.Route(spec("GET", "/nested"), func(context.Context, domain.Identity, rest.Empty) ([]nested, error) { return nil, nil }),
		rest.Route(with(spec("GET", "/ping"), func(s *rest.Spec) { s.Bare = true }),
			func(context.Context, domain.Identity, rest.Empty) (card, error) { return card{}, nil }),
		echo[struct {
			ID   domain.DeckID `path:"id"`
			Body deckIn
		}](with(spec("PUT", "/decks/{id}"), func(s *rest.Spec) { s.Access = rest.Beta })),
		echo[rest.Empty](with(spec("GET", "/logout"), func(s *rest.Spec) { s.Access, s.Session = rest.Optional, rest.EndsSession })),
		uploading("/content"), downloading("/file", 1, nil),
		drawing("/plots", nil),
		whoami("/internal/x", rest.Internal),
		whoami("/signed-in", rest.SignedIn),
		echo[deckRequest](with(spec("POST", "/orders"), func(s *rest.Spec) {
			s.Access, s.Scope, s.Idempotent, s.Description = rest.Verified, domain.ScopeDecksWrite, true, "Buys."
		})),
		streaming("/stream", time.Minute, lines(0, nil)),
		rest.Route(with(spec("GET", "/export/x"), func(s *rest.Spec) { s.Access, s.Hidden, s.Produces = rest.SignedIn, true, rest.NDJSON }),
			func(context.Context, domain.Identity, rest.Empty) (rest.Stream, error) { return nil, nil }),
	)
}

// tree is a part of a JSON document.
type tree map[string]any

func (d tree) at(t *testing.T, keys ...string) any {
	t.Helper()
	var node any = map[string]any(d)
	for _, key := range keys {
		object, ok := node.(map[string]any)
		require.True(t, ok, keys)
		require.Contains(t, object, key, keys)
		node = object[key]
	}
	return node
}

func document(t *testing.T) (tree, []byte) {
	t.Helper()
	raw, err := rest.OpenAPI(documented(), rest.Info{Title: "spacey", Version: "1", Description: "d", Servers: []string{"https://x.example"}})
	require.NoError(t, err)
	var d tree
	require.NoError(t, json.Unmarshal(raw, &d))
	return d, raw
}

func TestTheDocumentIsValid(t *testing.T) {
	d, raw := document(t)
	t.Run("by OpenAPI 3.1", func(t *testing.T) {
		loaded, err := openapi3.NewLoader().LoadFromData(raw)
		require.NoError(t, err)
		require.NoError(t, loaded.Validate(context.Background()))
		require.True(t, strings.HasPrefix(loaded.OpenAPI, "3.1."))
	})
	t.Run("every reference leads somewhere", func(t *testing.T) {
		references := regexp.MustCompile(`"\$ref":\s*"#/([^"]+)"`).FindAllStringSubmatch(string(raw), -1)
		require.NotEmpty(t, references)
		for _, reference := range references {
			d.at(t, strings.Split(reference[1], "/")...)
		}
	})
	t.Run("it is the same every time", func(t *testing.T) {
		_, again := document(t)
		require.Equal(t, string(raw), string(again))
	})
	t.Run("an operation id twice is an error", func(t *testing.T) {
		_, err := rest.OpenAPI([]rest.Endpoint{echo[getRequest](spec("GET", "/x/{id}")), echo[rest.Empty](spec("GET", "/xById"))}, rest.Info{})
		require.ErrorContains(t, err, "getXById")
	})
	t.Run("a route twice is an error", func(t *testing.T) {
		_, err := rest.OpenAPI([]rest.Endpoint{echo[rest.Empty](spec("GET", "/x")), echo[rest.Empty](spec("GET", "/x"))}, rest.Info{})
		require.Error(t, err)
	})
}

func TestTheDocumentSaysWhatIsDeclared(t *testing.T) {
	d, raw := document(t)
	statuses := func(keys ...string) []string {
		var found []string
		for status := range d.at(t, append(append([]string{"paths"}, keys...), "responses")...).(map[string]any) {
			found = append(found, status)
		}
		return found
	}
	t.Run("routes with their ids and services", func(t *testing.T) {
		require.Equal(t, "putDecksById", d.at(t, "paths", "/decks/{id}", "put", "operationId"))
		require.Equal(t, []any{string(rest.Decks)}, d.at(t, "paths", "/decks/{id}", "put", "tags"))
	})
	t.Run("internal routes are left out", func(t *testing.T) {
		require.NotContains(t, string(raw), "/internal/")
	})
	t.Run("hidden routes are left out", func(t *testing.T) {
		require.NotContains(t, string(raw), "/export/")
	})
	t.Run("statuses follow from the declaration", func(t *testing.T) {
		require.ElementsMatch(t, []string{"200", "400", "401", "403", "404", "413", "415", "429", "500", "503", "504"}, statuses("/decks/{id}", "put"))
		require.ElementsMatch(t, []string{"201", "400", "413", "415", "429", "500", "503", "504"}, statuses("/user", "post"))
		require.ElementsMatch(t, []string{"200", "400", "429", "431", "500", "503", "504"}, statuses("/query", "get"))
		require.Contains(t, d.at(t, "paths", "/decks/{id}", "put", "responses", "403", "description"), "beta_required")
		require.Contains(t, d.at(t, "paths", "/user", "post", "responses", "400", "description"), "email_taken")
	})
	t.Run("how to sign in", func(t *testing.T) {
		require.Equal(t, `[{"cookieAuth":[]},{"bearerAuth":[]}]`, encode(t, d.at(t, "paths", "/decks/{id}", "put", "security")))
		require.Equal(t, `[{"cookieAuth":[]},{"bearerAuth":[]},{"apiToken":["decks:write"]}]`, encode(t, d.at(t, "paths", "/orders", "post", "security")))
		require.Len(t, d.at(t, "paths", "/logout", "get", "security"), 3)
		require.NotContains(t, d.at(t, "paths", "/ping", "get"), "security")
		require.Equal(t, "Authorization", d.at(t, "components", "securitySchemes", "cookieAuth", "name"))
		require.Equal(t, "bearer", d.at(t, "components", "securitySchemes", "bearerAuth", "scheme"))
		require.Equal(t, "bearer", d.at(t, "components", "securitySchemes", "apiToken", "scheme"))
	})
	t.Run("what an API token needs, in words", func(t *testing.T) {
		require.Equal(t, "Buys.\n\nAn API token needs the scope `decks:write`.", d.at(t, "paths", "/orders", "post", "description"))
		require.Equal(t, "API tokens are not accepted.", d.at(t, "paths", "/signed-in", "get", "description"))
		require.NotContains(t, d.at(t, "paths", "/ping", "get"), "description")
	})
	t.Run("how a request may be made again", func(t *testing.T) {
		require.JSONEq(t, `[{"$ref":"#/components/parameters/IdempotencyKey"}]`, encode(t, d.at(t, "paths", "/orders", "post", "parameters")))
		require.Equal(t, "Idempotency-Key", d.at(t, "components", "parameters", "IdempotencyKey", "name"))
		require.Equal(t, "header", d.at(t, "components", "parameters", "IdempotencyKey", "in"))
		d.at(t, "paths", "/orders", "post", "responses", "200", "headers", "Idempotency-Replayed")
		d.at(t, "paths", "/orders", "post", "responses", "409", "headers", "Retry-After")
		require.Contains(t, d.at(t, "paths", "/orders", "post", "responses", "409", "description"), "idempotency_key_reused")
		require.NotContains(t, encode(t, d.at(t, "paths", "/decks/{id}", "put")), "Idempotency")
	})
	t.Run("when to try again", func(t *testing.T) {
		for _, status := range []string{"429", "503"} {
			d.at(t, "paths", "/ping", "get", "responses", status, "headers", "Retry-After")
		}
	})
	t.Run("an example of each failure", func(t *testing.T) {
		examples := d.at(t, "paths", "/orders", "post", "responses", "403", "content", "application/json", "examples").(map[string]any)
		require.Len(t, examples, 3)
		require.JSONEq(t, `{"$ref":"#/components/examples/missing_scope"}`, encode(t, examples["missing_scope"]))
		for name, example := range d.at(t, "components", "examples").(map[string]any) {
			var failure rest.Failure
			require.NoError(t, json.Unmarshal([]byte(encode(t, example.(map[string]any)["value"])), &failure))
			require.Equal(t, domain.Code(name), failure.Code)
			require.Equal(t, http.StatusText(rest.StatusOf(failure.Code)), failure.Error)
		}
	})
	t.Run("streams", func(t *testing.T) {
		stream := []string{"paths", "/stream", "get", "responses", "200", "content", "application/x-ndjson", "schema"}
		require.Contains(t, d.at(t, append(stream, "description")...), "JSON values, each in a line.")
	})
	t.Run("the envelope, and its absence", func(t *testing.T) {
		envelope := []string{"paths", "/user", "post", "responses", "201", "content", "application/json", "schema", "properties"}
		require.Equal(t, "Created", d.at(t, append(envelope, "message", "const")...))
		require.Equal(t, "#/components/schemas/ResttestCard",
			d.at(t, "paths", "/ping", "get", "responses", "200", "content", "application/json", "schema", "$ref"))
	})
	t.Run("files", func(t *testing.T) {
		d.at(t, "paths", "/content", "post", "requestBody", "content", "multipart/form-data")
		d.at(t, "paths", "/file", "get", "responses", "200", "content", "application/pdf")
		plot := d.at(t, "paths", "/plots", "get", "responses").(map[string]any)
		require.JSONEq(t, `{"description":"OK","content":{"image/svg+xml":{"schema":{"type":"string","format":"binary"}}}}`, encode(t, plot["200"]))
		require.Contains(t, encode(t, plot["500"]), "application/json")
	})
	t.Run("parameters", func(t *testing.T) {
		require.JSONEq(t, `[
			{"name":"deckID","in":"query","required":true,"schema":{"type":"string","format":"uuid"}},
			{"name":"ids","in":"query","description":"Cards.","schema":{"type":"array","items":{"type":"string","format":"uuid"}}},
			{"name":"names","in":"query","schema":{"type":"array","items":{"type":"string"}}},
			{"name":"limit","in":"query","allowEmptyValue":true,"schema":{"type":"integer","minimum":1,"maximum":200}},
			{"name":"all","in":"query","allowEmptyValue":true,"schema":{"type":"boolean"}},
			{"name":"since","in":"query","allowEmptyValue":true,"schema":{"type":"string","format":"date-time"}},
			{"name":"day","in":"query","allowEmptyValue":true,"schema":{"type":"string","format":"date"}},
			{"name":"q","in":"query","allowEmptyValue":true,"schema":{"type":"string"}},
			{"name":"size","in":"query","allowEmptyValue":true,"schema":{"type":"integer","enum":[2,4],"default":4}}
		]`, encode(t, d.at(t, "paths", "/query", "get", "parameters")))
	})
}

func TestTheDocumentSaysTheRules(t *testing.T) {
	d, _ := document(t)
	schemas := d.at(t, "components", "schemas").(map[string]any)
	var in, out string
	for name, schema := range schemas {
		switch {
		case strings.HasSuffix(strings.ToLower(name), "deckininput"):
			in = encode(t, schema)
		case strings.HasSuffix(strings.ToLower(name), "nested"):
			out = encode(t, schema)
		}
	}
	t.Run("of a request", func(t *testing.T) {
		require.Contains(t, in, `"required":["name"]`)
		for _, property := range []string{
			`"name":{"maxLength":5,"minLength":1,"type":"string"}`, `"color":{"enum":["red","green"],"type":"string"}`,
			`"size":{"maximum":9,"minimum":0,"type":"integer"}`, `"deckID":{"format":"uuid","type":"string"}`,
			`"note":{"minLength":2,"type":"string"}`, `"at":{"format":"date-time","type":"string"}`,
			`"limits":{"additionalProperties":{"type":"integer"},"propertyNames":{"format":"uuid"},"type":"object"}`,
			`"tags":{"items":{"maxLength":3,"type":"string"},"maxItems":2,"type":"array","uniqueItems":true}`,
		} {
			require.Contains(t, in, property)
		}
	})
	t.Run("of a list that is the body", func(t *testing.T) {
		require.EqualValues(t, 2, d.at(t, "paths", "/cards", "post", "requestBody", "content", "application/json", "schema", "maxItems"))
	})
	t.Run("of a pointer that is required, and so never null", func(t *testing.T) {
		require.JSONEq(t, `{"type":"object","required":["correct"],"properties":{"correct":{"type":"boolean"}}}`, encode(t,
			d.at(t, "paths", "/answer", "post", "requestBody", "content", "application/json", "schema")))
	})
	t.Run("of an answer, which has all its fields", func(t *testing.T) {
		require.Contains(t, out, `"required":["list","map","raw","at"]`)
		require.Contains(t, out, `"list":{"items":{"type":"string"},"type":"array"}`)
	})
}

func encode(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	return string(raw)
}
