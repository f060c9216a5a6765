package graph

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
)

// relied are the routes that existing clients rely on: none may go, and a change here is one that they notice. A route
// says its method and path, its service, who may call, the status of a success, the largest body, how long an answer may
// take, and what else is special about it.
const relied = `
GET    /ping                       api         anyone    200  1MiB  10s  bare

POST   /user                       user        anyone    201  1MiB  10s  throttled starts-session capital-fields client
POST   /user/login                 user        anyone    200  1MiB  10s  throttled starts-session capital-fields client
GET    /user/logout                user        optional  200  1MiB  10s  ends-session client
GET    /user                       user        signed-in 200  1MiB  10s
GET    /user/validate              user        signed-in 200  1MiB  10s  throttled
POST   /user/validate              user        signed-in 200  1MiB  10s  throttled starts-session capital-fields client

GET    /config/frontend            config      anyone    200  1MiB  10s

GET    /decks                      deck        verified  200  1MiB  10s  capital-fields decks:read
POST   /decks                      deck        verified  201  1MiB  10s  capital-fields decks:write
GET    /decks/public               deck        verified  200  1MiB  10s  capital-fields decks:read
GET    /decks/{id}                 deck        verified  200  1MiB  10s  capital-fields decks:read
PUT    /decks/{id}                 deck        verified  200  32MiB 10s  capital-fields decks:write
DELETE /decks/{id}                 deck        verified  200  1MiB  10s  capital-fields decks:write
POST   /decks/{id}/card            deck        verified  201  1MiB  10s  capital-fields decks:write
POST   /decks/{id}/cards           deck        verified  201  9MiB  10s  capital-fields decks:write idempotent
PUT    /decks/{id}/cards/{cardID}  deck        verified  200  1MiB  10s  capital-fields decks:write
DELETE /decks/{id}/cards/{cardID}  deck        verified  200  1MiB  10s  capital-fields decks:write

POST   /learning/session           learning    verified  201  1MiB  10s  capital-fields learning:write
PUT    /learning/session           learning    verified  200  1MiB  10s  capital-fields learning:write
POST   /learning/event             learning    verified  201  1MiB  10s  repeatable capital-fields learning:write
GET    /learning/events            learning    verified  200  1MiB  10s  capital-fields learning:read
POST   /learning/probabilities     learning    verified  200  1MiB  10s  capital-fields learning:read

POST   /notes                      generation  beta      200  1MiB  58s  passes-identity
GET    /notes                      generation  beta      200  1MiB  10s
PUT    /notes/{id}                 generation  beta      200  1MiB  10s
POST   /notes/{id}/cards           generation  beta      200  1MiB  10s  passes-identity
POST   /notes/{id}/card            generation  beta      200  1MiB  58s
GET    /content                    generation  beta      200  1MiB  10s  empty-outside-beta
POST   /content                    generation  beta      200  26MiB 58s
PATCH  /content/{id}               generation  beta      200  1MiB  10s
PUT    /content/{id}/annotation    generation  beta      200  1MiB  10s
DELETE /content/{id}               generation  beta      200  1MiB  10s
GET    /content/file/{id}          generation  beta      200  1MiB  10m0s  produces application/pdf
GET    /search                     generation  beta      200  1MiB  58s  passes-identity
`

// added are the other public routes.
const added = `
GET    /config/{name}              config      anyone    200  1MiB   10s

GET    /.well-known/jwks.json      user        anyone    200  1MiB  10s  bare max-age=5m0s

PATCH  /user                       user        signed-in 200  1MiB  10s  repeatable client
DELETE /user                       user        signed-in 200  1MiB  10s  throttled leaves-session
GET    /user/export                api         signed-in 200  1MiB  10s  throttled produces application/x-ndjson
POST   /user/password              user        signed-in 200  1MiB  10s  throttled client idempotent
POST   /user/password/forgot       user        anyone    200  1MiB  10s  throttled repeatable client idempotent
POST   /user/password/reset        user        anyone    200  1MiB  10s  throttled client idempotent
GET    /user/sessions              user        signed-in 200  1MiB  10s
DELETE /user/sessions              user        signed-in 200  1MiB  10s  repeatable client
DELETE /user/sessions/{id}         user        signed-in 200  1MiB  10s  client
GET    /user/tokens                user        verified  200  1MiB  10s
POST   /user/tokens                user        verified  201  1MiB  10s  throttled client idempotent
DELETE /user/tokens/{id}           user        verified  200  1MiB  10s  client

POST   /decks/{id}/publish         deck        verified  200  1MiB  10s  capital-fields decks:write idempotent
DELETE /decks/{id}/publish         deck        verified  200  1MiB  10s  capital-fields decks:write
GET    /content/{id}               generation  beta      200  1MiB  10s
GET    /cards/search               deck        verified  200  1MiB  10s  decks:read

GET    /learning/log               learning    verified  200  1MiB  10s  learning:read
POST   /learning/reviews           learning    verified  200  1MiB  10s  repeatable learning:write idempotent
POST   /learning/reviews/{id}/undo learning    verified  200  1MiB  10s  repeatable learning:write idempotent
GET    /learning/settings          learning    verified  200  1MiB  10s  learning:read
PATCH  /learning/settings          learning    verified  200  1MiB  58s  repeatable learning:write
POST   /learning/settings/undo     learning    verified  200  1MiB  58s  learning:write
GET    /learning/queue             learning    verified  200  1MiB  10s  learning:read
GET    /learning/cards/{id}        learning    verified  200  1MiB  10s  learning:read
POST   /learning/cards/{id}/reset  learning    verified  200  1MiB  10s  learning:write idempotent
POST   /learning/cards/{id}/suspend learning    verified  200  1MiB  10s  repeatable learning:write idempotent
POST   /learning/cards/{id}/resume learning    verified  200  1MiB  10s  repeatable learning:write idempotent
GET    /learning/cards/{id}/history learning    verified  200  1MiB  10s  learning:read
GET    /learning/cards/{id}/explain learning    verified  200  1MiB  10s  learning:read
POST   /learning/verify            learning    verified  200  1MiB  58s  repeatable learning:read idempotent
POST   /learning/rebuild           learning    verified  200  1MiB  58s  repeatable learning:write idempotent
GET    /learning/compare           learning    verified  200  1MiB  58s  learning:read
GET    /learning/stats             learning    verified  200  1MiB  58s  learning:read
GET    /learning/progress          learning    verified  200  1MiB  58s  learning:read
GET    /learning/decks/{id}/score  learning    verified  200  1MiB  10s  learning:read
GET    /learning/calibration       learning    verified  200  1MiB  58s  learning:read
GET    /learning/plots/{name}      learning    verified  200  1MiB  58s  produces image/svg+xml learning:read
`

// hidden are the routes that the gateway asks with the identity of a caller, and leads nobody to.
const hidden = `
GET    /export/generation          generation  signed-in 200  1MiB  10m0s produces application/x-ndjson
GET    /export/account             user        signed-in 200  1MiB  10m0s produces application/x-ndjson client
GET    /export/decks               deck        signed-in 200  1MiB  10m0s produces application/x-ndjson
GET    /export/learning            learning    signed-in 200  1MiB  10m0s produces application/x-ndjson
`

// internal are the routes that processes of spacey have for each other. The gateway leads nobody there.
const internal = `
POST   /internal/identity          user        internal  200  1MiB  10s
GET    /internal/jwks              user        internal  200  1MiB  10s  bare
`

func TestEveryRouteIsWhatItIsMeantToBe(t *testing.T) {
	var declared []string
	for _, e := range Endpoints() {
		declared = append(declared, line(e.Spec))
	}
	meant := lines(relied + added + hidden + internal)
	slices.Sort(declared)
	slices.Sort(meant)
	assert.Equal(t, meant, declared)
}

func TestTheDocumentHasEveryPublicRouteAndNoOther(t *testing.T) {
	raw, err := rest.OpenAPI(Endpoints(), rest.Info{})
	require.NoError(t, err)
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	require.NoError(t, json.Unmarshal(raw, &document))
	var documented, public []string
	for path, methods := range document.Paths {
		for method := range methods {
			documented = append(documented, strings.ToUpper(method)+" "+path)
		}
	}
	for _, route := range lines(relied + added) {
		words := strings.Fields(route)
		public = append(public, words[0]+" "+words[1])
	}
	assert.ElementsMatch(t, public, documented)
}

// lines returns the lines of a table, each with single spaces.
func lines(table string) []string {
	var found []string
	for line := range strings.Lines(table) {
		if words := strings.Fields(line); len(words) > 0 {
			found = append(found, strings.Join(words, " "))
		}
	}
	return found
}

// line returns a declaration as a line of the table.
func line(s rest.Spec) string {
	words := []string{
		s.Method, s.Path, services[s.Service], access[s.Access], fmt.Sprint(s.Status), size(s.MaxBody), s.Deadline.String(),
	}
	for _, special := range []struct {
		holds bool
		word  string
	}{
		{s.Throttled, "throttled"},
		{s.Repeatable, "repeatable"},
		{s.Session == rest.StartsSession, "starts-session"},
		{s.Session == rest.EndsSession, "ends-session"},
		{s.Session == rest.LeavesSession, "leaves-session"},
		{s.EmptyOutsideBeta, "empty-outside-beta"},
		{s.Bare, "bare"},
		{s.Produces != "", "produces " + s.Produces},
		{s.CapitalFields, "capital-fields"},
		{s.MaxAge > 0, "max-age=" + s.MaxAge.String()},
		{s.Scope != "", string(s.Scope)},
		{s.WantsClient, "client"},
		{s.Idempotent, "idempotent"},
		{s.PassesIdentity, "passes-identity"},
	} {
		if special.holds {
			words = append(words, special.word)
		}
	}
	return strings.Join(words, " ")
}

var services = map[rest.Service]string{
	rest.Gateway: "api", rest.Users: "user", rest.Configs: "config", rest.Decks: "deck", rest.Learning: "learning",
	rest.Generation: "generation",
}

var access = map[rest.Access]string{
	rest.Anyone: "anyone", rest.Optional: "optional", rest.SignedIn: "signed-in", rest.Verified: "verified", rest.Beta: "beta",
	rest.Internal: "internal",
}

func size(bytes int64) string {
	if bytes%(1<<20) != 0 {
		return fmt.Sprintf("%dB", bytes)
	}
	return fmt.Sprintf("%dMiB", bytes>>20)
}
