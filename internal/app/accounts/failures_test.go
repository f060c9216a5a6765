package accounts_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

// Failures are injected with mocks; what storage does right is tested on a real one.

var (
	noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	lost = domain.NewError(domain.CodeUnavailable, "no answer")
	ada  = domain.User{ID: "0190a000-0000-7000-8000-000000000001", Name: "Ada", Email: "ada@example.org", PasswordHash: "hash"}
)

type broken struct {
	service   *accounts.Service
	users     *mocks.Users
	attempts  *mocks.SignInAttempts
	audits    *mocks.Audits
	sessions  *mocks.Sessions
	tokens    *mocks.OneTimeTokens
	passwords *mocks.Passwords
	issuer    *mocks.TokenIssuer
	verifier  *mocks.SessionVerifier
	mailer    *mocks.Mailer
}

func newBroken(t *testing.T) broken {
	b := broken{
		users: mocks.NewUsers(t), attempts: mocks.NewSignInAttempts(t), audits: mocks.NewAudits(t), sessions: mocks.NewSessions(t), tokens: mocks.NewOneTimeTokens(t), passwords: mocks.NewPasswords(t),
		issuer: mocks.NewTokenIssuer(t), verifier: mocks.NewSessionVerifier(t), mailer: mocks.NewMailer(t),
	}
	clock, ids := mocks.NewClock(t), mocks.NewIDs(t)
	clock.EXPECT().Now().Return(noon).Maybe()
	ids.EXPECT().NewID().Return("0190a000-0000-7000-8000-0000000000ff").Maybe()
	b.attempts.EXPECT().Attempts(mock.Anything, mock.Anything).Return(domain.Attempts{}, nil).Maybe()
	b.attempts.EXPECT().UpdateAttempts(mock.Anything, mock.Anything, mock.Anything).Return(domain.Attempts{}, nil).Maybe()
	b.attempts.EXPECT().ForgetAttempts(mock.Anything, mock.Anything).Return(nil).Maybe()
	b.passwords.EXPECT().Outdated(mock.Anything).Return(false).Maybe()
	b.service = accounts.New(accounts.Needs{
		Storage: ports.Storage{
			Users: b.users, Sessions: b.sessions, OneTimeTokens: b.tokens, SignInAttempts: b.attempts, Audits: b.audits,
		},
		Passwords: b.passwords, Issuer: b.issuer, Verifier: b.verifier, Mailer: b.mailer, Clock: clock, IDs: ids,
	}, accounts.Policy{MinPassword: 6, SessionLifetime: time.Hour, VerifyLink: "https://example.org/verifying?token="})
	return b
}

func TestStorageThatIsAwayIsNotAWrongPassword(t *testing.T) {
	b := newBroken(t)
	b.users.EXPECT().UserByEmail(mock.Anything, "ada@example.org").Return(domain.User{}, lost)
	_, err := b.service.SignIn(t.Context(), "Ada@example.org ", "secret", domain.Client{})
	assert.ErrorIs(t, err, lost)
}

func TestAnUnknownAddressCostsAsMuchAsAWrongPassword(t *testing.T) {
	for name, unknown := range map[string]error{
		"unknown": domain.NotFound("account"), "of characters that cannot be stored": domain.Invalid("email", "no"),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBroken(t)
			b.users.EXPECT().UserByEmail(mock.Anything, mock.Anything).Return(domain.User{}, unknown)
			b.passwords.EXPECT().Verify(mock.Anything, "secret", "", mock.Anything).RunAndReturn(looks(false, nil)).Once()
			_, err := b.service.SignIn(t.Context(), "nobody@example.org", "secret", domain.Client{})
			assert.Equal(t, domain.CodeBadCredentials, domain.CodeOf(err))
		})
	}
}

func TestNobodyIsSignedInWithoutAStoredSession(t *testing.T) {
	b := newBroken(t)
	b.users.EXPECT().UserByEmail(mock.Anything, mock.Anything).Return(ada, nil)
	b.passwords.EXPECT().Verify(mock.Anything, "secret", "hash", mock.Anything).RunAndReturn(looks(true, nil))
	b.sessions.EXPECT().InsertSession(mock.Anything, mock.Anything).Return(lost)
	signedIn, err := b.service.SignIn(t.Context(), ada.Email, "secret", domain.Client{})
	assert.ErrorIs(t, err, lost)
	assert.Empty(t, signedIn.Token)
}

func TestAFaultySignUpReachesNothing(t *testing.T) {
	b := newBroken(t)
	_, err := b.service.SignUp(t.Context(), domain.SignUp{}, domain.Client{})
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
}

func TestWhoStandsBehindASession(t *testing.T) {
	claims := domain.SessionClaims{User: ada.ID, Session: "s"}
	cases := map[string]struct {
		session    domain.Session
		sessionErr error
		userErr    error
		want       domain.Code
	}{
		"an ended session is nobody":        {sessionErr: domain.NotFound("session"), want: domain.CodeUnauthenticated},
		"an expired session is nobody":      {session: domain.Session{ExpiresAt: noon}, want: domain.CodeUnauthenticated},
		"a deleted account is nobody":       {session: domain.Session{ExpiresAt: noon.Add(time.Hour)}, userErr: domain.NotFound("user"), want: domain.CodeUnauthenticated},
		"lost storage is not a bad session": {sessionErr: lost, want: domain.CodeUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBroken(t)
			b.verifier.EXPECT().VerifySession(mock.Anything, "token").Return(claims, nil)
			b.sessions.EXPECT().Session(mock.Anything, ada.ID, domain.SessionID("s")).Return(c.session, c.sessionErr)
			b.users.EXPECT().User(mock.Anything, ada.ID).Return(ada, c.userErr).Maybe()
			_, err := b.service.Identify(t.Context(), "token")
			assert.Equal(t, c.want, domain.CodeOf(err))
		})
	}
	t.Run("an identity does not outlive its session", func(t *testing.T) {
		b := newBroken(t)
		b.verifier.EXPECT().VerifySession(mock.Anything, "token").Return(claims, nil)
		ends := noon.Add(time.Minute)
		b.sessions.EXPECT().Session(mock.Anything, ada.ID, domain.SessionID("s")).Return(domain.Session{ID: "s", ExpiresAt: ends}, nil)
		b.users.EXPECT().User(mock.Anything, ada.ID).Return(ada, nil)
		b.issuer.EXPECT().IssueIdentity(mock.MatchedBy(func(i domain.Identity) bool { return i.ExpiresAt.Equal(ends) })).Return("identity", nil)
		token, err := b.service.Identify(t.Context(), "token")
		require.NoError(t, err)
		assert.Equal(t, "identity", token)
	})
}

func TestAMailThatCannotBeSentIsTold(t *testing.T) {
	b := newBroken(t)
	b.users.EXPECT().User(mock.Anything, ada.ID).Return(ada, nil)
	var stored domain.OneTimeToken
	b.tokens.EXPECT().InsertToken(mock.Anything, mock.Anything).RunAndReturn(func(_ context.Context, token domain.OneTimeToken) error {
		stored = token
		return nil
	})
	var link string
	b.mailer.EXPECT().SendVerification(mock.Anything, ada, mock.Anything).RunAndReturn(func(_ context.Context, _ domain.User, l string) error {
		link = l
		return lost
	})
	assert.ErrorIs(t, b.service.SendVerification(t.Context(), domain.Identity{User: ada.ID}), lost)
	assert.Equal(t, noon.Add(24*time.Hour), stored.ExpiresAt)
	assert.NotContains(t, link, stored.Hash, "the secret is mailed, its hash is stored")
}

func TestAnAuditLogThatIsAwayStopsNobody(t *testing.T) {
	b := newBroken(t)
	b.sessions.EXPECT().EndSession(mock.Anything, ada.ID, domain.SessionID("s")).Return(nil)
	b.audits.EXPECT().InsertAudit(mock.Anything, mock.Anything).Return(lost)
	assert.NoError(t, b.service.SignOut(t.Context(), domain.Identity{User: ada.ID, Session: "s"}, domain.Client{}))
}

func TestASessionThatWasOpenedWhileThePasswordWasChangedIsEnded(t *testing.T) {
	for name, now := range map[string]struct {
		user domain.User
		err  error
	}{
		"another password":     {user: domain.User{ID: ada.ID, PasswordHash: "another"}},
		"a disabled account":   {user: domain.User{ID: ada.ID, PasswordHash: "hash", Disabled: true}},
		"an account that left": {err: domain.NotFound("account")},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBroken(t)
			b.users.EXPECT().UserByEmail(mock.Anything, mock.Anything).Return(ada, nil)
			b.passwords.EXPECT().Verify(mock.Anything, "secret", "hash", mock.Anything).RunAndReturn(looks(true, nil))
			var opened domain.SessionID
			b.sessions.EXPECT().InsertSession(mock.Anything, mock.Anything).RunAndReturn(func(_ context.Context, s domain.Session) error {
				opened = s.ID
				return nil
			})
			b.users.EXPECT().User(mock.Anything, ada.ID).Return(now.user, now.err)
			b.sessions.EXPECT().EndSession(mock.Anything, ada.ID, mock.Anything).RunAndReturn(func(_ context.Context, _ domain.UserID, id domain.SessionID) error {
				assert.Equal(t, opened, id)
				return nil
			}).Once()
			_, err := b.service.SignIn(t.Context(), ada.Email, "secret", domain.Client{})
			assert.Equal(t, domain.CodeBadCredentials, domain.CodeOf(err))
		})
	}
}

// looks is passwords whose turn comes.
func looks(right bool, err error) func(context.Context, string, string, func() error) (bool, error) {
	return func(_ context.Context, _, _ string, begin func() error) (bool, error) {
		if err := begin(); err != nil {
			return false, err
		}
		return right, err
	}
}

func TestAPasswordThatIsNotLookedAtIsNoFailure(t *testing.T) {
	b := newBroken(t)
	b.attempts.ExpectedCalls = nil // nothing is counted: that would panic
	b.attempts.EXPECT().Attempts(mock.Anything, mock.Anything).Return(domain.Attempts{}, nil)
	b.users.EXPECT().UserByEmail(mock.Anything, mock.Anything).Return(ada, nil)
	b.passwords.EXPECT().Verify(mock.Anything, "secret", "hash", mock.Anything).Return(false, lost)
	_, err := b.service.SignIn(t.Context(), ada.Email, "secret", domain.Client{})
	assert.ErrorIs(t, err, lost)
}
