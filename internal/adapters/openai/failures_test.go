package openai_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/openai"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/modelserver"
)

func TestAnswersThatBreakTheSchema(t *testing.T) {
	for name, bad := range map[string]modelserver.Behaviour{
		"broken JSON":              modelserver.BrokenJSON,
		"prose":                    modelserver.Says("I would rather talk about something else."),
		"nothing":                  modelserver.Says(""),
		"no list of cards":         modelserver.Says(`{"flashcards":[]}`),
		"a list of another type":   modelserver.Says(`{"cards":"none"}`),
		"a card without a quote":   modelserver.Says(`{"cards":[{"question":"q","answer":"a"}]}`),
		"a card without an answer": modelserver.Says(`{"cards":[{"question":"q","answer":" ","quote":"Mars"}]}`),
		"a card with U+0000":       modelserver.Says(`{"cards":[{"question":"q\u0000","answer":"a","quote":"Mars"}]}`),
		"an answer that was cut":   modelserver.Cut,
	} {
		t.Run(name+" is asked for once more, and then good", func(t *testing.T) {
			server := modelserver.Start(t, bad, modelserver.Good)
			made, err := generator(t, server, nil).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
			require.NoError(t, err)
			assert.Len(t, made.Proposals, 2)
			assert.Empty(t, made.Remarks)
			require.Len(t, server.Requests(), 2)
			messages := server.Requests()[1].Messages
			last := messages[len(messages)-1]
			assert.Equal(t, "user", last.Role)
			assert.Contains(t, last.Content, "cannot be used: ")
			assert.Contains(t, last.Content, `"required":["question","answer","quote"]`)
		})
		t.Run(name+" twice is a failure", func(t *testing.T) {
			server := modelserver.Start(t, bad)
			_, err := generator(t, server, nil).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			assert.Equal(t, "No cards could be made: the answer of the language model could not be read.", message(err))
			assert.Len(t, server.Requests(), 2)
		})
	}
	t.Run("an answer that was cut is asked for in shorter words", func(t *testing.T) {
		server := modelserver.Start(t, modelserver.Cut, modelserver.Good)
		_, err := generator(t, server, nil).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		require.NoError(t, err)
		assert.Contains(t, server.Requests()[1].Messages[4].Content, "Make fewer cards")
	})
	t.Run("the model is shown its answer and told what is missing", func(t *testing.T) {
		bad := `{"cards":[{"question":"q","answer":"a","quote":"Mars"},{"question":"q","quote":"Mars"}]}`
		server := modelserver.Start(t, modelserver.Says(bad), modelserver.Good)
		_, err := generator(t, server, nil).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		require.NoError(t, err)
		messages := server.Requests()[1].Messages
		assert.Equal(t, modelserver.Message{Role: "assistant", Content: bad}, messages[3])
		assert.Contains(t, messages[4].Content, "cards[1] has no answer.")
	})
}

// message returns the sentence for a person.
func message(err error) string {
	var e *domain.Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.Message
}

func TestServicesThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		behave   modelserver.Behaviour
		says     string
		requests int
	}{
		"silence":               {modelserver.Silent, "the language model took too long", 1},
		"a refusal":             {modelserver.Refusal, "the language model declined to answer", 1},
		"no choices":            {modelserver.EmptyChoices, "the language model gave no answer", 1},
		"an answer without end": {modelserver.Huge(3 << 20), "the answer of the language model was too long", 1},
		"a cut connection":      {modelserver.CutConnection, "the service of the language model could not be reached", 1},
		"a wrong key":           {modelserver.WrongKey, "the service of the language model did not accept the key", 1},
		"an unknown model":      {modelserver.UnknownModel, "the service does not know the language model", 1},
		"429 for too long":      {modelserver.Busy(30), "the language model is busy", 1},
	} {
		t.Run(name+" is said, and not tried again", func(t *testing.T) {
			t.Parallel()
			server := modelserver.Start(t, c.behave)
			_, err := generator(t, server, func(s *openai.Settings) {
				s.DeadlineSeconds = 20
				if name == "silence" {
					s.DeadlineSeconds = 1
				}
			}).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			assert.Equal(t, "No cards could be made: "+c.says+".", message(err))
			assert.Equal(t, c.requests, len(server.Requests()))
		})
	}
	for name, behave := range map[string]modelserver.Behaviour{"500": modelserver.Failing, "502 with a page": modelserver.BadGateway} {
		t.Run(name+" is tried three times", func(t *testing.T) {
			t.Parallel()
			server := modelserver.Start(t, behave)
			_, err := generator(t, server, nil).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			assert.Equal(t, "No cards could be made: the service of the language model failed.", message(err))
			assert.Len(t, server.Requests(), 3)
		})
	}
	t.Run("429 is followed by another try, which is good", func(t *testing.T) {
		t.Parallel()
		server := modelserver.Start(t, modelserver.Busy(1), modelserver.Good)
		made, err := generator(t, server, nil).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		require.NoError(t, err)
		assert.Len(t, made.Proposals, 2)
		assert.Len(t, server.Requests(), 2)
	})
	t.Run("nobody at the address is unavailable", func(t *testing.T) {
		t.Parallel()
		g, err := openai.New(openai.Options{BaseURL: "http://127.0.0.1:1/v1"})
		require.NoError(t, err)
		_, err = g.Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.Equal(t, "No cards could be made: the service of the language model could not be reached.", message(err))
	})
	t.Run("settings that cannot be read or are wrong are unavailable, and cost no call", func(t *testing.T) {
		t.Parallel()
		server := modelserver.Start(t)
		_, err := generator(t, server, func(s *openai.Settings) { s.Model = "" }).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		g, err := openai.New(openai.Options{BaseURL: server.URL, Settings: func(context.Context) (openai.Settings, error) {
			return openai.Settings{}, errors.New("away")
		}})
		require.NoError(t, err)
		_, err = g.Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.Empty(t, server.Requests())
	})
}

func TestPartsThatFail(t *testing.T) {
	t.Run("the other parts give their cards, and the remarks say which are missing and why", func(t *testing.T) {
		server := modelserver.Start(t, when("City1 ", modelserver.Refusal))
		made, err := generator(t, server, inParts).Generate(t.Context(), domain.GenerationRequest{Text: chapters(3), Max: 500})
		require.NoError(t, err)
		assert.Len(t, made.Proposals, 14)
		assert.Equal(t, []string{"No cards could be made from 1 of the 3 parts of the text: the language model declined to answer (part 2)."}, made.Remarks)
	})
	t.Run("each reason is said with its parts", func(t *testing.T) {
		broken := when("City3 ", modelserver.BrokenJSON)
		server := modelserver.Start(t, func(w http.ResponseWriter, r *http.Request, request modelserver.Request) {
			if strings.Contains(request.Body, "City1 ") || strings.Contains(request.Body, "City2 ") {
				modelserver.Refusal(w, r, request)
				return
			}
			broken(w, r, request)
		})
		made, err := generator(t, server, inParts).Generate(t.Context(), domain.GenerationRequest{Text: chapters(4), Max: 500})
		require.NoError(t, err)
		assert.Len(t, made.Proposals, 7)
		assert.Equal(t, []string{"No cards could be made from 3 of the 4 parts of the text: the language model declined to answer (parts 2, 3); " +
			"the answer of the language model could not be read (part 4)."}, made.Remarks)
	})
	t.Run("a key that is not accepted is not shown again for every part", func(t *testing.T) {
		server := modelserver.Start(t, modelserver.WrongKey)
		_, err := generator(t, server, inParts).Generate(t.Context(), domain.GenerationRequest{Text: chapters(12), Max: 500})
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.LessOrEqual(t, len(server.Requests()), 4)
	})
	t.Run("a service that is away is not asked about every part", func(t *testing.T) {
		server := modelserver.Start(t, modelserver.Silent)
		_, err := generator(t, server, func(s *openai.Settings) { inParts(s); quickly(s) }).
			Generate(t.Context(), domain.GenerationRequest{Text: chapters(40), Max: 500})
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.LessOrEqual(t, len(server.Requests()), 7)
	})
}
