package e2e

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
	clocks "github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// document is the part of an OpenAPI document that tells how to call.
type document struct {
	Paths      map[string]map[string]*operation
	Components struct{ Schemas map[string]*schema }
}

type operation struct {
	method, path string
	Security     []map[string][]string
	Responses    map[string]any
	Parameters   []struct {
		Name, In string
		Required bool
		Schema   *schema
	}
	RequestBody *struct {
		Content map[string]struct{ Schema *schema }
	}
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       kinds
	Format     string
	Enum       []any
	Minimum    *float64
	Properties map[string]*schema
	AnyOf      []*schema
	Items      *schema
}

// kinds are the types that a value may have, null aside.
type kinds []string

// UnmarshalJSON reads one type, or a list of them.
func (k *kinds) UnmarshalJSON(content []byte) error {
	var one string
	if json.Unmarshal(content, &one) == nil {
		*k = kinds{one}
		return nil
	}
	var all []string
	err := json.Unmarshal(content, &all)
	*k = slices.DeleteFunc(all, func(kind string) bool { return kind == "null" })
	return err
}

// is reports whether the values of the schema are of a type.
func (s *schema) is(kind string) bool { return slices.Contains(s.Type, kind) }

// operations reads the document of a running system.
func (s *system) operations(t *testing.T) (*document, []*operation) {
	t.Helper()
	var d document
	require.NoError(t, json.Unmarshal([]byte(s.visitor(t).must(http.StatusOK, http.MethodGet, "/openapi.json", nil).Body), &d))
	var all []*operation
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(d.Paths[path])) {
			o := d.Paths[path][method]
			o.method, o.path = strings.ToUpper(method), path
			all = append(all, o)
		}
	}
	require.Greater(t, len(all), 30)
	return &d, all
}

func (o *operation) String() string { return o.method + " " + o.path }

// public reports whether nobody may call.
func (o *operation) public() bool {
	return len(o.Security) == 0 || slices.ContainsFunc(o.Security, func(one map[string][]string) bool { return len(one) == 0 })
}

// address fills the parameters of an operation with ids by name.
func (o *operation) address(ids map[string]string) string {
	path, query := o.path, url.Values{}
	for _, p := range o.Parameters {
		value := ids[p.Name]
		switch {
		case value == "" && strings.HasPrefix(o.path, "/config/"):
			value = "frontend"
		case value == "":
			value = uuid.NewString()
		}
		if p.Schema != nil && len(p.Schema.Enum) > 0 {
			value = fmt.Sprint(p.Schema.Enum[0])
		}
		if p.In == "path" {
			path = strings.Replace(path, "{"+p.Name+"}", value, 1)
		} else if p.In == "query" && (p.Required || ids[p.Name] != "") {
			query.Set(p.Name, value)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

// body returns a body that keeps the rules of an operation, with ids by name; nil where there is none.
func (d *document) body(o *operation, ids map[string]string) any {
	if o.RequestBody == nil {
		return nil
	}
	return d.example("", o.RequestBody.Content["application/json"].Schema, ids)
}

func (d *document) example(name string, s *schema, ids map[string]string) any {
	if s.Ref != "" {
		s = d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	for _, other := range s.AnyOf {
		if other.Ref != "" {
			return d.example(name, other, ids)
		}
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.is("object"):
		object := map[string]any{}
		for name, property := range s.Properties {
			object[name] = d.example(name, property, ids)
		}
		return object
	case s.is("array"):
		return []any{d.example(name, s.Items, ids)}
	case s.is("boolean"):
		return true
	case s.is("integer"), s.is("number"):
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 1
	case s.Format == "date-time":
		return iso(time.Now())
	case s.Format == "email":
		return "walker@example.org"
	case ids[name] != "":
		return ids[name]
	case s.Format == "uuid":
		return uuid.NewString()
	}
	return "loud-badger-8"
}

func TestEveryOperationAsNobody(t *testing.T) {
	t.Parallel()
	s := start(t, newStorage(t, "sqlite"))
	d, all := s.operations(t)
	// Default configuration is stored behind the start.
	require.Eventually(t, func() bool { return get(s.URL+"/config/frontend") == http.StatusOK }, 30*time.Second, 10*time.Millisecond)
	for _, o := range all {
		a := s.visitor(t).send(o.method, o.address(nil), d.body(o, nil))
		if o.public() {
			assert.NotContains(t, []int{http.StatusForbidden, http.StatusNotFound, http.StatusInternalServerError}, a.Status, "%s: %s", o, a.Body)
			continue
		}
		if assert.Equal(t, http.StatusUnauthorized, a.Status, "%s: %s", o, a.Body) {
			assert.Equal(t, "not_signed_in", failure(t, a), o.String())
		}
	}
}

// scopes are those of which an API token needs one; nil where none is taken.
func (o *operation) scopes() (all []string) {
	for _, one := range o.Security {
		all = append(all, one["apiToken"]...)
	}
	return all
}

func statusText(status int) string { return fmt.Sprint(status) }

func TestEveryOperationAsAStranger(t *testing.T) {
	t.Parallel()
	s := start(t, newStorage(t, "sqlite"))
	d, all := s.operations(t)
	o := s.newOwner(t)
	before := o.everything()
	// Batches answer for each item, and lists leave out what is not theirs.
	eachItem := []string{"POST /learning/probabilities", "POST /learning/reviews", "GET /learning/events"}
	for _, op := range all {
		if op.public() {
			continue
		}
		ids := o.idsFor(op)
		address, body := op.address(ids), d.body(op, ids)
		text, err := json.Marshal(body)
		require.NoError(t, err)
		sent := address + string(text)
		a := s.person(t).send(op.method, address, body) // a new one each: some operations end a session, or an account
		o.hidden(t, op, sent, a)
		names := slices.ContainsFunc([]string{o.deck, o.card, o.event, o.sitting, o.session, o.token, o.content}, func(id string) bool { return strings.Contains(sent, id) })
		switch {
		case names && !slices.Contains(eachItem, op.String()):
			if assert.Equal(t, http.StatusNotFound, a.Status, "%s: %s", op, a.Body) {
				assert.Equal(t, "not_found", failure(t, a), op.String())
			}
		}
	}
	assert.Equal(t, before, o.everything(), "nothing was changed")
}

func TestEveryOperationWithATokenThatIsNone(t *testing.T) {
	t.Parallel()
	key, err := jwt.GenerateKey()
	require.NoError(t, err)
	text, err := jwt.EncodePrivateKey(key)
	require.NoError(t, err)
	s := start(t, newStorage(t, "sqlite"), "AUTH_PRIVATE_KEY="+string(text))
	d, all := s.operations(t)
	person := s.person(t)
	good := person.cookie(t, "Authorization")
	carrying(s.visitor(t), "Authorization", "Bearer "+good).must(http.StatusOK, http.MethodGet, "/user", nil)

	for name, token := range badTokens(t, key, person, good) {
		for _, c := range []*client{
			carrying(s.visitor(t), "Authorization", "Bearer "+token),
			carrying(s.visitor(t), "Cookie", "LoggedIn=true; Authorization="+token),
		} {
			for _, o := range all {
				if o.public() {
					continue
				}
				a := c.send(o.method, o.address(nil), d.body(o, nil))
				assert.Equal(t, http.StatusUnauthorized, a.Status, "%s with %s: %s", o, name, a.Body)
			}
		}
	}
}

// badTokens are tokens that look like good ones of a person and are none.
func badTokens(t *testing.T, key ed25519.PrivateKey, person *client, good string) map[string]string {
	t.Helper()
	issue := func(token string, err error) string {
		require.NoError(t, err)
		return token
	}
	other, err := jwt.GenerateKey()
	require.NoError(t, err)
	signer, stranger := jwt.NewSigner(key, clocks.Clock{}), jwt.NewSigner(other, clocks.Clock{})
	claims, err := jwt.NewVerifier(signer.Keys(), clocks.Clock{}).VerifySession(t.Context(), good)
	require.NoError(t, err)
	unknown, past := claims, claims
	unknown.Session = domain.SessionID(uuid.NewString())
	past.ExpiresAt = time.Now().Add(-time.Hour)
	parts := strings.Split(good, ".")
	public := key.Public().(ed25519.PublicKey)
	return map[string]string{
		"an identity token": issue(signer.IssueIdentity(domain.Identity{
			User: claims.User, Session: claims.Session, EmailVerified: true, Beta: true,
		})),
		"a session that does not exist":     issue(signer.IssueSession(unknown)),
		"a session that is over":            issue(signer.IssueSession(past)),
		"another signer's token":            issue(stranger.IssueSession(claims)),
		"no signature":                      parts[0] + "." + parts[1] + ".",
		"another person's signature":        parts[0] + "." + parts[1] + "." + strings.Split(issue(signer.IssueSession(claims)), ".")[2],
		"other claims":                      parts[0] + "." + encode(`{"iss":"spacey","aud":"spacey","sub":"`+person.user+`","purpose":"session","sid":"x","exp":99999999999}`) + "." + parts[2],
		"algorithm none":                    encode(`{"alg":"none","typ":"JWT"}`) + "." + parts[1] + ".",
		"algorithm nOnE":                    encode(`{"alg":"nOnE","typ":"JWT"}`) + "." + parts[1] + "." + parts[2],
		"a secret that is the public key":   symmetric(parts[1], public),
		"a key that the token brings along": embedded(t, parts[1], other),
		"nothing of it":                     "x",
		"two of it":                         good + "." + good,
	}
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// symmetric signs with a public key as if it were a secret.
func symmetric(body string, key ed25519.PublicKey) string {
	head := encode(fmt.Sprintf(`{"alg":"HS256","typ":"JWT","kid":%q}`, jwt.KeyID(key)))
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(head + "." + body))
	return head + "." + body + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// embedded signs with a key that the head of the token offers.
func embedded(t *testing.T, body string, key ed25519.PrivateKey) string {
	t.Helper()
	public, ok := key.Public().(ed25519.PublicKey)
	require.True(t, ok)
	head := encode(fmt.Sprintf(`{"alg":"EdDSA","typ":"JWT","kid":%q,"jwk":{"kty":"OKP","crv":"Ed25519","x":%q}}`,
		jwt.KeyID(public), base64.RawURLEncoding.EncodeToString(public)))
	return head + "." + body + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(head+"."+body)))
}

// cookie returns the value of a cookie that the client keeps.
func (c *client) cookie(t *testing.T, name string) string {
	t.Helper()
	address, err := url.Parse(c.base)
	require.NoError(t, err)
	for _, cookie := range c.http.Jar.Cookies(address) {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	t.Fatalf("there is no cookie %s", name)
	return ""
}

// withHeader sends a header with each request.
type withHeader struct{ name, value string }

// RoundTrip sends a request.
func (h withHeader) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(h.name, h.value)
	return http.DefaultTransport.RoundTrip(r)
}

// carrying makes a client send a header with each request.
func carrying(c *client, name, value string) *client {
	c.http.Transport = withHeader{name, value}
	return c
}
