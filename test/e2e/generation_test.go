package e2e

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/modelserver"
)

// note is a note as clients see it.
type note struct {
	ID        string          `json:"id"`
	Text      string          `json:"text"`
	Cards     []generatedCard `json:"cards"`
	Generator string          `json:"generator"`
	Remarks   []string        `json:"remarks"`
}

type generatedCard struct {
	Question  string `json:"question"`
	Answer    string `json:"answer"`
	Start     int    `json:"source_start_index"`
	End       int    `json:"source_end_index"`
	Unfounded bool   `json:"unfounded"`
}

const rivers = "The Rhine is a river in Europe. Köln is a city on the Rhine. Photosynthesis is the process by which plants make sugar from light."

func (c *client) newNote(d deck) note {
	c.t.Helper()
	return data[note](c.t, c.must(http.StatusOK, http.MethodPost, "/notes", map[string]string{"text": rivers, "deck_id": d.ID}))
}

func TestCardsFromAText(t *testing.T) {
	t.Parallel()
	for _, engine := range engineNames {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := startServices(t, newStorage(t, engine))
			c, stranger := s.person(t), s.person(t)
			d := c.newDeck(0)
			n := c.newNote(d)
			require.Equal(t, "extractive", n.Generator)
			require.GreaterOrEqual(t, len(n.Cards), 2)
			for _, card := range n.Cards {
				assert.NotEmpty(t, card.Question)
				assert.Less(t, card.Start, card.End)
			}
			assert.Equal(t, http.StatusNotFound, stranger.send(http.MethodPost, "/notes", map[string]string{"text": rivers, "deck_id": d.ID}).Status)

			// The service that has the cards dies while they are added, and more than one asks: they are there once.
			add := "/notes/" + n.ID + "/cards?deck_id=" + d.ID
			var asking sync.WaitGroup
			for range 4 {
				asking.Go(func() { _, _ = c.again().try(http.MethodPost, add, map[string]any{}) })
			}
			for _, process := range s.of("deck-management-service") {
				process.kill()
			}
			for _, process := range s.of("card-generation-service") {
				process.kill()
			}
			asking.Wait()
			s.run()
			require.Eventually(t, func() bool {
				a, err := c.again().try(http.MethodPost, add, map[string]any{})
				return err == nil && (a.Status == http.StatusOK || a.Status == http.StatusConflict && len(c.notes()) == 0)
			}, time.Minute, 100*time.Millisecond)
			assert.Empty(t, c.notes())
			stored := data[deck](t, c.must(http.StatusOK, http.MethodGet, "/decks/"+d.ID, nil))
			assert.Len(t, stored.Cards, len(n.Cards))
			assert.Equal(t, http.StatusConflict, c.send(http.MethodPost, add, map[string]any{}).Status)
		})
	}
}

func (c *client) notes() map[string]note {
	c.t.Helper()
	return data[map[string]note](c.t, c.must(http.StatusOK, http.MethodGet, "/notes", nil))
}

// TestCardsByALanguageModel asks a server that speaks the protocol of OpenAI, and answers as such servers do on good and on bad days.
func TestCardsByALanguageModel(t *testing.T) {
	t.Parallel()
	server := modelserver.Start(t)
	s := start(t, newStorage(t, "sqlite"), "OPENAI_BASE_URL="+server.URL, "OPENAI_API_KEY=a-key-for-tests")
	c := s.person(t)
	for name, day := range map[string]struct {
		script    []modelserver.Behaviour
		byModel   bool
		remarked  bool
		unfounded bool
	}{
		"it makes the cards":                           {script: []modelserver.Behaviour{modelserver.Good}, byModel: true},
		"broken JSON is asked for again":               {script: []modelserver.Behaviour{modelserver.BrokenJSON, modelserver.Good}, byModel: true},
		"broken JSON that stays is done without":       {script: []modelserver.Behaviour{modelserver.BrokenJSON}, remarked: true},
		"too many requests are waited for":             {script: []modelserver.Behaviour{modelserver.Busy(1), modelserver.Good}, byModel: true},
		"a server that fails is done without":          {script: []modelserver.Behaviour{modelserver.Failing}, remarked: true},
		"a slow one is waited for":                     {script: []modelserver.Behaviour{modelserver.Slow(2 * time.Second)}, byModel: true},
		"quotes that are not in the text are marked":   {script: []modelserver.Behaviour{modelserver.WrongQuotes}, byModel: true, unfounded: true},
		"a connection that breaks off is done without": {script: []modelserver.Behaviour{modelserver.CutConnection}, remarked: true},
	} {
		t.Run(name, func(t *testing.T) {
			server.Answer(day.script...)
			n := c.newNote(c.newDeck(0))
			assert.Equal(t, day.byModel, n.Generator != "extractive", n.Generator)
			assert.Equal(t, day.remarked, len(n.Remarks) > 0, "%v", n.Remarks)
			require.NotEmpty(t, n.Cards)
			for _, card := range n.Cards {
				assert.Equal(t, day.unfounded, card.Unfounded)
				assert.Equal(t, !day.unfounded, card.Start < card.End)
			}
		})
	}
	for _, request := range server.Requests() {
		assert.Equal(t, "Bearer a-key-for-tests", request.Authorization)
	}
	assert.NotContains(t, s.processes[0].output.String(), "a-key-for-tests")
}
