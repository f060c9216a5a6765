package learningapi_test

import (
	"testing"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
)

func TestAlgorithmsAreCompared(t *testing.T) {
	w := newWorld(t)
	const (
		call  = "GET /learning/compare"
		empty = `{"message":"Success","data":{"reviews":0,"cards":0,"algorithms":[{"algorithm":"FSRS-6","logLoss":null,"rmseBins":null,"auc":null},` +
			`{"algorithm":"half-life","logLoss":null,"rmseBins":null,"auc":null},{"algorithm":"SM-2","logLoss":null,"rmseBins":null,"auc":null}],"best":""}}`
		day = 24 * time.Hour
	)
	answered := func(name, items string) apitest.Promise {
		return apitest.Promise{Name: name, As: "ada", Call: "POST /learning/reviews", Body: "[" + items + "]", Status: 200, Lacks: []string{"rejected"}}
	}
	w.Keep(t,
		apitest.Promise{Name: "without reviews nothing is known", As: "ada", Call: call, Status: 200, Answer: empty},
		answered("first answers", review(w, "card1", 3, 20*day, "")+","+review(w, "card2", 3, 20*day, "")),
		apitest.Promise{Name: "are not predicted", As: "ada", Call: call, Status: 200, Answer: empty},
		answered("a right answer after ten days", review(w, "card1", 3, 10*day, "")),
		apitest.Promise{
			Name: "is predicted best by who expects most", As: "ada", Call: call, Status: 200,
			Contains: []string{
				`"reviews":1,"cards":1,"algorithms":[{"algorithm":"FSRS-6","logLoss":0.`,
				`{"algorithm":"half-life","logLoss":6.93147`, `{"algorithm":"SM-2","logLoss":1.0536`, `"auc":null}],"best":"FSRS-6"}}`,
			},
		},
		answered("a wrong one after as long", review(w, "card2", 1, 10*day, "")),
		apitest.Promise{
			Name: "is not told from it", As: "ada", Call: call, Status: 200,
			Contains: []string{`"reviews":2,"cards":2,`, `{"algorithm":"half-life","logLoss":3.466`, `"rmseBins":0.499`, `"auc":0.5},{`, `"auc":0.5}],"best":"SM-2"}}`},
		},
		apitest.Promise{Name: "others see nothing of it", As: "bob", Call: call, Status: 200, Answer: empty},
	)
}
