package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// secretText is in all that is somebody's own in the tests of attacks: it must not be in an answer to anybody else.
const secretText = "secret-4b1d9c"

// treasure is a person with things that nobody else may see or change.
type treasure struct {
	owner  *client
	deck   deck
	token  string
	before string
}

// newTreasure returns a person with a deck, a card, an answer and an API token.
func (s *system) newTreasure(t *testing.T) *treasure {
	t.Helper()
	owner := s.person(t)
	owner.must(http.StatusOK, http.MethodPatch, "/user", map[string]string{"name": secretText})
	d := data[deck](t, owner.must(http.StatusCreated, http.MethodPost, "/decks", map[string]string{"name": secretText, "color": "#FFEC87"}))
	d.Cards = []card{data[card](t, owner.must(http.StatusCreated, http.MethodPost, "/decks/"+d.ID+"/card",
		map[string]string{"question": secretText, "answer": secretText}))}
	owner.must(http.StatusCreated, http.MethodPost, "/learning/event", event(d, d.Cards[0].ID, "", time.Now(), true))
	owner.must(http.StatusCreated, http.MethodPost, "/user/tokens", map[string]any{"name": secretText, "scopes": []string{"decks:read"}})
	tr := &treasure{owner: owner, deck: d, token: owner.cookie(t, "Authorization")}
	tr.before = tr.all()
	return tr
}

// all returns what the owner sees of everything.
func (tr *treasure) all() string {
	tr.owner.t.Helper()
	var all strings.Builder
	for _, path := range []string{"/user", "/decks", "/user/tokens", "/learning/log", "/learning/settings"} {
		fmt.Fprintln(&all, tr.owner.must(http.StatusOK, http.MethodGet, path, nil).Body)
	}
	return all.String()
}

// requireUntouched checks that the owner has what they had, and still is signed in.
func (tr *treasure) requireUntouched(t *testing.T) {
	t.Helper()
	require.Equal(t, tr.before, tr.all(), "nothing was changed")
}

// requireNotIn checks that an answer gives nothing of the treasure away.
func (tr *treasure) requireNotIn(t *testing.T, a answer, what string) {
	t.Helper()
	for _, secret := range []string{secretText, tr.owner.email, tr.owner.user, tr.token} {
		require.NotContains(t, a.Body, secret, what)
	}
}

// on returns the client for a subtest, with the same cookies.
func (c *client) on(t *testing.T) *client {
	other := *c
	other.t = t
	return &other
}

// raw sends a text to the gateway as it is, and returns all answers to it until the connection closes.
func (s *system) raw(t *testing.T, text string) []answer {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	var answers []answer
	for reader := bufio.NewReader(conn); ; {
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			return answers
		}
		content, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		if response.Close {
			response.Header.Set("Connection", "close") // the library has taken it out
		}
		answers = append(answers, answer{response.StatusCode, response.Header, string(content)})
	}
}

// requireStatuses checks how often and how a text was answered.
func requireStatuses(t *testing.T, answers []answer, statuses ...int) {
	t.Helper()
	var got []int
	for _, a := range answers {
		got = append(got, a.Status)
	}
	require.Equal(t, statuses, got, "%.500v", answers)
}

// head returns the head of a request by the holder of a token, with further header lines.
func head(method, target, token string, lines ...string) string {
	text := method + " " + target + " HTTP/1.1\r\nHost: spacey.test\r\nContent-Type: application/json\r\n"
	if token != "" {
		text += "Authorization: Bearer " + token + "\r\n"
	}
	for _, line := range lines {
		text += line + "\r\n"
	}
	return text + "\r\n"
}

// with sends a request with headers of its own, and no cookies but those.
func (s *system) with(t *testing.T, method, path, body string, header map[string]string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return answer{response.StatusCode, response.Header, string(content)}
}

// requireRefused checks the status and the code of an answer.
func requireRefused(t *testing.T, status int, code string, a answer) {
	t.Helper()
	require.Equal(t, status, a.Status, a.Body)
	assert.Equal(t, code, failure(t, a))
}
