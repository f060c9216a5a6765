package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

type patchRequest struct {
	Body struct {
		Size rest.Patch[int] `json:"size,omitzero" minimum:"3"`
	}
}

type patched struct {
	Text string `json:"text"`
	Next *card  `json:"next"`
}

func patching() rest.Endpoint {
	return rest.Route(spec(http.MethodPatch, "/patch"), func(_ context.Context, _ domain.Identity, r patchRequest) (patched, error) {
		size := r.Body.Size
		switch {
		case !size.Given:
			return patched{Text: "absent"}, nil
		case size.Value == nil:
			return patched{Text: "null"}, nil
		default:
			return patched{Text: fmt.Sprint(*size.Value)}, nil
		}
	})
}

func TestPartialChanges(t *testing.T) {
	app, _ := serve(patching())
	ask := func(name, body string, status int, part string) promise {
		return promise{name: name, method: "PATCH", target: "/patch", body: body, status: status, contains: []string{part}}
	}
	keep(t, app, []promise{
		ask("a value is one", `{"size":7}`, 200, `"text":"7"`),
		ask("null is not absence", `{"size":null}`, 200, `"text":"null"`),
		ask("absence is not null", `{}`, 200, `"text":"absent"`),
		ask("a wrong type is told as of any field", `{"size":"x"}`, 400, `[{"field":"size","message":"This must be a whole number."}]`),
	})
}

func TestTheDocumentSaysWhatMayBeNull(t *testing.T) {
	raw, err := rest.OpenAPI([]rest.Endpoint{patching()}, rest.Info{})
	require.NoError(t, err)
	var d tree
	require.NoError(t, json.Unmarshal(raw, &d))
	t.Run("of a partial change", func(t *testing.T) {
		size := d.at(t, "paths", "/patch", "patch", "requestBody", "content", "application/json", "schema", "properties", "size")
		require.Equal(t, map[string]any{"type": []any{"integer", "null"}, "minimum": float64(3)}, size)
	})
	t.Run("of an answer", func(t *testing.T) {
		next := d.at(t, "components", "schemas", "ResttestPatched", "properties", "next", "anyOf")
		require.ElementsMatch(t, []any{map[string]any{"type": "null"}, map[string]any{"$ref": "#/components/schemas/ResttestCard"}}, next)
	})
}
