package deckclient_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/deckclient"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// serving starts a deck-management-service that answers everything alike, and returns its address.
func serving(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}

// says answers with a status and a body.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func find(t *testing.T, addresses ...string) ([]domain.Card, error) {
	t.Helper()
	return deckclient.New(http.DefaultClient, addresses).FindCards(t.Context(), "identity of Ada", "Rhine & Elbe? 100% €")
}

func TestFindCards(t *testing.T) {
	const one = `{"id":"c1","question":"Where does the Rhine end?","answer":"In the North Sea","deckID":"d1"}`
	rhine := domain.Card{ID: "c1", Deck: "d1", Question: "Where does the Rhine end?", Answer: "In the North Sea"}
	t.Run("asks for the person, with the query as they wrote it", func(t *testing.T) {
		var asked *http.Request
		cards, err := find(t, serving(t, func(w http.ResponseWriter, r *http.Request) {
			asked = r
			says(200, `{"message":"Success","data":{"items":[`+one+`]}}`)(w, r)
		}))
		require.NoError(t, err)
		assert.Equal(t, []domain.Card{rhine}, cards)
		assert.Equal(t, http.MethodGet, asked.Method)
		assert.Equal(t, "/cards/search", asked.URL.Path)
		assert.Equal(t, "Rhine & Elbe? 100% €", asked.URL.Query().Get("query"))
		assert.Equal(t, "Bearer identity of Ada", asked.Header.Get("Authorization"))
	})
	t.Run("asks the next replica when one is away", func(t *testing.T) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		cards, err := find(t, gone.URL, serving(t, says(200, `{"data":{"items":[`+one+`]}}`)))
		require.NoError(t, err)
		assert.Len(t, cards, 1)
		_, err = find(t, gone.URL)
		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
	t.Run("returns no more than can be found", func(t *testing.T) {
		cards, err := find(t, serving(t, says(200, `{"data":{"items":[`+strings.Repeat(one+",", domain.MaxFound)+one+`]}}`)))
		require.NoError(t, err)
		assert.Len(t, cards, domain.MaxFound)
	})
	t.Run("finds nothing where nothing is", func(t *testing.T) {
		cards, err := find(t, serving(t, says(200, `{"data":{"items":[]}}`)))
		require.NoError(t, err)
		assert.Empty(t, cards)
	})
	t.Run("passes on what the person did wrong", func(t *testing.T) {
		_, err := find(t, serving(t, says(400, `{"code":"invalid_input","message":[{"field":"query","message":"Too long."}]}`)))
		var told *domain.Error
		require.ErrorAs(t, err, &told)
		assert.Equal(t, domain.CodeInvalid, told.Code)
		assert.Equal(t, []domain.FieldError{{Field: "query", Message: "Too long."}}, told.Fields)
	})
	for name, answer := range map[string]http.HandlerFunc{
		"a failure": says(500, `{"code":"internal"}`), "something else": says(200, "<html>"), "a way elsewhere": says(307, ""),
	} {
		t.Run("takes "+name+" for a service that is away", func(t *testing.T) {
			_, err := find(t, serving(t, answer))
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		})
	}
}
