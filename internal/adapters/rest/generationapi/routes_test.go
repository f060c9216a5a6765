package generationapi_test

import (
	"strings"
	"testing"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/generationapi"
)

func TestGenerationIsForTheBeta(t *testing.T) {
	w := apitest.New(t)
	w.Person(t, "verified", true, false)
	w.Person(t, "unverified", false, true)
	w.Serve(generationapi.Routes(nil, nil, nil)...)
	const id = "0198f0a0-0000-7000-8000-00000000000a"
	for call, body := range map[string]string{
		"POST /notes":      `{"text":"t","deck_id":"` + id + `"}`,
		"GET /notes":       "",
		"PUT /notes/" + id: `{"cards":[]}`,
		"POST /notes/" + id + "/cards?deck_id=" + id: `{}`,
		"POST /notes/" + id + "/card":                `{"text":"t","deck_id":"` + id + `","source_start_index":0,"source_end_index":1}`,
		"GET /content":                               "",
		"POST /content":                              `{"source":"https://example.org"}`,
		"GET /content/" + id:                         "",
		"PATCH /content/" + id:                       `{"read_status":true}`,
		"PUT /content/" + id + "/annotation":         `{"annotations":[]}`,
		"DELETE /content/" + id:                      "",
		"GET /content/file/" + id:                    "",
		"GET /search?query=q":                        "",
	} {
		t.Run(strings.ReplaceAll(call, "/", "_"), func(t *testing.T) {
			w.Keep(t, apitest.Promise{Name: "nobody is refused", Call: call, Body: body, Status: 401, Contains: []string{"not_signed_in"}})
			if call == "GET /content" {
				return
			}
			w.Keep(t,
				apitest.Promise{Name: "others are refused", As: "verified", Call: call, Body: body, Status: 403, Contains: []string{"beta_required"}},
				apitest.Promise{Name: "the address must be verified", As: "unverified", Call: call, Body: body, Status: 403, Contains: []string{"email_not_verified"}},
			)
		})
	}
	const nothing = `{"message":"Success","data":[]}`
	w.Keep(t,
		apitest.Promise{Name: "the content of people outside the beta is an empty list", As: "verified", Call: "GET /content", Status: 200, Answer: nothing},
		apitest.Promise{Name: "so is that of unverified people", As: "unverified", Call: "GET /content", Status: 200, Answer: nothing},
	)
}
