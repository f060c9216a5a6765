package rest_test

import (
	"net/http"
	"testing"
)

func TestIntegersAreTakenAsTheDocumentMeansThem(t *testing.T) {
	type request struct {
		Body struct {
			Size  int       `json:"size"`
			Share float64   `json:"share"`
			Name  string    `json:"name"`
			Steps []int64   `json:"steps"`
			Each  []float64 `json:"each"`
		}
	}
	app, _ := serve(echo[request](spec(http.MethodPost, "/sizes")))
	ask := func(name, body string, status int, contains ...string) promise {
		return promise{name: name, method: "POST", target: "/sizes", body: body, status: status, contains: contains}
	}
	keep(t, app, []promise{
		ask("a fraction of nothing is none", `{"size":73.0}`, 200, `"size":73,`),
		ask("an exponent may make an integer", `{"size":-1.2e2,"steps":[1E+1,20e-1,0.0,3]}`, 200, `"size":-120,`, `"steps":[10,2,0,3]`),
		ask("all that is exact is taken", `{"size":9007199254740992.0}`, 200, `"size":9007199254740992,`),
		ask("numbers stay what they are", `{"share":0.25,"each":[1.0,1e300,-2.5]}`, 200, `"share":0.25,`, `"each":[1,1e+300,-2.5]`),
		ask("texts are left alone", `{"size":1.0,"name":"\"1.0\\ 2e1"}`, 200, `"name":"\"1.0\\ 2e1"`, `"size":1,`),
		ask("a true fraction is refused", `{"size":73.5,"steps":[1.0,0.5]}`, 400,
			field("size", "This must be a whole number."), field("steps[1]", "This must be a whole number.")),
		ask("so is what no program could hold exactly", `{"size":1e300}`, 400, field("size", "This must be a whole number.")),
		ask("what is no number is not mended", `{"size":1.0,"share":2.}`, 400, `"code":"malformed_request"`, "at byte 23"),
	})
}
