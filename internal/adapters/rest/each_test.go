package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

type eachItem struct {
	Name  string    `json:"name" validate:"required,max=5"`
	Size  int       `json:"size"`
	At    time.Time `json:"at"`
	Inner *card     `json:"inner"`
}

// judge answers what is wrong with each item: nothing, or the fields and sentences.
func judge() rest.Endpoint {
	return rest.Route(spec(http.MethodPost, "/each"),
		func(_ context.Context, _ domain.Identity, r struct{ Body []rest.Each[eachItem] }) ([][]string, error) {
			found := make([][]string, len(r.Body))
			for i, item := range r.Body {
				var e *domain.Error
				if !errors.As(item.Err, &e) {
					found[i] = []string{item.Value.Name}
					continue
				}
				found[i] = []string{string(e.Code)}
				for _, field := range e.Fields {
					found[i] = append(found[i], field.Field+": "+field.Message)
				}
			}
			return found, nil
		})
}

func TestItemsThatAreJudgedOnTheirOwn(t *testing.T) {
	app, _ := serve(judge())
	ask := func(name, body string, status int, parts ...string) promise {
		return promise{name: name, method: "POST", target: "/each", body: body, status: status, contains: parts}
	}
	keep(t, app, []promise{
		ask("good ones arrive", `[{"name":"a","other":1},{"name":"b"}]`, 200, `[["a"],["b"]]`),
		ask("a wrong type is told of its item only", `[{"name":"a"},{"name":"b","size":"x","at":"now"},{"name":"c"}]`, 200,
			`["a"],["invalid_input","at: This must be a time, as in 2026-01-31T08:15:00Z.","size: This must be a whole number."],["c"]`),
		ask("a broken rule too", `[{"name":"abcdef"},{}]`, 200,
			`[["invalid_input","name: This must have at most 5 characters."],["invalid_input","name: This is required."]]`),
		ask("what is no object is no item", `[null,1,[],"x"]`, 200, `["invalid_input","item: This must be an object."]`),
		ask("a field within a field is named", `[{"name":"a","inner":{"question":1}}]`, 200, `"inner.question: This must be a text."`),
		ask("what is no list is no request", `{"name":"a"}`, 400, `"field":"body"`, "This must be a list."),
		ask("what is no JSON neither", `[{"name":]`, 400, "malformed_request"),
	})
}

func TestTheDocumentOfItemsThatAreJudgedOnTheirOwn(t *testing.T) {
	raw, err := rest.OpenAPI([]rest.Endpoint{judge()}, rest.Info{})
	require.NoError(t, err)
	var d tree
	require.NoError(t, json.Unmarshal(raw, &d))
	item := []string{"components", "schemas", "ResttestEachItemInput"}
	t.Run("is that of the item", func(t *testing.T) {
		require.Equal(t, "date-time", d.at(t, append(item, "properties", "at", "format")...))
	})
	t.Run("has its rules", func(t *testing.T) {
		require.InEpsilon(t, 5, d.at(t, append(item, "properties", "name", "maxLength")...), 0)
		require.Equal(t, []any{"name"}, d.at(t, append(item, "required")...))
	})
}
