package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// client is a person with a browser: cookies are kept and sent.
type client struct {
	t    *testing.T
	base string
	http *http.Client
	// user is the id of the account, email its address.
	user, email string
}

// answer is what came back.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// visitor returns a client that is not signed in.
func (s *system) visitor(t *testing.T) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &client{t: t, base: s.URL, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

var people atomic.Int64

const password = "quiet-otter-7"

// person returns a client that has just signed up.
func (s *system) person(t *testing.T) *client {
	t.Helper()
	c := s.visitor(t)
	c.email = fmt.Sprintf("person%d@example.org", people.Add(1))
	c.user = data[struct{ ID string }](t, c.must(http.StatusCreated, http.MethodPost, "/user", map[string]any{
		"name": "Person", "email": c.email, "password": password,
	})).ID
	return c
}

// again returns another device of the same person.
func (c *client) again() *client {
	twin := *c.http
	twin.Transport = http.DefaultTransport.(*http.Transport).Clone()
	return &client{t: c.t, base: c.base, http: &twin, user: c.user, email: c.email}
}

// try sends a request and returns the answer, or an error when none came.
func (c *client) try(method, path string, body any) (answer, error) {
	return c.tryContext(context.Background(), method, path, body)
}

func (c *client) tryContext(ctx context.Context, method, path string, body any) (answer, error) {
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = bytes.NewBufferString(b)
	default:
		content, err := json.Marshal(b)
		if err != nil {
			return answer{}, err
		}
		reader = bytes.NewReader(content)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, reader)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json") // clients send it always
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(content)}, err
}

// send sends a request that must be answered.
func (c *client) send(method, path string, body any) answer {
	c.t.Helper()
	a, err := c.try(method, path, body)
	require.NoError(c.t, err, "%s %s", method, path)
	return a
}

// must sends a request that must be answered with this status.
func (c *client) must(status int, method, path string, body any) answer {
	c.t.Helper()
	a := c.send(method, path, body)
	require.Equal(c.t, status, a.Status, "%s %s: %s", method, path, a.Body)
	return a
}

// data reads the data of a successful answer.
func data[T any](t *testing.T, a answer) T {
	t.Helper()
	var envelope struct {
		Message string
		Data    *T
	}
	require.NoError(t, json.Unmarshal([]byte(a.Body), &envelope), a.Body)
	require.NotNil(t, envelope.Data, a.Body)
	return *envelope.Data
}

// failure reads the code of an unsuccessful answer, and checks that it has the promised shape.
func failure(t *testing.T, a answer) string {
	t.Helper()
	var body struct {
		Error     string
		Code      string
		Message   any
		RequestID string
	}
	require.NoError(t, json.Unmarshal([]byte(a.Body), &body), a.Body)
	require.NotEmpty(t, body.Error, a.Body)
	require.NotEmpty(t, body.Message, a.Body)
	require.Equal(t, a.Header.Get("X-Request-ID"), body.RequestID, a.Body)
	return body.Code
}

type card struct{ ID, Question, Answer, DeckID string }

type deck struct {
	ID, Name, Description, Color string
	Cards                        []card
	CreatedAt                    string `json:"created_at"`
}

type recall struct {
	CardID            string
	RecallProbability float64
}

// newDeck adds a deck with n cards.
func (c *client) newDeck(n int) deck {
	c.t.Helper()
	d := data[deck](c.t, c.must(http.StatusCreated, http.MethodPost, "/decks", map[string]any{
		"id": "", "name": "Deck", "description": "", "color": "#FFEC87",
	}))
	for len(d.Cards) < n {
		batch := make([]map[string]string, 0, 1000)
		for i := len(d.Cards); i < n && len(batch) < 1000; i++ {
			batch = append(batch, map[string]string{"question": fmt.Sprint("Question ", i), "answer": fmt.Sprint("Answer ", i), "deckID": d.ID})
		}
		d.Cards = append(d.Cards, data[[]card](c.t, c.must(http.StatusCreated, http.MethodPost, "/decks/"+d.ID+"/cards", batch))...)
	}
	return d
}

// newSession begins a learning session.
func (c *client) newSession(d deck) string {
	c.t.Helper()
	return data[struct{ ID string }](c.t, c.must(http.StatusCreated, http.MethodPost, "/learning/session", map[string]any{
		"deckID": d.ID, "startedAt": iso(time.Now()),
	})).ID
}

// event returns the body of an answer to a card, as clients send it.
func event(d deck, cardID, session string, at time.Time, correct bool) map[string]any {
	if session == "" {
		session = uuid.NewString()
	}
	return map[string]any{
		"deckID": d.ID, "cardID": cardID, "learningSessionID": session, "correct": correct,
		"startedAt": iso(at.Add(-3 * time.Second)), "finishedAt": iso(at),
	}
}

// due returns the cards of the deck that are to be learned now.
func (c *client) due(d deck) []recall {
	c.t.Helper()
	query := "/learning/events?deckID=" + d.ID
	for _, card := range d.Cards {
		query += "&ids=" + card.ID
	}
	return data[[]recall](c.t, c.must(http.StatusOK, http.MethodGet, query, nil))
}

// score returns how well the deck is remembered, 0..1.
func (c *client) score(d deck) float64 {
	c.t.Helper()
	body := []map[string]any{{"deckID": d.ID, "totalNoCards": len(d.Cards)}}
	return data[map[string]float64](c.t, c.must(http.StatusOK, http.MethodPost, "/learning/probabilities", body))[d.ID]
}

// iso returns a time as browsers format it.
func iso(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
