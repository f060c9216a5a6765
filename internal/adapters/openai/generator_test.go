package openai_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/openai"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/modelserver"
)

const key = "sk-nobody-may-see-this"

// generator returns a generator that asks a server, with settings that a test may change.
func generator(t *testing.T, server *modelserver.Server, change func(*openai.Settings)) *openai.Generator {
	t.Helper()
	settings := openai.DefaultSettings()
	if change != nil {
		change(&settings)
	}
	g, err := openai.New(openai.Options{BaseURL: server.URL, Key: key, Settings: func(context.Context) (openai.Settings, error) {
		return settings, nil
	}})
	require.NoError(t, err)
	return g
}

// quickly gives up on a call after a second.
func quickly(s *openai.Settings) { s.DeadlineSeconds = 1 }

// inParts cuts a text into parts of about a hundred tokens.
func inParts(s *openai.Settings) { s.MaxInputTokens = 100 }

// when behaves in one way where the text of a request holds a word, and else well.
func when(word string, behave modelserver.Behaviour) modelserver.Behaviour {
	return func(w http.ResponseWriter, r *http.Request, request modelserver.Request) {
		if strings.Contains(request.Body, word) {
			behave(w, r, request)
			return
		}
		modelserver.Good(w, r, request)
	}
}

// chapters returns a text of so many paragraphs, of which two do not fit into a hundred tokens. Paragraph i is about City i.
func chapters(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "City%d is a town on the river. %s\n\n", i, strings.Repeat("People live there by trade. ", 6))
	}
	return b.String()
}

const planets = "Mars is the fourth planet.\nVenus is the second planet."

func TestGenerate(t *testing.T) {
	t.Run("cards come with question, answer and a verbatim quote, by the name of the model", func(t *testing.T) {
		server := modelserver.Start(t)
		made, err := generator(t, server, nil).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		require.NoError(t, err)
		assert.Equal(t, domain.Generated{By: openai.DefaultSettings().Model, Proposals: []domain.Proposal{
			{Question: "What is Mars?", Answer: "the fourth planet", Quote: "Mars is the fourth planet."},
			{Question: "What is Venus?", Answer: "the second planet", Quote: "Venus is the second planet."},
		}}, made)
	})
	t.Run("the call has the key, the settings and a strict schema", func(t *testing.T) {
		server := modelserver.Start(t)
		cool := 0.2
		_, err := generator(t, server, func(s *openai.Settings) {
			s.Model, s.MaxOutputTokens, s.Temperature, s.Many.User = "tiny", 777, &cool, "Up to {max}, please."
		}).Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		require.NoError(t, err)
		require.Len(t, server.Requests(), 1)
		asked := server.Requests()[0]
		assert.Equal(t, "Bearer "+key, asked.Authorization)
		assert.Equal(t, "tiny", asked.Model)
		assert.Equal(t, 777, *asked.MaxCompletionTokens)
		assert.Nil(t, asked.MaxTokens)
		assert.Equal(t, &cool, asked.Temperature)
		assert.Equal(t, "json_schema", asked.Format)
		assert.True(t, asked.Strict)
		assert.JSONEq(t, `{"type":"object","required":["cards"],"additionalProperties":false,"properties":{"cards":{"type":"array","items":
			{"type":"object","required":["question","answer","quote"],"additionalProperties":false,"properties":
			{"question":{"type":"string"},"answer":{"type":"string"},"quote":{"type":"string"}}}}}}`, string(asked.Schema))
		assert.Equal(t, "Up to 10, please.", asked.Messages[1].Content)
	})
	t.Run("one card is asked for with its own prompts", func(t *testing.T) {
		server := modelserver.Start(t)
		made, err := generator(t, server, func(s *openai.Settings) { s.One.System = "Make the one." }).
			Generate(t.Context(), domain.GenerationRequest{Text: planets, Single: true, Max: 10})
		require.NoError(t, err)
		assert.Len(t, made.Proposals, 1)
		assert.Empty(t, made.Remarks)
		assert.Equal(t, "Make the one.", server.Requests()[0].Messages[0].Content)
	})
	t.Run("a text with nothing to ask gives no cards, and no error", func(t *testing.T) {
		made, err := generator(t, modelserver.Start(t, modelserver.Says(`{"cards":[]}`)), nil).
			Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		require.NoError(t, err)
		assert.Empty(t, made.Proposals)
		assert.Empty(t, made.Remarks)
	})
	t.Run("a blank text costs no call", func(t *testing.T) {
		server := modelserver.Start(t)
		made, err := generator(t, server, nil).Generate(t.Context(), domain.GenerationRequest{Text: " \n\n ", Max: 10})
		require.NoError(t, err)
		assert.Empty(t, made.Proposals)
		assert.Empty(t, server.Requests())
	})
	t.Run("quotes that are not in the text are passed on, for others to mark", func(t *testing.T) {
		made, err := generator(t, modelserver.Start(t, modelserver.WrongQuotes), nil).
			Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 10})
		require.NoError(t, err)
		assert.Len(t, made.Proposals, 2)
	})
	t.Run("more cards than were asked for are left out, and the remarks say how many", func(t *testing.T) {
		answer := `{"cards":[{"question":"a","answer":"a","quote":""},{"question":"b","answer":"b","quote":""},{"question":"c","answer":"c","quote":""}]}`
		made, err := generator(t, modelserver.Start(t, modelserver.Says(answer)), nil).
			Generate(t.Context(), domain.GenerationRequest{Text: planets, Max: 1})
		require.NoError(t, err)
		require.Len(t, made.Proposals, 1)
		assert.Equal(t, "a", made.Proposals[0].Question)
		assert.Equal(t, []string{"The language model made 2 more than the 1 that were asked for: the last ones are left out."}, made.Remarks)
	})
}

func TestGenerateFromALongText(t *testing.T) {
	t.Run("every part gives its cards, in the order of the text, with the byte where the part begins", func(t *testing.T) {
		text := chapters(9)
		made, err := generator(t, modelserver.Start(t), inParts).Generate(t.Context(), domain.GenerationRequest{Text: text, Max: 500})
		require.NoError(t, err)
		assert.Empty(t, made.Remarks)
		require.Len(t, made.Proposals, 9*7)
		for i := range 9 {
			card := made.Proposals[i*7]
			assert.Equal(t, fmt.Sprintf("What is City%d?", i), card.Question)
			assert.Equal(t, strings.Index(text, fmt.Sprintf("City%d ", i)), card.After)
			assert.True(t, strings.HasPrefix(text[card.After:], card.Quote))
		}
	})
	t.Run("each part may have its share of the cards", func(t *testing.T) {
		server := modelserver.Start(t)
		made, err := generator(t, server, inParts).Generate(t.Context(), domain.GenerationRequest{Text: chapters(4), Max: 8})
		require.NoError(t, err)
		assert.Len(t, made.Proposals, 8)
		for _, asked := range server.Requests() {
			assert.Contains(t, asked.Messages[1].Content, "2 at most")
		}
	})
	t.Run("four parts are asked about at once, and no more", func(t *testing.T) {
		var mu sync.Mutex
		arrived, four := 0, make(chan struct{})
		server := modelserver.Start(t, func(w http.ResponseWriter, r *http.Request, request modelserver.Request) {
			mu.Lock()
			if arrived++; arrived == 4 {
				close(four)
			}
			mu.Unlock()
			<-four
			modelserver.Good(w, r, request)
		})
		_, err := generator(t, server, inParts).Generate(t.Context(), domain.GenerationRequest{Text: chapters(12), Max: 500})
		require.NoError(t, err)
		assert.Equal(t, 4, server.AtOnce())
		assert.Len(t, server.Requests(), 12)
	})
	t.Run("a text of more parts than the settings allow is too large, before any call", func(t *testing.T) {
		server := modelserver.Start(t)
		_, err := generator(t, server, func(s *openai.Settings) { s.MaxInputTokens, s.MaxParts = 100, 3 }).
			Generate(t.Context(), domain.GenerationRequest{Text: chapters(4), Max: 500})
		assert.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
		assert.Empty(t, server.Requests())
	})
	t.Run("one card is not made from several parts", func(t *testing.T) {
		_, err := generator(t, modelserver.Start(t), inParts).
			Generate(t.Context(), domain.GenerationRequest{Text: chapters(2), Single: true, Max: 1})
		assert.Equal(t, domain.CodeTooLarge, domain.CodeOf(err))
	})
}

// expiring is a context that reaches its deadline when a test says so.
type expiring struct {
	context.Context
	done chan struct{}
}

func (e expiring) Done() <-chan struct{} { return e.done }

func (e expiring) Deadline() (time.Time, bool) { return time.Time{}, false }

func (e expiring) Err() error {
	select {
	case <-e.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestGenerateEndsWithItsContext(t *testing.T) {
	t.Run("a caller who goes ends all calls", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		server := modelserver.Start(t, func(w http.ResponseWriter, r *http.Request, request modelserver.Request) {
			cancel()
			modelserver.Silent(w, r, request)
		})
		_, err := generator(t, server, inParts).Generate(ctx, domain.GenerationRequest{Text: chapters(12), Max: 500})
		require.ErrorIs(t, err, context.Canceled)
		assert.LessOrEqual(t, len(server.Requests()), 4)
	})
	t.Run("what was made before the deadline is kept, and the remarks say what is missing", func(t *testing.T) {
		ctx := expiring{t.Context(), make(chan struct{})}
		answered := make(chan struct{})
		server := modelserver.Start(t, func(w http.ResponseWriter, r *http.Request, request modelserver.Request) {
			if strings.Contains(request.Body, "City0") {
				modelserver.Good(w, r, request)
				close(answered)
				return
			}
			<-answered
			// The first part has to be read by the client, too: its worker then asks about the third one.
			if strings.Contains(request.Body, "City4") {
				close(ctx.done)
			}
			modelserver.Silent(w, r, request)
		})
		made, err := generator(t, server, inParts).Generate(ctx, domain.GenerationRequest{Text: chapters(6), Max: 500})
		require.NoError(t, err)
		assert.Len(t, made.Proposals, 7)
		assert.Equal(t, []string{"No cards could be made from 5 of the 6 parts of the text: the language model took too long (parts 2, 3, 4, 5, 6)."},
			made.Remarks)
	})
}
