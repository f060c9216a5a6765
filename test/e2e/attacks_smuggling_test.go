package e2e

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func itoa(n int) string { return strconv.Itoa(n) }

// ambiguous are header lines that two programs on the way of a request may read differently.
var ambiguous = map[string][]string{
	"two lengths, the same":            {"Content-Length: LEN", "Content-Length: LEN"},
	"two lengths, different":           {"Content-Length: LEN", "Content-Length: 0"},
	"two lengths, the other way round": {"Content-Length: 0", "Content-Length: LEN"},
	"two lengths in one line":          {"Content-Length: LEN, LEN"},
	"a length with a sign":             {"Content-Length: +LEN"},
	"a negative length":                {"Content-Length: -LEN"},
	"a hexadecimal length":             {"Content-Length: 0xLEN"},
	"a length with a fraction":         {"Content-Length: LEN.0"},
	"a length beyond all":              {"Content-Length: 184467440737095516160"},
	"a length of nothing":              {"Content-Length:"},
	"a length and chunks":              {"Content-Length: LEN", "Transfer-Encoding: chunked"},
	"chunks and a length":              {"Transfer-Encoding: chunked", "Content-Length: LEN"},
	"a length of nought and chunks":    {"Content-Length: 0", "Transfer-Encoding: chunked"},
	"chunks, identity":                 {"Transfer-Encoding: chunked, identity"},
	"identity, chunks":                 {"Transfer-Encoding: identity, chunked"},
	"identity":                         {"Transfer-Encoding: identity", "Content-Length: LEN"},
	"gzip, chunks":                     {"Transfer-Encoding: gzip, chunked"},
	"chunks twice":                     {"Transfer-Encoding: chunked", "Transfer-Encoding: chunked"},
	"chunks and something else":        {"Transfer-Encoding: chunked", "Transfer-Encoding: x"},
	"chunks of another name":           {"Transfer-Encoding: xchunked"},
	"quoted chunks":                    {`Transfer-Encoding: "chunked"`},
	"chunks after a control character": {"Transfer-Encoding: \x0bchunked"},
	"chunks with a parameter":          {"Transfer-Encoding: chunked;q=1"},
	"an empty encoding":                {"Transfer-Encoding:", "Content-Length: LEN"},
	"a space before the colon":         {"Transfer-Encoding : chunked", "Content-Length: LEN"},
	"a tab before the colon":           {"Content-Length\t: LEN"},
	"a space before the name":          {"X: y", " Transfer-Encoding: chunked", "Content-Length: LEN"},
	"a folded line":                    {"Transfer-Encoding:", " chunked", "Content-Length: LEN"},
	"a line folded with a tab":         {"X: y", "\tTransfer-Encoding: chunked", "Content-Length: LEN"},
	"a bare carriage return":           {"X: y\rTransfer-Encoding: chunked", "Content-Length: LEN"},
	"a bare line feed":                 {"X: y\nTransfer-Encoding: chunked", "Content-Length: LEN"},
	"a NUL in a name":                  {"Transfer-Encoding\x00: chunked", "Content-Length: LEN"},
	"a NUL in a value":                 {"Content-Length: LEN\x00"},
	"a line without a colon":           {"Transfer-Encoding chunked", "Content-Length: LEN"},
	"two hosts":                        {"Host: user-service", "Content-Length: LEN"},
	"two credentials":                  {"Authorization: Bearer x", "Content-Length: LEN"},
}

func TestARequestWhoseEndIsUnclearIsRefused(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		hidden := head(http.MethodDelete, "/decks/"+tr.deck.ID, tr.token)
		for name, lines := range ambiguous {
			t.Run(name, func(t *testing.T) {
				for _, body := range []string{"0\r\n\r\n" + hidden, `{"name":"x"}` + hidden, hidden} {
					text := strings.ReplaceAll(head(http.MethodPost, "/decks", tr.token, lines...), "LEN", itoa(len(body)))
					answers := s.raw(t, text+body)
					requireStatuses(t, answers, http.StatusBadRequest)
					assert.Equal(t, "malformed_request", failure(t, answers[0]))
					assert.Equal(t, "close", answers[0].Header.Get("Connection"), "nothing that follows is read")
				}
			})
		}
		tr.requireUntouched(t)
	})
}

// TestNothingAfterABodyInChunksIsARequest hides a request behind chunks that programs on its way may take for longer or
// shorter than they are.
func TestNothingAfterABodyInChunksIsARequest(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		hidden := head(http.MethodDelete, "/decks/"+tr.deck.ID, tr.token)
		for name, chunks := range map[string]string{
			"chunks as they should be":            "2\r\nab\r\n0\r\n\r\n" + hidden,
			"no size":                             "\r\n" + hidden,
			"a size of words":                     "size\r\nx\r\n0\r\n\r\n" + hidden,
			"a negative size":                     "-1\r\nx\r\n0\r\n\r\n" + hidden,
			"a size with 0x":                      "0x5\r\nabcde\r\n0\r\n\r\n" + hidden,
			"a size beyond all":                   "ffffffffffffffffff\r\nx\r\n0\r\n\r\n" + hidden,
			"a chunk too long":                    "2\r\nabcdef\r\n0\r\n\r\n" + hidden,
			"no end of a chunk":                   "5\r\nabcde0\r\n\r\n" + hidden,
			"a bare line feed":                    "5\nabcde\n0\n\n" + hidden,
			"two sizes":                           "5 5\r\nabcde\r\n0\r\n\r\n" + hidden,
			"a line feed in an extension":         "2;\nxx\r\nab\r\n0\r\n\r\n" + hidden,
			"a control character in an extension": "2;\x01\r\nab\r\n0\r\n\r\n" + hidden,
			"a carriage return in an extension":   "2;a\rb\r\nab\r\n0\r\n\r\n" + hidden,
			"a trailer that is none":              "2\r\nab\r\n0\r\nno colon\r\n\r\n" + hidden,
			"a line feed after the last chunk":    "2\r\nab\r\n0\r\n\n" + hidden,
		} {
			t.Run(name, func(t *testing.T) {
				answers := s.raw(t, head(http.MethodPost, "/decks", tr.token, "Transfer-Encoding: chunked")+chunks)
				requireStatuses(t, answers, http.StatusBadRequest)
				assert.Equal(t, "malformed_request", failure(t, answers[0]))
				answers = s.raw(t, head(http.MethodGet, "/ping", tr.token, "Transfer-Encoding: chunked")+chunks)
				requireStatuses(t, answers, http.StatusOK)
				assert.Equal(t, "close", answers[0].Header.Get("Connection"))
			})
		}
		tr.requireUntouched(t)
	})
}

// TestARequestInABodyIsABody hides requests in bodies whose ends are clear, while another person works over the same
// connections between gateway and services.
func TestARequestInABodyIsABody(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		tr := s.newTreasure(t)
		attacker := s.person(t)
		token := attacker.cookie(t, "Authorization")
		others := startLoad([]*client{tr.owner.again()}, func(c *client, _ int) (answer, error) {
			a, err := c.try(http.MethodGet, "/user", nil)
			if err == nil && a.Status == http.StatusOK && data[struct{ ID string }](c.t, a).ID != tr.owner.user {
				a.Status = 999 // somebody else's answer
			}
			return a, err
		})
		hidden := head(http.MethodDelete, "/decks/"+tr.deck.ID, tr.token)
		chunked := strconv.FormatInt(int64(len(hidden)), 16) + ";ext=\"a;b\"\r\n" + hidden + "\r\n0\r\nX-Trailer: y\r\nContent-Length: 5\r\n\r\n"
		for range 20 {
			next := head(http.MethodGet, "/user", token)
			answers := s.raw(t, head(http.MethodPost, "/decks", token, "Content-Length: "+itoa(len(hidden)))+hidden+next)
			requireStatuses(t, answers, http.StatusBadRequest, http.StatusOK)
			require.Equal(t, attacker.user, data[struct{ ID string }](t, answers[1]).ID)

			answers = s.raw(t, head(http.MethodGet, "/decks", token, "Content-Length: "+itoa(len(hidden)))+hidden+next)
			requireStatuses(t, answers, http.StatusOK, http.StatusOK)
			require.Empty(t, data[[]deck](t, answers[0]), "a GET with a body is a GET")
			require.Equal(t, attacker.user, data[struct{ ID string }](t, answers[1]).ID)

			answers = s.raw(t, head(http.MethodPost, "/decks", token, "Transfer-Encoding: chunked")+chunked)
			requireStatuses(t, answers, http.StatusBadRequest)

			answers = s.raw(t, head(http.MethodPost, "/user/login", "", "Content-Length: "+itoa(len(hidden)))+hidden+head(http.MethodGet, "/user", ""))
			requireStatuses(t, answers, http.StatusBadRequest, http.StatusUnauthorized)
			tr.requireNotIn(t, answers[1], "a request without a token after one with a token in its body")
		}
		_, failures := others.finish()
		require.Empty(t, failures)
		tr.requireUntouched(t)
	})
}

func TestPipelinedRequestsAreAnsweredEachAsItself(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		one, other := s.newTreasure(t), s.person(t)
		mine, theirs, nobodys := head(http.MethodGet, "/user", one.token), head(http.MethodGet, "/user", other.cookie(t, "Authorization")), head(http.MethodGet, "/user", "")
		answers := s.raw(t, strings.Repeat(mine+theirs+nobodys, 20))
		require.Len(t, answers, 60)
		for i, a := range answers {
			if i%3 == 2 {
				requireRefused(t, http.StatusUnauthorized, "not_signed_in", a)
				continue
			}
			require.Equal(t, []string{one.owner.user, other.user}[i%3], data[struct{ ID string }](t, a).ID)
		}
	})
}
