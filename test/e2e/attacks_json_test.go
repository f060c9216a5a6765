package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestJSONMadeToHurtIsRefused sends bodies that cost a careless server its memory, its stack or its time.
func TestJSONMadeToHurtIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, newStorage(t, "sqlite"), memoryLimit)
	tr := s.newTreasure(t)
	process := s.processes[0]
	many := func(what string, n int) string { return strings.Repeat(what, n) }
	for name, attack := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"lists 100,000 deep":            {many("[", 100_000) + many("]", 100_000), 400, "malformed_request"},
		"objects 100,000 deep":          {many(`{"a":`, 100_000) + "1" + many("}", 100_000), 400, "malformed_request"},
		"a depth without an end":        {many("[", 900_000), 400, "malformed_request"},
		"depth in a field":              {`{"name":` + many("[", 100_000) + many("]", 100_000) + `}`, 400, "malformed_request"},
		"100,000 values":                {`{"name":[` + many("0,", 100_000) + "0]}", 413, "too_large"},
		"100,000 names":                 {"{" + many(`"a":1,`, 100_000) + `"b":1}`, 413, "too_large"},
		"a number beyond all":           {`{"name":1e999999}`, 400, "invalid_input"},
		"a number of 100,000 digits":    {`{"name":` + many("9", 100_000) + `}`, 400, "invalid_input"},
		"a fraction of 100,000 digits":  {`{"name":0.` + many("1", 100_000) + `}`, 400, "invalid_input"},
		"a text of 100,000 letters":     {`{"name":"` + many("x", 100_000) + `"}`, 400, "invalid_input"},
		"a text of 2 MiB":               {`{"name":"` + many("x", 2<<20) + `"}`, 413, "too_large"},
		"a name of a field of 900 KB":   {`{"` + many("x", 900_000) + `":1}`, 400, "invalid_input"},
		"invalid UTF-8":                 {"{\"name\":\"\xff\xfe\"}", 400, "malformed_request"},
		"an overlong slash":             {"{\"name\":\"\xc0\xaf\"}", 400, "malformed_request"},
		"a lone surrogate":              {`{"name":"\ud800"}`, 400, "malformed_request"},
		"NUL in a text":                 {`{"name":"\u0000"}`, 400, "invalid_input"},
		"a byte order mark":             {"\xef\xbb\xbf" + `{"name":"x"}`, 400, "malformed_request"},
		"two values":                    {`{"name":"x"}{"name":"y"}`, 400, "malformed_request"},
		"a comment":                     {`{"name":"x"}/*`, 400, "malformed_request"},
		"a list in place of an object":  {`[{"name":"x"}]`, 400, "invalid_input"},
		"a text in place of an object":  {`"name"`, 400, "invalid_input"},
		"null":                          {`null`, 400, "malformed_request"},
		"a prototype and no name":       {`{"__proto__":{"name":"x"}}`, 400, "invalid_input"},
		"a name twice, the last is bad": {`{"name":"x","name":7}`, 400, "invalid_input"},
	} {
		t.Run(name, func(t *testing.T) {
			a := tr.owner.on(t).send(http.MethodPost, "/decks", attack.body)
			requireRefused(t, attack.status, attack.code, a)
			require.Less(t, len(a.Body), 4096, "what came is not sent back")
		})
	}
	require.Less(t, process.memory(t), memoryBound)
	tr.requireUntouched(t)
}

func TestOfANameThatComesTwiceOneCounts(t *testing.T) {
	onBothShapes(t, func(t *testing.T, s *system) {
		c := s.person(t)
		d := data[deck](t, c.must(http.StatusCreated, http.MethodPost, "/decks", `{"name":"first","id":"x","name":"last","user_id":"x","userID":"x"}`))
		assert.Equal(t, "last", d.Name)
		victim := s.newTreasure(t)
		a := s.with(t, http.MethodPost, "/user/login", `{"email":"`+c.email+`","password":"`+password+`","email":"`+victim.owner.email+`","password":"not it"}`, nil)
		requireRefused(t, http.StatusUnauthorized, "invalid_credentials", a)
		victim.requireUntouched(t)
	})
}
