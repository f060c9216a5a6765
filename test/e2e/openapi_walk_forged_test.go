package e2e

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
)

// forge signs a token with Ed25519, whatever its head says.
func forge(t *testing.T, key ed25519.PrivateKey, head, body map[string]any) string {
	t.Helper()
	first, err := json.Marshal(head)
	require.NoError(t, err)
	second, err := json.Marshal(body)
	require.NoError(t, err)
	text := encode(string(first)) + "." + encode(string(second))
	return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(text)))
}

// changed returns a copy with another value of a name, or without it when the value is nil.
func changed(of map[string]any, name string, value any) map[string]any {
	other := maps.Clone(of)
	other[name] = value
	if value == nil {
		delete(other, name)
	}
	return other
}

// forgedTokens are tokens with one thing wrong each. The one named "" has nothing wrong.
func forgedTokens(t *testing.T, key ed25519.PrivateKey, good string) map[string]string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(good, ".")[1])
	require.NoError(t, err)
	var body map[string]any
	require.NoError(t, json.Unmarshal(text, &body))
	head := map[string]any{"alg": "EdDSA", "typ": "JWT", "kid": jwt.KeyID(key.Public().(ed25519.PublicKey))}
	other, err := jwt.GenerateKey()
	require.NoError(t, err)
	tokens := map[string]string{
		"":                             forge(t, key, head, body),
		"another key under our key id": forge(t, other, head, body),
		"a key id of nobody":           forge(t, key, changed(head, "kid", "nobody"), body),
	}
	for _, algorithm := range []string{"none", "None", "NONE", "HS256", "ES256", "RS256", "PS256", "eddsa"} {
		tokens["algorithm "+algorithm] = forge(t, key, changed(head, "alg", algorithm), body)
		unsigned := forge(t, key, changed(head, "alg", algorithm), body)
		tokens["algorithm "+algorithm+" unsigned"] = unsigned[:strings.LastIndex(unsigned, ".")+1]
	}
	late, past := time.Now().Add(time.Hour).Unix(), time.Now().Add(-time.Hour).Unix()
	for name, wrong := range map[string][]any{
		"iss": {"elsewhere", nil}, "aud": {"elsewhere", nil}, "purpose": {"identity", "verification", "", nil},
		"exp": {past, nil}, "nbf": {late, nil}, "iat": {late, nil}, "sub": {"01980000-0000-7000-8000-000000000000", nil}, "sid": {"", nil},
	} {
		for _, value := range wrong {
			tokens[fmt.Sprint(name, " is ", value)] = forge(t, key, head, changed(body, name, value))
		}
	}
	return tokens
}

func TestEveryOperationWithAForgedToken(t *testing.T) {
	t.Parallel()
	key, err := jwt.GenerateKey()
	require.NoError(t, err)
	text, err := jwt.EncodePrivateKey(key)
	require.NoError(t, err)
	s := start(t, newStorage(t, "sqlite"), "AUTH_PRIVATE_KEY="+string(text))
	d, all := s.operations(t)
	o := s.newOwner(t)
	tokens := forgedTokens(t, key, o.cookie(t, "Authorization"))
	carrying(s.visitor(t), "Authorization", "Bearer "+tokens[""]).must(http.StatusOK, http.MethodGet, "/user", nil)
	delete(tokens, "")
	o.must(http.StatusOK, http.MethodPost, "/user/password/forgot", map[string]any{"email": o.email})
	mailed := ""
	require.Eventually(t, func() bool {
		_, after, found := strings.Cut(s.processes[0].output.String(), "reset-password?token=")
		if found {
			mailed, _, _ = strings.Cut(strings.FieldsFunc(after, func(r rune) bool { return r == '"' || r == ' ' || r == '\n' })[0], "&")
		}
		return found
	}, time.Minute, 20*time.Millisecond)
	tokens["a mailed one"] = mailed
	before := o.everything()
	for name, token := range tokens {
		for _, c := range []*client{
			carrying(s.visitor(t), "Authorization", "Bearer "+token), carrying(s.visitor(t), "Cookie", "LoggedIn=true; Authorization="+token),
		} {
			for _, op := range all {
				if op.public() {
					continue
				}
				ids := o.idsFor(op)
				a := c.send(op.method, op.address(ids), d.body(op, ids))
				assert.Equal(t, http.StatusUnauthorized, a.Status, "%s, %s: %s", op, name, a.Body)
				o.hidden(t, op, "", a)
			}
		}
	}
	assert.Equal(t, before, o.everything(), "nothing was changed")
}
