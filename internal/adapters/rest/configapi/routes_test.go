package configapi_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/configapi"
	"github.com/moshrank/spacey-backend/internal/app/configs"
	"github.com/moshrank/spacey-backend/internal/domain"
)

func newWorld(t *testing.T) (*apitest.World, *configs.Service) {
	t.Helper()
	w := apitest.New(t)
	service := configs.New(w.Storage, w.Clock)
	w.Serve(configapi.Routes(service)...)
	return w, service
}

func TestANewInstallationHasEightColours(t *testing.T) {
	w, service := newWorld(t)
	w.Keep(t, apitest.Promise{
		Name: "none before there is a document", Call: "GET /config/frontend", Status: 404,
		Answer: `{"error":"Not Found","code":"not_found","message":"There is no such configuration.","requestID":"<request>"}`,
	})
	require.NoError(t, service.InsertDefaults(t.Context()))
	w.Keep(t, apitest.Promise{
		Name: "anyone may have them", Call: "GET /config/frontend", Status: 200,
		Answer: `{"message":"Success","data":{"colors":["#FFEC87","#BEBDFF","#FFAB87","#87FFE9","#FF87DD","#FF878E","#CFFFAA","#87DBFF"]}}`,
	})
}

func TestADocumentIsAnsweredAsItIsStored(t *testing.T) {
	for name, stored := range map[string]string{
		"with more in it":   `{"theme":{"dark":true,"b":[1,2.50,null]},"colors":["#FFEC87"],"html":"<b>&</b>"}`,
		"without colours":   `{"theme":"dark"}`,
		"of another kind":   `["a"]`,
		"with no colour":    `{"colors":[]}`,
		"with odd colours":  `{"colors":[1,{"r":2}]}`,
		"that is a literal": `null`,
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := newWorld(t)
			insert(t, w, domain.ConfigDocument{Name: domain.FrontendConfig, Public: true, Value: json.RawMessage(stored)})
			w.Keep(t, apitest.Promise{
				Name: "it is the same", Call: "GET /config/frontend", Status: 200, Answer: `{"message":"Success","data":` + stored + `}`,
			})
		})
	}
}

func TestAnyPublicDocument(t *testing.T) {
	w, _ := newWorld(t)
	insert(t, w, domain.ConfigDocument{Name: "news", Public: true, Value: json.RawMessage(`{"text":"<b>new</b>"}`)})
	insert(t, w, domain.ConfigDocument{Name: "limits", Value: json.RawMessage(`{"secret":1}`)})
	w.Keep(t,
		apitest.Promise{Name: "is answered by its name", Call: "GET /config/news", Status: 200, Answer: `{"message":"Success","data":{"text":"<b>new</b>"}}`},
		apitest.Promise{Name: "a private one is not there", Call: "GET /config/limits", Status: 404, Lacks: []string{"secret"}},
		apitest.Promise{Name: "nor is one that never was", Call: "GET /config/nothing", Status: 404},
	)
}

func TestAPrivateDocumentIsNotThere(t *testing.T) {
	w, _ := newWorld(t)
	insert(t, w, domain.ConfigDocument{Name: domain.FrontendConfig, Value: json.RawMessage(`{"smtp":"hidden"}`)})
	w.Person(t, "ada", true, true)
	w.Keep(t, apitest.Promise{
		Name: "whoever asks", As: "ada", Call: "GET /config/frontend", Status: 404, Contains: []string{"not_found"}, Lacks: []string{"hidden"},
	})
}

func insert(t *testing.T, w *apitest.World, document domain.ConfigDocument) {
	t.Helper()
	document.Rev, document.UpdatedAt = 1, w.Clock.Now()
	require.NoError(t, w.Storage.Configs.InsertConfig(t.Context(), document))
}

func TestTheDocumentationNamesTheColours(t *testing.T) {
	raw, err := rest.OpenAPI(configapi.Routes(nil), rest.Info{})
	require.NoError(t, err)
	var document struct {
		Components struct{ Schemas map[string]json.RawMessage }
	}
	require.NoError(t, json.Unmarshal(raw, &document))
	require.JSONEq(t, `{"type":"object","properties":{"colors":{"type":"array","items":{"type":"string"}}}}`,
		string(document.Components.Schemas["ConfigFrontendResponse"]))
}
