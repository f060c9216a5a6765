package learningapi_test

import (
	"encoding/xml"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
)

// plot asks for a plot of ada's and returns its texts, the title first.
func plot(t *testing.T, w *apitest.World, target string) []string {
	t.Helper()
	got := w.Call(t, "ada", "GET /learning/plots/"+target, "")
	require.Equal(t, 200, got.Status, got.Body)
	require.Equal(t, "image/svg+xml", got.Header.Get("Content-Type"))
	var document struct {
		XMLName xml.Name `xml:"http://www.w3.org/2000/svg svg"`
		Title   string   `xml:"title"`
		Groups  []struct {
			Text []string `xml:"text"`
		} `xml:"g"`
	}
	require.NoError(t, xml.Unmarshal([]byte(got.Body), &document))
	require.NotEmpty(t, document.Groups)
	return append([]string{document.Title}, document.Groups[0].Text...)
}

func TestPlots(t *testing.T) {
	w := newWorld(t)
	titles := map[string]string{
		"heatmap.svg": "Answers a day", "forecast.svg": "Cards that fall due in the next 30 days", "retention.svg": "True retention",
		"progress.svg?deckID=<id:rivers>": "How well the deck was remembered", "calibration.svg": "Predicted and actual recall",
	}
	for target, title := range titles {
		t.Run("without answers there is a word of it: "+target, func(t *testing.T) {
			require.Len(t, plot(t, w, target), 1+2)
			require.Equal(t, title, plot(t, w, target)[0])
		})
	}
	studied(t, w)
	w.Keep(t, apitest.Promise{
		Name: "card3 is due soon", As: "ada", Call: "POST /learning/reviews", Body: "[" + review(w, "card3", 4, 24*time.Hour, "") + "]", Status: 200,
		Contains: []string{"recorded"},
	})
	for target := range titles {
		t.Run("of answers: "+target, func(t *testing.T) { require.Greater(t, len(plot(t, w, target)), 5) })
	}
	t.Run("of the days that are asked for", func(t *testing.T) {
		require.Contains(t, plot(t, w, "heatmap.svg?to="+dayBefore(w, 30)), "No answers yet")
	})
	t.Run("of the deck that is asked for", func(t *testing.T) {
		require.Greater(t, len(plot(t, w, "heatmap.svg?deckID=<id:rivers>")), 5)
	})
	const call = "GET /learning/plots/"
	w.Keep(t,
		apitest.Promise{Name: "other names are not there", As: "ada", Call: call + "pie.svg", Status: 404, Contains: []string{"There is no such plot."}},
		apitest.Promise{Name: "nor other forms", As: "ada", Call: call + "heatmap.png", Status: 404, Contains: []string{"There is no such plot."}},
		apitest.Promise{Name: "nor names alone", As: "ada", Call: call + "heatmap", Status: 404, Contains: []string{"There is no such plot."}},
		apitest.Promise{Name: "progress needs a deck", As: "ada", Call: call + "progress.svg", Status: 400, Answer: invalid("deckID", "This is required.")},
		apitest.Promise{Name: "one of one's own", As: "ada", Call: call + "progress.svg?deckID=<id:theirs>", Status: 404, Answer: noDeck},
		apitest.Promise{Name: "as others do", As: "ada", Call: call + "heatmap.svg?deckID=<id:theirs>", Status: 404, Answer: noDeck},
		apitest.Promise{
			Name: "dates are checked", As: "ada", Call: call + "heatmap.svg?from=yesterday", Status: 400, Answer: invalid("from", "This must be a date, as in 2026-01-31."),
		},
		apitest.Promise{
			Name: "and ranges", As: "ada", Call: call + "retention.svg?from=2026-01-02&to=2026-01-01", Status: 400,
			Answer: invalid("from", "The range must have between 1 and 3660 days."),
		},
	)
}
