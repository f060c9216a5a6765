package accounts_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/moshrank/spacey-backend/internal/adapters/argon2"
	"github.com/moshrank/spacey-backend/internal/adapters/jwt"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestAnEndedSessionMakesNoAPIToken(t *testing.T) {
	w := newWorld(t)
	here := w.signUp(t)
	thief := w.who(t, here.Token) // what a gateway remembers for 30 s
	require.NoError(t, w.ResetPassword(t.Context(), w.resetToken(t), another, home))
	w.ended(t, here.Token)
	made, err := w.CreateToken(t.Context(), thief, domain.NewAPIToken{Name: "x", Scopes: domain.Scopes()}, "", stranger)
	assert.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err))
	if err == nil {
		w.ended(t, made.Text)
	}
}

// meanwhile is passwords beside which something happens while the first one is hashed.
type meanwhile struct {
	ports.Passwords
	do func()
}

func (m *meanwhile) Hash(ctx context.Context, p string) (string, error) {
	if m.do != nil {
		do := m.do
		m.do = nil
		do()
	}
	return m.Passwords.Hash(ctx, p)
}

func TestAPasswordThatWasChangedWhileItsHashIsRenewedSignsNobodyIn(t *testing.T) {
	w := newWorld(t)
	user := w.signUp(t).User
	set := func(p string) {
		old, err := bcrypt.GenerateFromPassword([]byte(p), bcrypt.MinCost)
		require.NoError(t, err)
		_, err = w.storage.Users.UpdateUser(t.Context(), user.ID, func(u *domain.User) error {
			u.PasswordHash = string(old)
			return nil
		})
		require.NoError(t, err)
	}
	set(right)
	key, err := jwt.GenerateKey()
	require.NoError(t, err)
	signer := jwt.NewSigner(key, w.clock)
	m := &meanwhile{Passwords: argon2.New(), do: func() { set(another) }}
	s := accounts.New(accounts.Needs{
		Storage: w.storage, Passwords: m, Issuer: signer, Verifier: jwt.NewVerifier(signer.Keys(), w.clock), Mailer: w.mail,
		Clock: w.clock, IDs: system.IDs{},
	}, accounts.Policy{MinPassword: 6, SessionLifetime: time.Hour})
	_, err = s.SignIn(t.Context(), "ada@example.org", right, home)
	assert.Equal(t, domain.CodeBadCredentials, domain.CodeOf(err))
}

func TestAnEndedSessionUsesNoLinkUp(t *testing.T) {
	w := newWorld(t)
	here := w.signUp(t)
	caller := w.who(t, here.Token)
	require.NoError(t, w.SendVerification(t.Context(), caller))
	link := w.post(t, "verification")[0].text[len("https://example.org/verifying?token="):]
	require.NoError(t, w.SignOut(t.Context(), caller, home))
	_, err := w.Verify(t.Context(), caller, link, home)
	require.Equal(t, domain.CodeUnauthenticated, domain.CodeOf(err))
	again, code := w.signIn(t, right, home)
	require.Empty(t, code)
	verified, err := w.Verify(t.Context(), w.who(t, again), link, home)
	require.NoError(t, err)
	assert.True(t, verified.User.EmailVerified)
}
