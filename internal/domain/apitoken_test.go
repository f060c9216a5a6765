package domain

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	tokenOwner  UserID     = "0198f0a0-0000-7000-8000-00000000000a"
	tokenID     APITokenID = "0198f0a0-0000-7000-8000-00000000000b"
	tokenSecret            = "7QF3XK2M5JZ4YV6W7QF3XK2M5J"
)

func TestAPITokenNamesEveryFault(t *testing.T) {
	good := NewAPIToken{Name: "My script", Scopes: []Scope{ScopeDecksRead}, ExpiresAt: noon.Add(time.Second)}
	require.NoError(t, good.Check(noon))
	for name, c := range map[string]struct {
		change func(*NewAPIToken)
		want   []string
	}{
		"everything empty":            {func(n *NewAPIToken) { *n = NewAPIToken{} }, []string{"name", "scopes"}},
		"a blank name":                {func(n *NewAPIToken) { n.Name = " \t" }, []string{"name"}},
		"a long name":                 {func(n *NewAPIToken) { n.Name = strings.Repeat("ä", 101) }, []string{"name"}},
		"a name as long as may be":    {func(n *NewAPIToken) { n.Name = " " + strings.Repeat("ä", 100) }, []string{}},
		"a name that is not stored":   {func(n *NewAPIToken) { n.Name = "a\x00" }, []string{"name"}},
		"an unknown scope":            {func(n *NewAPIToken) { n.Scopes = []Scope{ScopeDecksRead, "users:write"} }, []string{"scopes"}},
		"a scope in capitals":         {func(n *NewAPIToken) { n.Scopes = []Scope{"Decks:Read"} }, []string{"scopes"}},
		"an expiry that is now":       {func(n *NewAPIToken) { n.ExpiresAt = noon }, []string{"expiresAt"}},
		"no expiry, which is forever": {func(n *NewAPIToken) { n.ExpiresAt = time.Time{} }, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			n := good
			c.change(&n)
			assert.Equal(t, c.want, faults(n.Check(noon)))
		})
	}
}

func TestAPITokenIsMadeOfWhatWasAsked(t *testing.T) {
	asked := NewAPIToken{
		Name: " My script ", Scopes: []Scope{ScopeLearningWrite, ScopeDecksRead, ScopeLearningWrite}, ExpiresAt: noon.Add(time.Hour),
	}
	assert.Equal(t, APIToken{
		ID: tokenID, Owner: tokenOwner, Name: "My script", Hash: "hash", Scopes: []Scope{ScopeDecksRead, ScopeLearningWrite},
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour),
	}, asked.Token(tokenOwner, tokenID, "hash", noon), "scopes are in one order, each once")
}

func TestAPITokenEnds(t *testing.T) {
	token := APIToken{ExpiresAt: noon}
	assert.True(t, token.Live(noon.Add(-1)))
	assert.False(t, token.Live(noon))
	assert.True(t, APIToken{}.Live(noon), "without an expiry it does not")
}

func TestTheTextOfAnAPITokenNamesOwnerAndToken(t *testing.T) {
	text := APITokenText(tokenOwner, tokenID, tokenSecret)
	assert.Equal(t, "spacey_0198f0a000007000800000000000000a_0198f0a000007000800000000000000b_"+tokenSecret, text)
	assert.True(t, IsAPIToken(text))
	owner, id, secret, ok := ParseAPIToken(text)
	require.True(t, ok)
	assert.Equal(t, tokenOwner, owner)
	assert.Equal(t, tokenID, id)
	assert.Equal(t, tokenSecret, secret)
}

func TestTextsThatAreNoAPITokens(t *testing.T) {
	text := APITokenText(tokenOwner, tokenID, tokenSecret)
	for name, other := range map[string]string{
		"empty":                          "",
		"only the beginning":             "spacey_",
		"another beginning":              strings.Replace(text, "spacey", "spicey", 1),
		"capitals in the beginning":      strings.Replace(text, "spacey", "Spacey", 1),
		"no beginning":                   strings.TrimPrefix(text, "spacey_"),
		"capitals in an id":              strings.Replace(text, "000a_", "000A_", 1),
		"dashes in an id":                strings.Replace(text, "0198f0a000007000800000000000000a", string(tokenOwner), 1),
		"an id that is short":            strings.Replace(text, "000a_", "00a_", 1),
		"an id that is no number":        strings.Replace(text, "000a_", "000g_", 1),
		"a second id that is none":       strings.Replace(text, "000b_", "000-_", 1),
		"no secret":                      strings.TrimSuffix(text, tokenSecret),
		"a secret that is short":         text[:len(text)-1],
		"a secret that is long":          text + strings.Repeat("A", 39),
		"something behind the secret":    text + "_x",
		"a session token":                "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1In0.c2ln",
		"space before an API token":      " " + text,
		"a secret with parts of its own": strings.Replace(text, "QF3X", "QF_3", 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, ok := ParseAPIToken(other)
			assert.False(t, ok, "%q", other)
		})
	}
}
