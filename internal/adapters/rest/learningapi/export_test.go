package learningapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest/apitest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// exported returns the lines of somebody's export by their types.
func exported(t *testing.T, w *apitest.World, as string) map[string][]map[string]any {
	t.Helper()
	got := w.Call(t, as, "GET /export/learning", "")
	require.Equal(t, 200, got.Status)
	require.Equal(t, "application/x-ndjson", got.Header.Get("Content-Type"))
	lines := map[string][]map[string]any{}
	for line := range strings.Lines(got.Body) {
		var value map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &value))
		kind, _ := value["type"].(string)
		lines[kind] = append(lines[kind], value)
	}
	return lines
}

// keys returns the names of what a line has.
func keys(line map[string]any) []string {
	var names []string
	for name := range line {
		names = append(names, name)
	}
	return names
}

func TestExportingWhatIsKnownOfLearning(t *testing.T) {
	w := newWorld(t)
	answer(t, w, "card1", true)
	answer(t, w, "card2", false)
	w.Keep(t,
		apitest.Promise{Name: "another schedule", As: "ada", Call: "PATCH /learning/settings", Body: `{"desiredRetention":0.8}`, Status: 200},
		apitest.Promise{Name: "a card is suspended", As: "ada", Call: "POST /learning/cards/<id:card3>/suspend", Status: 200},
		apitest.Promise{Name: "is not for nobody", Call: "GET /export/learning", Status: 401},
	)
	lines := exported(t, w, "ada")
	t.Run("gives the settings with every version of the schedule", func(t *testing.T) {
		require.Len(t, lines["settings"], 1)
		settings := lines["settings"][0]
		require.InDelta(t, 0.8, settings["desiredRetention"], 0)
		require.Equal(t, "UTC", settings["timeZone"])
		require.Contains(t, settings, "updatedAt")
		versions, _ := settings["schedules"].([]any)
		require.Len(t, versions, 2)
		require.Subset(t, versions[0], map[string]any{"version": 1.0, "desiredRetention": 0.9, "algorithm": "FSRS-6"})
		require.Subset(t, keys(versions[1].(map[string]any)), []string{"createdAt", "weights", "learningSteps", "relearningSteps", "maxInterval"})
	})
	t.Run("gives the sittings", func(t *testing.T) {
		require.Equal(t, []map[string]any{{
			"type": "learning_session", "id": w.Value("id:session"), "deckID": w.Value("id:rivers"), "startedAt": "2026-01-31T08:15:00.000Z",
		}}, lines["learning_session"])
	})
	t.Run("gives the memory of each card", func(t *testing.T) {
		require.Len(t, lines["memory"], 3)
		require.Equal(t, w.Value("id:card1"), lines["memory"][0]["cardID"])
		require.ElementsMatch(t, []string{
			"type", "cardID", "deckID", "suspended", "phase", "step", "stability", "difficulty", "due", "lastReview", "lastDay", "reps", "lapses", "seq",
		}, keys(lines["memory"][0]))
		require.Equal(t, true, lines["memory"][2]["suspended"])
		require.NotContains(t, lines["memory"][2], "lastDay")
	})
	t.Run("gives every event, by number", func(t *testing.T) {
		require.Len(t, lines["event"], 3, "two answers, and what the other schedule did to the card in review")
		for i, event := range lines["event"] {
			require.InDelta(t, i+1, event["seq"], 0)
		}
		require.ElementsMatch(t, []string{
			"type", "id", "seq", "kind", "cardID", "deckID", "learningSessionID", "rating", "buttons", "startedAt", "finishedAt", "recordedAt",
			"answeredAt", "day", "timeZone", "rolloverHour", "scheduleVersion", "fuzz", "asked", "latest", "after",
		}, keys(lines["event"][0]))
		require.Contains(t, lines["event"][0]["after"], "lastDay")
	})
	t.Run("gives nothing of others", func(t *testing.T) {
		theirs := exported(t, w, "bob")
		require.Len(t, theirs["settings"], 1)
		require.Len(t, theirs["memory"], 1)
		require.Equal(t, w.Value("id:foreign"), theirs["memory"][0]["cardID"])
		require.Empty(t, theirs["event"])
		require.Empty(t, theirs["learning_session"])
	})
}

func TestProgramsReachAsFarAsTheirScopes(t *testing.T) {
	w := newWorld(t)
	w.Program(t, "ada", "reader", "learning:read", "decks:read", "decks:write")
	w.Program(t, "ada", "writer", "learning:write")
	const card = "/learning/cards/<id:card1>"
	for _, call := range []string{
		"GET /learning/events?deckID=<id:rivers>", "POST /learning/probabilities", "GET /learning/log", "GET /learning/settings",
		"GET /learning/queue", "GET " + card, "GET " + card + "/history", "GET " + card + "/explain", "POST /learning/verify",
		"GET /learning/compare", "GET /learning/stats", "GET /learning/progress?deckID=<id:rivers>", "GET /learning/decks/<id:rivers>/score",
		"GET /learning/calibration", "GET /learning/plots/forecast.svg",
	} {
		body := ""
		if strings.HasSuffix(call, "probabilities") {
			body = "[]"
		}
		t.Run("reads: "+call, func(t *testing.T) { require.Equal(t, 200, w.Call(t, "reader", call, body).Status) })
		w.Keep(t, apitest.Promise{Name: "does not read: " + call, As: "writer", Call: call, Body: body, Status: 403, Contains: []string{"It needs the scope learning:read."}})
	}
	for _, change := range []struct {
		call, body string
		status     int
	}{
		{"POST /learning/session", `{"deckID":"<id:rivers>","startedAt":"2026-01-31T08:15:00.000Z"}`, 201},
		{"PUT /learning/session", `{"id":"<id:session>","finishedAt":"2026-01-31T08:16:00.000Z"}`, 200},
		{
			"POST /learning/event",
			`{"cardID":"<id:card1>","learningSessionID":"<id:session>","startedAt":"2026-01-31T08:15:00.000Z","finishedAt":"2026-01-31T08:15:01.000Z","correct":true}`,
			201,
		},
		{"POST /learning/reviews", `[]`, 200},
		{"POST /learning/reviews/" + absent + "/undo", "", 404},
		{"PATCH /learning/settings", `{"desiredRetention":0.8}`, 200},
		{"POST /learning/settings/undo", "", 200},
		{"POST " + card + "/reset", "", 200},
		{"POST " + card + "/suspend", "", 200},
		{"POST " + card + "/resume", "", 200},
		{"POST /learning/rebuild", "", 200},
	} {
		w.Keep(t,
			apitest.Promise{Name: "does not change: " + change.call, As: "reader", Call: change.call, Body: change.body, Status: 403, Contains: []string{"It needs the scope learning:write."}},
			apitest.Promise{Name: "changes: " + change.call, As: "writer", Call: change.call, Body: change.body, Status: change.status},
		)
	}
}

func TestRequestsMadeAgainWithTheirKey(t *testing.T) {
	w := newWorld(t)
	answer(t, w, "card1", true)
	const key = "0123456789abcdef"
	call := func(t *testing.T, call, key string) apitest.Answer {
		t.Helper()
		got := w.Call(t, "ada", call, "", "Idempotency-Key", key)
		require.Equal(t, 200, got.Status, got.Body)
		return got
	}
	events := func() int { return len(exported(t, w, "ada")["event"]) }
	for _, target := range []string{
		"POST /learning/cards/<id:card1>/reset", "POST /learning/cards/<id:card2>/suspend", "POST /learning/rebuild", "POST /learning/verify",
	} {
		t.Run("are answered the same: "+target, func(t *testing.T) {
			key := key + strings.ReplaceAll(target, " ", "-")
			first := call(t, target, key)
			before := events()
			again := call(t, target, key)
			require.Equal(t, first.Body, again.Body)
			require.Equal(t, "true", again.Header.Get("Idempotency-Replayed"))
			require.Equal(t, before, events())
		})
	}
	t.Run("reset a card once, even when the answer was lost", func(t *testing.T) {
		const reset = "POST /learning/cards/<id:card3>/reset"
		first := call(t, reset, key)
		before := events()
		for done := false; !done; { // with the account go the answers that were kept
			var err error
			done, err = w.Storage.Erasure.EraseAccount(t.Context(), domain.UserID(w.Value("id:ada")))
			require.NoError(t, err)
		}
		again := call(t, reset, key)
		require.Empty(t, again.Header.Get("Idempotency-Replayed"))
		require.Equal(t, first.Body, again.Body)
		require.Equal(t, before, events())
	})
}
