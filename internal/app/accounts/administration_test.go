package accounts_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

// plainPasswords hashes nothing: what a slow hash is for is tested elsewhere.
type plainPasswords struct{}

func (plainPasswords) Hash(_ context.Context, password string) (string, error) {
	return "hash of " + password, nil
}

func (plainPasswords) Verify(_ context.Context, password, hash string, _ func() error) (bool, error) {
	return hash == "hash of "+password, nil
}
func (plainPasswords) Outdated(string) bool        { return false }
func (plainPasswords) Common(password string) bool { return password == "password" }

// administered returns the use cases of the operator root over a real storage.
func administered(t *testing.T) (*accounts.Administration, ports.Storage) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	storage := store.Ports()
	return accounts.NewAdministration(storage, plainPasswords{}, system.Clock{}, system.IDs{}, 6, "root"), storage
}

func openAccount(t *testing.T, a *accounts.Administration, email string) domain.User {
	t.Helper()
	user, err := a.Create(t.Context(), accounts.NewAccount{SignUp: domain.SignUp{Name: "Ada", Email: email, Password: "secret"}})
	require.NoError(t, err)
	return user
}

// openSessionOf stores a sign-in of a person.
func openSessionOf(t *testing.T, storage ports.Storage, owner domain.UserID) {
	t.Helper()
	now := system.Clock{}.Now()
	require.NoError(t, storage.Sessions.InsertSession(t.Context(), domain.Session{
		ID: domain.SessionID(system.IDs{}.NewID()), Owner: owner, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}))
}

func sessionsOf(t *testing.T, storage ports.Storage, owner domain.UserID) []domain.Session {
	t.Helper()
	sessions, err := storage.Sessions.SessionsOf(t.Context(), owner, ports.Page{Limit: 10})
	require.NoError(t, err)
	return sessions
}

// noted returns what the audit log says of a person, all of it by the operator.
func noted(t *testing.T, storage ports.Storage, subject domain.UserID) []domain.Action {
	t.Helper()
	entries, err := storage.Audits.AuditsOf(t.Context(), subject, ports.Page{Limit: 100})
	require.NoError(t, err)
	actions := []domain.Action{}
	for _, entry := range entries {
		assert.Equal(t, "operator:root", entry.Actor)
		assert.Empty(t, entry.Address)
		actions = append(actions, entry.Action)
	}
	return actions
}

func TestAnOperatorFindsAccounts(t *testing.T) {
	a, _ := administered(t)
	user := openAccount(t, a, "Ada@example.org")
	for _, who := range []string{string(user.ID), "Ada@example.org", " ada@EXAMPLE.org"} {
		found, err := a.Find(t.Context(), who)
		require.NoError(t, err, who)
		assert.Equal(t, user.ID, found.ID)
	}
	for who, message := range map[string]string{
		"0190a000-0000-7000-8000-000000000001": "no account with the id \"0190a000",
		"bob@example.org":                      "no account with the e-mail address \"bob@example.org\"",
		"a\x00b":                               "no account with the e-mail address",
		"":                                     "no account with the e-mail address",
	} {
		_, err := a.Find(t.Context(), who)
		assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err), "%q", who)
		assert.ErrorContains(t, err, message)
	}
}

func TestAnOperatorOpensAccounts(t *testing.T) {
	a, storage := administered(t)
	t.Run("with the flags that are asked for, and notes it", func(t *testing.T) {
		for i, request := range []accounts.NewAccount{{Verified: true}, {Beta: true}} {
			request.SignUp = domain.SignUp{Name: " Ada ", Email: []string{"a@example.org", "b@example.org"}[i], Password: "secret"}
			user, err := a.Create(t.Context(), request)
			require.NoError(t, err)
			stored, err := storage.Users.User(t.Context(), user.ID)
			require.NoError(t, err)
			assert.Equal(t, user, stored)
			assert.Equal(t, "Ada", stored.Name)
			assert.Equal(t, "hash of secret", stored.PasswordHash)
			assert.Equal(t, [2]bool{request.Verified, request.Beta}, [2]bool{stored.EmailVerified, stored.Beta})
			assert.Equal(t, []domain.Action{domain.ActionAccountCreated}, noted(t, storage, user.ID))
		}
	})
	for name, c := range map[string]struct {
		signUp domain.SignUp
		code   domain.Code
	}{
		"an address that has an account is refused": {domain.SignUp{Name: "A", Email: "A@example.org", Password: "secret"}, domain.CodeEmailTaken},
		"a short password is refused":               {domain.SignUp{Name: "A", Email: "c@example.org", Password: "short"}, domain.CodeInvalid},
		"a common password is refused":              {domain.SignUp{Name: "A", Email: "c@example.org", Password: "password"}, domain.CodeInvalid},
		"what is no address is refused":             {domain.SignUp{Name: "A", Email: "c", Password: "secret"}, domain.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := a.Create(t.Context(), accounts.NewAccount{SignUp: c.signUp})
			assert.Equal(t, c.code, domain.CodeOf(err))
			users, err := storage.Users.ListUsers(t.Context(), ports.Page{Limit: 10})
			require.NoError(t, err)
			assert.Len(t, users, 2)
		})
	}
}

func TestAnOperatorChangesFlagsAndNotesWhatHasChanged(t *testing.T) {
	a, storage := administered(t)
	user := openAccount(t, a, "ada@example.org")
	other := openAccount(t, a, "bob@example.org")
	for _, step := range []struct {
		name   string
		do     func(context.Context, domain.UserID) (bool, error)
		action domain.Action
		want   [3]bool // verified, beta, disabled
	}{
		{"verify", a.Verify, domain.ActionEmailVerified, [3]bool{true, false, false}},
		{"into the beta", func(ctx context.Context, id domain.UserID) (bool, error) { return a.SetBeta(ctx, id, true) }, domain.ActionBetaGiven, [3]bool{true, true, false}},
		{"disable", a.Disable, domain.ActionDisabled, [3]bool{true, true, true}},
		{"out of the beta", func(ctx context.Context, id domain.UserID) (bool, error) { return a.SetBeta(ctx, id, false) }, domain.ActionBetaTaken, [3]bool{true, false, true}},
		{"enable", a.Enable, domain.ActionEnabled, [3]bool{true, false, false}},
	} {
		before := noted(t, storage, user.ID)
		for _, first := range []bool{true, false} {
			changed, err := step.do(t.Context(), user.ID)
			require.NoError(t, err, step.name)
			assert.Equal(t, first, changed, "%s: the second time it is so already", step.name)
			stored, err := storage.Users.User(t.Context(), user.ID)
			require.NoError(t, err)
			assert.Equal(t, step.want, [3]bool{stored.EmailVerified, stored.Beta, stored.Disabled}, step.name)
			assert.False(t, stored.UpdatedAt.Before(user.UpdatedAt))
		}
		assert.Equal(t, append(before, step.action), noted(t, storage, user.ID), "%s is noted once", step.name)
		_, err := step.do(t.Context(), "0190a000-0000-7000-8000-000000000001")
		assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err), "%s of nobody", step.name)
	}
	stored, err := storage.Users.User(t.Context(), other.ID)
	require.NoError(t, err)
	assert.Equal(t, other, stored, "nobody else has changed")
}

func TestADisabledAccountHasNoSessionAndKeepsItsTokens(t *testing.T) {
	a, storage := administered(t)
	user, other := openAccount(t, a, "ada@example.org"), openAccount(t, a, "bob@example.org")
	token := domain.APIToken{
		ID: "0190a000-0000-7000-8000-000000000002", Owner: user.ID, Name: "t", Hash: "h", Scopes: domain.Scopes(), CreatedAt: noon,
	}
	require.NoError(t, storage.APITokens.PutAPIToken(t.Context(), token))
	openSessionOf(t, storage, other.ID)
	for range 2 { // the second time as after a call that was cut off
		openSessionOf(t, storage, user.ID)
		openSessionOf(t, storage, user.ID)
		_, err := a.Disable(t.Context(), user.ID)
		require.NoError(t, err)
		assert.Empty(t, sessionsOf(t, storage, user.ID))
	}
	assert.Len(t, sessionsOf(t, storage, other.ID), 1)
	_, err := storage.APITokens.APIToken(t.Context(), user.ID, token.ID)
	require.NoError(t, err)
}

func TestADeletedAccountIsGoneAtOnceAndTheRestIsAskedFor(t *testing.T) {
	a, storage := administered(t)
	user, other := openAccount(t, a, "ada@example.org"), openAccount(t, a, "bob@example.org")
	openSessionOf(t, storage, user.ID)
	require.NoError(t, a.Delete(t.Context(), user.ID))

	_, err := a.Find(t.Context(), "ada@example.org")
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	assert.Empty(t, sessionsOf(t, storage, user.ID))
	deletions, err := storage.Deletions.Deletions(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, deletions, 1)
	assert.Equal(t, user.ID, deletions[0].Owner)
	assert.Empty(t, deletions[0].Cleared, "the services do every part, this one too")
	_, err = a.Find(t.Context(), string(other.ID))
	require.NoError(t, err)

	_, err = storage.Erasure.EraseAccount(t.Context(), user.ID) // as the services do later
	require.NoError(t, err)
	assert.Empty(t, noted(t, storage, user.ID))
	entries, err := storage.Audits.AuditsOf(t.Context(), "", ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, entries, 1, "who has deleted it stays known")
	assert.Equal(t, domain.ActionDeletionRequested, entries[0].Action)
	assert.Equal(t, string(user.ID), entries[0].Object)
	assert.Equal(t, "operator:root", entries[0].Actor)
}

// operated are the use cases of an operator over storage that fails.
type operated struct {
	*accounts.Administration
	users     *mocks.Users
	sessions  *mocks.Sessions
	audits    *mocks.Audits
	deletions *mocks.Deletions
	erasure   *mocks.Erasure
}

func newOperated(t *testing.T) operated {
	o := operated{
		users: mocks.NewUsers(t), sessions: mocks.NewSessions(t), audits: mocks.NewAudits(t), deletions: mocks.NewDeletions(t),
		erasure: mocks.NewErasure(t),
	}
	clock := mocks.NewClock(t)
	clock.EXPECT().Now().Return(noon).Maybe()
	o.Administration = accounts.NewAdministration(ports.Storage{
		Users: o.users, Sessions: o.sessions, Audits: o.audits, Deletions: o.deletions, Erasure: o.erasure,
	}, plainPasswords{}, clock, system.IDs{}, 6, "root")
	return o
}

func TestWhatAnOperatorCannotHaveIsTold(t *testing.T) {
	t.Run("storage that is away is not an unknown person", func(t *testing.T) {
		o := newOperated(t)
		o.users.EXPECT().UserByEmail(mock.Anything, "ada@example.org").Return(domain.User{}, lost)
		_, err := o.Find(t.Context(), "ada@example.org")
		assert.ErrorIs(t, err, lost)
	})
	t.Run("an address that storage refuses is one of an unknown person", func(t *testing.T) {
		o := newOperated(t)
		o.users.EXPECT().UserByEmail(mock.Anything, "a\x00b").Return(domain.User{}, domain.Invalid("email", "no"))
		_, err := o.Find(t.Context(), "a\x00b")
		assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
	})
	t.Run("a change that is not in the audit log says so, and that it is done", func(t *testing.T) {
		o := newOperated(t)
		o.users.EXPECT().UpdateUser(mock.Anything, ada.ID, mock.Anything).RunAndReturn(
			func(_ context.Context, _ domain.UserID, edit func(*domain.User) error) (domain.User, error) {
				user := ada
				return user, edit(&user)
			})
		o.audits.EXPECT().InsertAudit(mock.Anything, mock.Anything).Return(lost)
		changed, err := o.Verify(t.Context(), ada.ID)
		assert.True(t, changed)
		require.ErrorIs(t, err, lost)
		assert.ErrorContains(t, err, "it is done, but the audit log does not have it")
	})
	t.Run("sessions that did not end are told", func(t *testing.T) {
		o := newOperated(t)
		o.users.EXPECT().UpdateUser(mock.Anything, ada.ID, mock.Anything).Return(ada, nil)
		o.audits.EXPECT().InsertAudit(mock.Anything, mock.Anything).Return(nil)
		o.sessions.EXPECT().EndSessions(mock.Anything, ada.ID, domain.SessionID("")).Return(lost)
		_, err := o.Disable(t.Context(), ada.ID)
		assert.ErrorIs(t, err, lost)
	})
	t.Run("sessions end even when the audit log is away", func(t *testing.T) {
		o := newOperated(t)
		o.users.EXPECT().UpdateUser(mock.Anything, ada.ID, mock.Anything).Return(ada, nil)
		o.audits.EXPECT().InsertAudit(mock.Anything, mock.Anything).Return(lost)
		o.sessions.EXPECT().EndSessions(mock.Anything, ada.ID, domain.SessionID("")).Return(nil).Once()
		_, err := o.Disable(t.Context(), ada.ID)
		assert.ErrorIs(t, err, lost)
	})
	t.Run("nothing is deleted that the audit log does not have", func(t *testing.T) {
		o := newOperated(t)
		o.audits.EXPECT().InsertAudit(mock.Anything, mock.Anything).Return(lost)
		assert.ErrorIs(t, o.Delete(t.Context(), ada.ID), lost)
	})
	t.Run("nothing is erased that was not asked for", func(t *testing.T) {
		o := newOperated(t)
		o.audits.EXPECT().InsertAudit(mock.Anything, mock.Anything).Return(nil)
		o.deletions.EXPECT().InsertDeletion(mock.Anything, domain.NewDeletion(ada.ID, noon)).Return(lost)
		assert.ErrorIs(t, o.Delete(t.Context(), ada.ID), lost)
	})
	t.Run("a deletion is noted, then asked for, then the account is erased piece by piece", func(t *testing.T) {
		o := newOperated(t)
		noted := o.audits.EXPECT().InsertAudit(mock.Anything, mock.Anything).Return(nil).Once()
		asked := o.deletions.EXPECT().InsertDeletion(mock.Anything, mock.Anything).Return(nil).NotBefore(noted)
		pieces := o.erasure.EXPECT().EraseAccount(mock.Anything, ada.ID).Return(false, nil).Times(2).NotBefore(asked)
		o.erasure.EXPECT().EraseAccount(mock.Anything, ada.ID).Return(true, nil).Once().NotBefore(pieces)
		require.NoError(t, o.Delete(t.Context(), ada.ID))
	})
	t.Run("an erasure that is cut off says that the services complete it", func(t *testing.T) {
		o := newOperated(t)
		o.audits.EXPECT().InsertAudit(mock.Anything, mock.Anything).Return(nil)
		o.deletions.EXPECT().InsertDeletion(mock.Anything, mock.Anything).Return(nil)
		o.erasure.EXPECT().EraseAccount(mock.Anything, ada.ID).Return(false, lost)
		err := o.Delete(t.Context(), ada.ID)
		require.ErrorIs(t, err, lost)
		assert.ErrorContains(t, err, "the deletion is asked for, and the services complete it")
	})
}
