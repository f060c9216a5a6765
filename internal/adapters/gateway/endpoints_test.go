package gateway

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPingIsInTheDocumentAsItIsAnswered(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Endpoints = append(o.Endpoints, Endpoints()...) })
	answer := w.call("GET", "/ping", "")
	require.Equal(t, 200, answer.StatusCode)
	require.Equal(t, `{"message":"pong"}`, answer.text)

	var document struct {
		Paths      map[string]map[string]struct{ Responses map[string]json.RawMessage }
		Components struct{ Schemas map[string]json.RawMessage }
	}
	require.NoError(t, json.Unmarshal([]byte(w.call("GET", "/openapi.json", "").text), &document))
	responses := document.Paths["/ping"]["get"].Responses
	require.Contains(t, string(responses["200"]), `"#/components/schemas/GatewayPong"`)
	require.JSONEq(t, `{"type":"object","required":["message"],"properties":{"message":{"type":"string","const":"pong"}}}`,
		string(document.Components.Schemas["GatewayPong"]))
	require.NotContains(t, responses, "503", "there is no service behind it that may be away")
}
