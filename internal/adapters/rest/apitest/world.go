// Package apitest is what the routes of the services are tested with: they run on the real use cases, over a real
// storage in a temporary folder, and are asked by HTTP.
package apitest

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// ServiceToken is the credential of Internal routes.
const ServiceToken = "service-credential"

// World is a service with what is around it.
type World struct {
	Storage  ports.Storage
	Clock    system.Clock
	IDs      system.IDs
	Signer   *jwt.Signer
	Verifier *jwt.Verifier

	app    *fiber.App
	values values
}

// New returns a world with an empty storage. Serve gives it routes.
func New(t *testing.T) *World {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Migrate(t.Context()))
	key, err := jwt.GenerateKey()
	require.NoError(t, err)
	w := &World{Storage: store.Ports(), Signer: jwt.NewSigner(key, system.Clock{}), values: values{}}
	w.Verifier = jwt.NewVerifier(w.Signer.Keys(), w.Clock)
	w.values["token:service"] = ServiceToken
	return w
}

// Serve makes the world answer these routes.
func (w *World) Serve(endpoints ...rest.Endpoint) {
	w.app = rest.NewServer(rest.ServerOptions{
		Verifier: w.Verifier, ServiceToken: ServiceToken, Cookies: rest.Cookies{MaxAge: time.Hour},
		Idempotency: w.Storage.Idempotency, Clock: w.Clock,
	}, endpoints...)
}

// Person lets somebody call: <token:name> is their identity token and <id:name> their id.
func (w *World) Person(t *testing.T, name string, verified, beta bool) {
	t.Helper()
	user := domain.UserID(w.IDs.NewID())
	token, err := w.Signer.IssueIdentity(domain.Identity{
		User: user, Session: domain.SessionID(w.IDs.NewID()), EmailVerified: verified, Beta: beta,
	})
	require.NoError(t, err)
	w.values["token:"+name], w.values["id:"+name] = token, string(user)
}

// Program lets a program call with an API token of somebody: <token:name> is its identity token.
func (w *World) Program(t *testing.T, owner, name string, scopes ...domain.Scope) {
	t.Helper()
	token, err := w.Signer.IssueIdentity(domain.Identity{
		User: domain.UserID(w.Value("id:" + owner)), EmailVerified: true, Token: domain.APITokenID(w.IDs.NewID()), Scopes: scopes,
	})
	require.NoError(t, err)
	w.values["token:"+name] = token
}

// Set gives a value a name, for example "token:mail".
func (w *World) Set(name, value string) { w.values[name] = value }

// Value returns the value that has a name, for example "id:deck".
func (w *World) Value(name string) string { return w.values[name] }
