package rest_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/deckapi"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/generationapi"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/learningapi"
)

// published returns the schema of OpenAPI 3.1 documents, as the OpenAPI Initiative publishes it (under its $id).
func published(t *testing.T) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile("testdata/openapi-3.1.schema.json")
	require.NoError(t, err)
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	const name = "https://spec.openapis.org/oas/3.1/schema/2022-10-07"
	require.NoError(t, compiler.AddResource(name, schema))
	compiled, err := compiler.Compile(name)
	require.NoError(t, err)
	return compiled
}

func TestTheDocumentIsValidByThePublishedSchema(t *testing.T) {
	schema := published(t)
	valid := func(t *testing.T, raw []byte) error {
		t.Helper()
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		require.NoError(t, err)
		return schema.Validate(document)
	}
	_, raw := document(t)
	t.Run("with everything that can be declared", func(t *testing.T) { require.NoError(t, valid(t, raw)) })
	t.Run("with the routes of services", func(t *testing.T) {
		routes := append(deckapi.Routes(nil), learningapi.Routes(nil, nil)...)
		raw, err := rest.OpenAPI(append(routes, generationapi.Routes()...), rest.Info{Title: "spacey", Version: "1"})
		require.NoError(t, err)
		require.NoError(t, valid(t, raw))
	})
	t.Run("which notices what is wrong", func(t *testing.T) {
		for _, broken := range [][2]string{
			{`"in":"header"`, `"in":"head"`}, {`"operationId"`, `"operationID"`}, {`"scheme":"bearer"`, `"schema":"bearer"`}, {`"openapi":"3.1.0"`, `"openapi":"3.0.0"`},
		} {
			changed := bytes.Replace(raw, []byte(broken[0]), []byte(broken[1]), 1)
			require.True(t, json.Valid(changed))
			require.NotEqual(t, string(raw), string(changed), broken)
			require.Error(t, valid(t, changed), broken)
		}
	})
}
