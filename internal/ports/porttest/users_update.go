package porttest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func userUpdateCases() []testCase {
	return []testCase{
		{"an update of an account is stored and counted", userUpdate},
		{"an update cannot change id, creation and revision of an account", userUpdateFixed},
		{"an update of an account that its function refuses stores nothing", userUpdateRefused},
		{"an update to a taken e-mail is refused", userUpdateEmailTaken},
		{"a new e-mail is found and frees the old one", userUpdateEmail},
		{"of many accounts that want one e-mail one gets it", userUpdateEmailRace},
		{"concurrent updates of an account lose nothing", userUpdateRace},
	}
}

func userUpdate(t *testing.T, engine Engine) {
	s := engine.Open(t)
	user, other := addUser(t, s, 1), addUser(t, s, 2)
	want := user
	want.Name, want.PasswordHash, want.EmailVerified, want.Beta, want.Disabled = "New", "hash", true, false, true
	for range 2 {
		want.UpdatedAt = want.UpdatedAt.AddDate(0, 0, 1)
		got, err := s.Users.UpdateUser(t.Context(), user.ID, func(u *domain.User) error {
			u.Name, u.PasswordHash, u.EmailVerified, u.Beta, u.UpdatedAt = want.Name, want.PasswordHash, true, false, want.UpdatedAt
			u.Disabled = true
			return nil
		})
		require.NoError(t, err)
		want.Rev++
		require.Equal(t, want, got)
		requireUser(t, s, want)
	}
	requireUser(t, s, other)
}

func userUpdateFixed(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addUser(t, s, 1)
	got, err := s.Users.UpdateUser(t.Context(), want.ID, func(u *domain.User) error {
		u.ID, u.CreatedAt, u.Rev, u.Name = userID(9), at(999), 77, "New"
		return nil
	})
	require.NoError(t, err)
	want.Name, want.Rev = "New", 2
	require.Equal(t, want, got)
	requireUser(t, s, want)
	_, err = s.Users.User(t.Context(), userID(9))
	requireNotFound(t, err)
}

func userUpdateRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addUser(t, s, 1)
	_, err := s.Users.UpdateUser(t.Context(), want.ID, func(u *domain.User) error {
		u.Name, u.Email = "New", "new@example.org"
		return errEdit
	})
	require.Same(t, errEdit, err, "the error is returned as it is")
	requireUser(t, s, want)
}

func userUpdateEmailTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second := addUser(t, s, 1), addUser(t, s, 2)
	_, err := s.Users.UpdateUser(t.Context(), second.ID, func(u *domain.User) error {
		u.Name, u.Email = "New", strings.ToUpper(first.Email)
		return nil
	})
	requireCode(t, domain.CodeEmailTaken, err)
	requireUser(t, s, first)
	requireUser(t, s, second)
}

func userUpdateEmail(t *testing.T, engine Engine) {
	s := engine.Open(t)
	want := addUser(t, s, 1)
	for _, email := range []string{"PERSON1@example.ORG", "Moved@Example.org"} {
		got, err := s.Users.UpdateUser(t.Context(), want.ID, func(u *domain.User) error { u.Email = email; return nil })
		require.NoError(t, err)
		want.Email, want.Rev = email, want.Rev+1
		require.Equal(t, want, got)
		requireUser(t, s, want)
	}
	_, err := s.Users.UserByEmail(t.Context(), "person1@example.org")
	requireNotFound(t, err)
	next := newUser(2)
	next.Email = "person1@example.org"
	require.NoError(t, s.Users.InsertUser(t.Context(), next))
	requireUser(t, s, next)
}

func userUpdateEmailRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i := range racers {
		addUser(t, s, i)
	}
	got := race(racers, func(i int) error {
		_, err := s.Users.UpdateUser(t.Context(), userID(i), func(u *domain.User) error {
			u.Email = "Wanted@Example.org"
			return nil
		})
		return err
	})
	winner := requireOneWinner(t, got, domain.CodeEmailTaken, domain.CodeBusy)
	for i := range racers {
		want := newUser(i)
		if i == winner {
			want.Email, want.Rev = "Wanted@Example.org", 2
		}
		requireUser(t, s, want)
	}
}

func userUpdateRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	user := newUser(1)
	user.Name = "x"
	require.NoError(t, s.Users.InsertUser(t.Context(), user))
	got := race(racers, func(int) error {
		_, err := s.Users.UpdateUser(t.Context(), user.ID, func(u *domain.User) error { u.Name += "x"; return nil })
		return err
	})
	done := requireMostDone(t, got)
	user.Name, user.Rev = strings.Repeat("x", 1+done), int64(1+done)
	requireUser(t, s, user)
}
