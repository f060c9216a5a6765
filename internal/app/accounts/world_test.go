package accounts_test

import (
	"context"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/argon2"
	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const (
	firefox   = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
	right     = "lovelace-1815"
	another   = "analytical-1843"
	resetLink = "https://example.org/reset-password?token="
)

var (
	home     = domain.NewClient(netip.MustParseAddr("203.0.113.7"), firefox)
	stranger = domain.NewClient(netip.MustParseAddr("198.51.100.9"), "curl/8.0")
)

// hands is a clock that is set by hand.
type hands struct{ now time.Time }

func (h *hands) Now() time.Time { return h.now }

func (h *hands) pass(d time.Duration) { h.now = h.now.Add(d) }

// mailbox is a mailer that keeps what it is given.
type mailbox struct{ mails []mail }

type mail struct{ kind, to, text string }

func (m *mailbox) add(kind string, to domain.User, text string) error {
	m.mails = append(m.mails, mail{kind, to.Email, text})
	return nil
}

func (m *mailbox) SendVerification(_ context.Context, to domain.User, link string) error {
	return m.add("verification", to, link)
}

func (m *mailbox) SendPasswordReset(_ context.Context, to domain.User, link string) error {
	return m.add("reset", to, link)
}

func (m *mailbox) SendPasswordChanged(_ context.Context, to domain.User, _ time.Time) error {
	return m.add("changed", to, "")
}

func (m *mailbox) SendNewSignIn(_ context.Context, to domain.User, _ time.Time, place string) error {
	return m.add("new sign-in", to, place)
}

// world is accounts over a real engine, with a clock and a mailbox of its own.
type world struct {
	*accounts.Service
	storage ports.Storage
	clock   *hands
	mail    *mailbox
	verify  ports.IdentityVerifier
}

func newWorld(t *testing.T) *world {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Migrate(t.Context()))
	key, err := jwt.GenerateKey()
	require.NoError(t, err)
	w := &world{storage: store.Ports(), clock: &hands{noon}, mail: &mailbox{}}
	signer := jwt.NewSigner(key, w.clock)
	verifier := jwt.NewVerifier(signer.Keys(), w.clock)
	w.verify = verifier
	w.Service = accounts.New(accounts.Needs{
		Storage: w.storage, Passwords: argon2.New(), Issuer: signer, Verifier: verifier, Mailer: w.mail, Clock: w.clock, IDs: system.IDs{},
	}, accounts.Policy{MinPassword: 6, SessionLifetime: time.Hour, VerifyLink: "https://example.org/verifying?token=", ResetLink: resetLink})
	return w
}

// signUp opens Ada's account from her home.
func (w *world) signUp(t *testing.T) accounts.SignedIn {
	t.Helper()
	signedIn, err := w.SignUp(t.Context(), domain.SignUp{Name: "Ada", Email: "ada@example.org", Password: right}, home)
	require.NoError(t, err)
	return signedIn
}

// who returns who a token stands for now, and fails when it stands for nobody.
func (w *world) who(t *testing.T, token string) domain.Identity {
	t.Helper()
	text, err := w.Identify(t.Context(), token)
	require.NoError(t, err)
	identity, err := w.verify.VerifyIdentity(t.Context(), text)
	require.NoError(t, err)
	return identity
}

// ended checks that a token is no good any more.
func (w *world) ended(t *testing.T, token string) {
	t.Helper()
	_, err := w.Identify(t.Context(), token)
	assert.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err))
}

// signIn tries to sign in as Ada, and returns the code of the failure.
func (w *world) signIn(t *testing.T, password string, client domain.Client) (string, domain.Code) {
	t.Helper()
	signedIn, err := w.SignIn(t.Context(), "ada@example.org", password, client)
	return signedIn.Token, domain.CodeOf(err)
}

// post sends the mails that wait, and returns all of a kind.
func (w *world) post(t *testing.T, kind string) []mail {
	t.Helper()
	w.Post().Flush(t.Context())
	var found []mail
	for _, m := range w.mail.mails {
		if m.kind == kind {
			found = append(found, m)
		}
	}
	return found
}

// resetToken asks for a link to choose a new password and returns the token in it.
func (w *world) resetToken(t *testing.T) string {
	t.Helper()
	before := len(w.post(t, "reset"))
	require.NoError(t, w.ForgotPassword(t.Context(), " ADA@example.org", stranger))
	mails := w.post(t, "reset")
	require.Len(t, mails, before+1)
	token, found := strings.CutPrefix(mails[before].text, resetLink)
	require.True(t, found)
	return token
}

// actions returns what the audit log says of a person, or with "" of the installation.
func (w *world) actions(t *testing.T, user domain.UserID) []domain.Action {
	t.Helper()
	entries, err := w.storage.Audits.AuditsOf(t.Context(), user, ports.Page{Limit: 100})
	require.NoError(t, err)
	actions := []domain.Action{}
	for _, entry := range entries {
		actions = append(actions, entry.Action)
	}
	return actions
}
