package accounts_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/moshrank/spacey-backend/internal/app/accounts"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func TestACommonPasswordIsRefused(t *testing.T) {
	w := newWorld(t)
	_, err := w.SignUp(t.Context(), domain.SignUp{Name: "Ada", Email: "ada@example.org", Password: "Password1"}, home)
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
	_, code := w.signIn(t, "Password1", home)
	assert.Equal(t, domain.CodeBadCredentials, code)
}

func TestASignInFromANewPlaceIsTold(t *testing.T) {
	w := newWorld(t)
	w.signUp(t)
	_, code := w.signIn(t, right, home)
	require.Empty(t, code)
	assert.Empty(t, w.post(t, "new sign-in"), "the place of the sign-up is known")
	for range 2 {
		_, code = w.signIn(t, right, stranger)
		require.Empty(t, code)
	}
	assert.Equal(t, []mail{{"new sign-in", "ada@example.org", "curl, 198.51.100.9"}}, w.post(t, "new sign-in"), "once")
}

func TestAnOldHashIsReplacedAtSignIn(t *testing.T) {
	w := newWorld(t)
	user := w.signUp(t).User
	old, err := bcrypt.GenerateFromPassword([]byte(right), bcrypt.MinCost)
	require.NoError(t, err)
	_, err = w.storage.Users.UpdateUser(t.Context(), user.ID, func(u *domain.User) error {
		u.PasswordHash = string(old)
		return nil
	})
	require.NoError(t, err)
	for range 2 {
		_, code := w.signIn(t, right, home)
		require.Empty(t, code)
		stored, err := w.storage.Users.User(t.Context(), user.ID)
		require.NoError(t, err)
		assert.Contains(t, stored.PasswordHash, "$argon2id$")
	}
}

func TestChangingThePassword(t *testing.T) {
	w := newWorld(t)
	here := w.signUp(t)
	there, code := w.signIn(t, right, stranger)
	require.Empty(t, code)
	caller := w.who(t, here.Token)

	t.Run("needs the current one", func(t *testing.T) {
		err := w.ChangePassword(t.Context(), caller, "wrong", another, home)
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
		w.who(t, there)
	})
	t.Run("needs a good new one", func(t *testing.T) {
		for _, bad := range []string{"short", "password"} {
			err := w.ChangePassword(t.Context(), caller, right, bad, home)
			require.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
		}
	})
	t.Run("ends the other sessions, leaves the own one, and is told by mail", func(t *testing.T) {
		asked := w.resetToken(t)
		require.NoError(t, w.ChangePassword(t.Context(), caller, right, another, home))
		w.who(t, here.Token)
		w.ended(t, there)
		assert.Len(t, w.post(t, "changed"), 1)
		_, code := w.signIn(t, right, home)
		assert.Equal(t, domain.CodeBadCredentials, code)
		_, code = w.signIn(t, another, home)
		assert.Empty(t, code)
		assert.Equal(t, domain.CodeBadToken, domain.CodeOf(w.ResetPassword(t.Context(), asked, "a-third-one", home)), "a link that was on its way is dead")
	})
	t.Run("guessing the current one has to wait", func(t *testing.T) {
		for range 6 {
			_ = w.ChangePassword(t.Context(), caller, "wrong", another, home)
		}
		err := w.ChangePassword(t.Context(), caller, another, "a-third-one", home)
		assert.Equal(t, domain.CodeTooManyAttempts, domain.CodeOf(err))
	})
}

func TestResettingThePassword(t *testing.T) {
	t.Run("ends every session and API token, proves the address, and lets in who was kept out", func(t *testing.T) {
		w := newWorld(t)
		signedIn := w.signUp(t)
		token, err := w.CreateToken(t.Context(), w.who(t, signedIn.Token), domain.NewAPIToken{Name: "x", Scopes: domain.Scopes()}, "", home)
		require.NoError(t, err)
		for range 50 {
			w.signIn(t, "wrong", stranger)
		}
		require.NoError(t, w.ResetPassword(t.Context(), w.resetToken(t), another, stranger))
		w.ended(t, signedIn.Token)
		w.ended(t, token.Text)
		fresh, code := w.signIn(t, another, stranger)
		require.Empty(t, code)
		assert.True(t, w.who(t, fresh).EmailVerified)
		assert.Len(t, w.post(t, "changed"), 1)
		assert.Empty(t, w.post(t, "new sign-in"), "the place of the reset is known")
	})
	t.Run("works once, for an hour, by the newest password, and by no other secret", func(t *testing.T) {
		w := newWorld(t)
		user := w.signUp(t).User
		for _, bad := range []string{"", "x", string(user.ID), string(user.ID) + "_", string(user.ID) + "_guess"} {
			require.Equal(t, domain.CodeBadToken, domain.CodeOf(w.ResetPassword(t.Context(), bad, another, home)), bad)
		}
		used, second := w.resetToken(t), w.resetToken(t)
		require.NoError(t, w.ResetPassword(t.Context(), used, another, home))
		for _, dead := range []string{used, second} {
			require.Equal(t, domain.CodeBadToken, domain.CodeOf(w.ResetPassword(t.Context(), dead, "a-third-one", home)))
		}
		w.clock.pass(24 * time.Hour)
		late := w.resetToken(t)
		w.clock.pass(time.Hour + time.Millisecond)
		require.Equal(t, domain.CodeBadToken, domain.CodeOf(w.ResetPassword(t.Context(), late, "a-third-one", home)))
	})
	t.Run("a bad password does not use the link up", func(t *testing.T) {
		w := newWorld(t)
		w.signUp(t)
		token := w.resetToken(t)
		require.Equal(t, domain.CodeInvalid, domain.CodeOf(w.ResetPassword(t.Context(), token, "short", home)))
		require.NoError(t, w.ResetPassword(t.Context(), token, another, home))
	})
	t.Run("nobody is written to at an address without an account, and few mails to one with", func(t *testing.T) {
		w := newWorld(t)
		w.signUp(t)
		for range 20 {
			require.NoError(t, w.ForgotPassword(t.Context(), "nobody@example.org", stranger))
			require.NoError(t, w.ForgotPassword(t.Context(), "ada@example.org", stranger))
		}
		assert.Len(t, w.post(t, "reset"), 3)
	})
	t.Run("a flood of them leaves room for mails that warn people", func(t *testing.T) {
		w := newWorld(t)
		w.signUp(t)
		codes := map[domain.Code]int{}
		for range 1000 {
			codes[domain.CodeOf(w.ForgotPassword(t.Context(), "nobody@example.org", stranger))]++
		}
		assert.Equal(t, map[domain.Code]int{"": 500, domain.CodeBusy: 500}, codes)
		_, code := w.signIn(t, right, stranger)
		require.Empty(t, code)
		assert.Len(t, w.post(t, "new sign-in"), 1)
	})
	t.Run("a mailed token is good for its purpose only", func(t *testing.T) {
		w := newWorld(t)
		signedIn := w.signUp(t)
		caller := w.who(t, signedIn.Token)
		require.NoError(t, w.SendVerification(t.Context(), caller))
		reset := w.resetToken(t)
		_, err := w.Verify(t.Context(), caller, reset, home)
		assert.Equal(t, domain.CodeBadToken, domain.CodeOf(err))
		verification := w.post(t, "verification")[0].text[len("https://example.org/verifying?token="):]
		for _, token := range []string{verification, string(caller.User) + "_" + verification} {
			assert.Equal(t, domain.CodeBadToken, domain.CodeOf(w.ResetPassword(t.Context(), token, another, home)))
		}
	})
}

func TestSessions(t *testing.T) {
	w := newWorld(t)
	here := w.signUp(t)
	caller := w.who(t, here.Token)
	w.clock.pass(time.Minute)
	there, code := w.signIn(t, right, stranger)
	require.Empty(t, code)

	list, next, err := w.Sessions(t.Context(), caller, ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.True(t, next.IsZero())
	assert.Equal(t, caller.Session, list[0].ID)
	assert.Equal(t, "Firefox on Linux", list[0].Program)
	assert.Equal(t, "203.0.113.7", list[0].Address)

	require.NoError(t, w.EndSession(t.Context(), caller, list[1].ID, home))
	w.ended(t, there)
	assert.Equal(t, domain.CodeNotFound, domain.CodeOf(w.EndSession(t.Context(), caller, list[1].ID, home)))

	there, _ = w.signIn(t, right, stranger)
	require.NoError(t, w.EndOtherSessions(t.Context(), caller, home))
	w.ended(t, there)
	w.who(t, here.Token)
	w.clock.pass(time.Hour)
	list, _, err = w.Sessions(t.Context(), caller, ports.Page{Limit: 10})
	require.NoError(t, err)
	assert.Empty(t, list, "expired ones are not shown")
}

func TestAPITokens(t *testing.T) {
	w := newWorld(t)
	caller := w.who(t, w.signUp(t).Token)
	create := func(id domain.APITokenID, scopes ...domain.Scope) accounts.NamedToken {
		token, err := w.CreateToken(t.Context(), caller, domain.NewAPIToken{Name: " importer ", Scopes: scopes, ExpiresAt: noon.Add(time.Hour)}, id, home)
		require.NoError(t, err)
		return token
	}
	token := create("", domain.ScopeLearningRead, domain.ScopeDecksRead, domain.ScopeDecksRead)
	identity := w.who(t, token.Text)
	assert.Equal(t, caller.User, identity.User)
	assert.Equal(t, token.ID, identity.Token)
	assert.Equal(t, []domain.Scope{domain.ScopeDecksRead, domain.ScopeLearningRead}, identity.Scopes)
	assert.False(t, identity.Allows(domain.ScopeDecksWrite))

	t.Run("another secret, owner or id is nobody", func(t *testing.T) {
		owner, id, secret, _ := domain.ParseAPIToken(token.Text)
		for _, text := range []string{
			domain.APITokenText(owner, id, "A"+secret[1:]+"x"), domain.APITokenText("0190a000-0000-7000-8000-000000000009", id, secret),
			domain.APITokenText(owner, "0190a000-0000-7000-8000-000000000009", secret), "spacey_", "spacey_x_y_z",
		} {
			w.ended(t, text)
		}
	})
	t.Run("one that is made again under its id replaces the first", func(t *testing.T) {
		const id = "0190a000-0000-7000-8000-000000000077"
		first, second := create(id, domain.ScopeDecksRead), create(id, domain.ScopeDecksRead)
		w.ended(t, first.Text)
		w.who(t, second.Text)
		require.NoError(t, w.DeleteToken(t.Context(), caller, id, home))
		w.ended(t, second.Text)
		assert.Equal(t, domain.CodeNotFound, domain.CodeOf(w.DeleteToken(t.Context(), caller, id, home)))
	})
	t.Run("there are fifty at most", func(t *testing.T) {
		for range domain.MaxAPITokens - 1 {
			create("", domain.ScopeDecksRead)
		}
		_, err := w.CreateToken(t.Context(), caller, domain.NewAPIToken{Name: "x", Scopes: domain.Scopes()}, "", home)
		assert.Equal(t, domain.CodeConflict, domain.CodeOf(err))
	})
	t.Run("what expires ends", func(t *testing.T) {
		w.clock.pass(time.Hour)
		w.ended(t, token.Text)
	})
}

func TestADisabledAccount(t *testing.T) {
	w := newWorld(t)
	signedIn := w.signUp(t)
	token, err := w.CreateToken(t.Context(), w.who(t, signedIn.Token), domain.NewAPIToken{Name: "x", Scopes: domain.Scopes()}, "", home)
	require.NoError(t, err)
	_, err = w.storage.Users.UpdateUser(t.Context(), signedIn.User.ID, func(u *domain.User) error {
		u.Disabled = true
		return nil
	})
	require.NoError(t, err)
	w.ended(t, signedIn.Token)
	w.ended(t, token.Text)
	_, code := w.signIn(t, right, home)
	assert.Equal(t, domain.CodeBadCredentials, code)
	require.NoError(t, w.ForgotPassword(t.Context(), "ada@example.org", home))
	assert.Empty(t, w.post(t, "reset"))
}

func TestLeaving(t *testing.T) {
	w := newWorld(t)
	signedIn := w.signUp(t)
	caller := w.who(t, signedIn.Token)

	var kinds []string
	require.NoError(t, w.Export(t.Context(), caller, home, func(item accounts.ExportedItem) error {
		switch {
		case item.Account != nil:
			kinds = append(kinds, "account")
		case item.Session != nil:
			kinds = append(kinds, "session")
		case item.Place != nil:
			kinds = append(kinds, item.Place.Network)
		case item.Audit != nil:
			kinds = append(kinds, string(item.Audit.Action))
		}
		return nil
	}))
	assert.Equal(t, []string{"account", "session", "203.0.113.0/24", "signed_up", "exported"}, kinds)

	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(w.Delete(t.Context(), caller, "wrong")))
	w.who(t, signedIn.Token)
	require.NoError(t, w.Delete(t.Context(), caller, right))
	w.ended(t, signedIn.Token)
	_, code := w.signIn(t, right, home)
	assert.Equal(t, domain.CodeBadCredentials, code)
	deletions, err := w.storage.Deletions.Deletions(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, deletions, 1)
	assert.Equal(t, caller.User, deletions[0].Owner)
	assert.Empty(t, w.actions(t, caller.User))
	assert.Equal(t, []domain.Action{domain.ActionDeletionRequested}, w.actions(t, ""), "that somebody left stays, and nothing else")
	again := w.signUp(t)
	assert.NotEqual(t, caller.User, again.User.ID, "the address is free")
}
