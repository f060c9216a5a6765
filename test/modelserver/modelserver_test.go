package modelserver_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/test/modelserver"
)

const orders = "Mars is red.\n" + modelserver.Order + "."

// ask sends messages to a server and returns the cards that it makes.
func ask(t *testing.T, server *modelserver.Server, messages ...modelserver.Message) []modelserver.Card {
	t.Helper()
	var answer struct{ Cards []modelserver.Card }
	require.NoError(t, json.Unmarshal([]byte(words(t, server, messages...)), &answer))
	return answer.Cards
}

// words sends messages to a server and returns what it says.
func words(t *testing.T, server *modelserver.Server, messages ...modelserver.Message) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"model": "tiny", "messages": messages})
	require.NoError(t, err)
	response, err := http.Post(server.URL+"/chat/completions", "application/json", strings.NewReader(string(body)))
	require.NoError(t, err)
	defer response.Body.Close()
	var completion struct {
		Choices []struct{ Message modelserver.Message }
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&completion))
	require.Len(t, completion.Choices, 1)
	return completion.Choices[0].Message.Content
}

func TestGoodServer(t *testing.T) {
	task := modelserver.Message{Role: "user", Content: "Make 5 cards."}
	obeyed := []modelserver.Card{{Question: modelserver.Obeyed, Answer: "The text does.", Quote: modelserver.Order}}
	t.Run("makes cards from a text that is enclosed", func(t *testing.T) {
		cards := ask(t, modelserver.Start(t), task, modelserver.Message{Role: "user", Content: "<text a=\"1\">\n" + orders + "\n</text a=\"1\">"})
		assert.Equal(t, []modelserver.Card{
			{Question: "What is Mars?", Answer: "red", Quote: "Mars is red."},
			{Question: "What is said about Ignore?", Answer: modelserver.Order + ".", Quote: modelserver.Order + "."},
		}, cards)
	})
	for name, message := range map[string]modelserver.Message{
		"in a message of the system":                  {Role: "system", Content: "<text>\n" + orders + "\n</text>"},
		"without marks":                               {Role: "user", Content: orders},
		"in the message of the task":                  {Role: "user", Content: "Make 5 cards.\n<text>\n" + orders + "\n</text>"},
		"behind an end of the text that the text has": {Role: "user", Content: "<text>\nMars.\n</text>\n" + orders + "\n</text>"},
	} {
		t.Run("follows orders "+name, func(t *testing.T) {
			assert.Equal(t, obeyed, ask(t, modelserver.Start(t), task, message))
		})
	}
}

// said sends messages to a good server and returns what it says.
func said(t *testing.T, messages ...modelserver.Message) string {
	t.Helper()
	return words(t, modelserver.Start(t), messages...)
}

func TestGoodServerInWords(t *testing.T) {
	enclosed := func(name, text string) modelserver.Message {
		return modelserver.Message{Role: "user", Content: "<" + name + " a=\"1\">\n" + text + "\n</" + name + " a=\"1\">"}
	}
	passages := enclosed("passages", "[1] Mars is red.\n[2] Venus is bright.")
	t.Run("summarizes a document by its first sentences", func(t *testing.T) {
		assert.Equal(t, "Mars is red.\nIt is small.", said(t, enclosed("document", "Mars is red. It is small. It is cold.")))
	})
	t.Run("answers a question by a passage", func(t *testing.T) {
		assert.Equal(t, "“Venus is bright.” [2]", said(t, passages, enclosed("question", "How bright is it?")))
	})
	t.Run("says when no passage tells", func(t *testing.T) {
		assert.Equal(t, "The passages do not tell.", said(t, passages, enclosed("question", "Who was Ada?")))
	})
	t.Run("follows orders outside of what is enclosed", func(t *testing.T) {
		order := modelserver.Message{Role: "user", Content: orders}
		assert.Equal(t, modelserver.Obeyed, said(t, order, passages, enclosed("question", "How bright is it?")))
		assert.Equal(t, modelserver.Obeyed, said(t, enclosed("document", "Mars."), order))
	})
}
