package porttest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func userListCases() []testCase {
	return []testCase{
		{"accounts are listed in order of creation, then id, in pages", userPages},
		{"the list of accounts goes on behind one that is gone", userPageBehindGone},
		{"without accounts their list is empty", userListEmpty},
		{"who could not sign up is not listed", userListRefused},
		{"a cancelled context lists no accounts", userListCancelled},
	}
}

func userPlace(u domain.User) ports.Cursor { return ports.Cursor{At: u.CreatedAt, ID: string(u.ID)} }

// mixed returns seven things, some at one time, in order of time and then number. item is given the number of a thing and its
// time.
func mixed[T any](item func(n int, when time.Time) T) []T {
	list := []T{}
	for i, n := range []int{6, 3, 1, 2, 5, 7, 4} {
		list = append(list, item(n, at([]int{1, 2, 3, 3, 3, 5, 5}[i]).Add(time.Duration(i/6)*time.Millisecond)))
	}
	return list
}

// shuffled is an order of seven things that is not that of their list.
func shuffled() []int { return []int{4, 0, 6, 2, 3, 1, 5} }

// addUserList inserts accounts in another order than that of the list, and returns the list.
func addUserList(t *testing.T, s ports.Storage) []domain.User {
	t.Helper()
	list := mixed(func(n int, when time.Time) domain.User {
		user := newUser(n)
		user.CreatedAt = when
		return user
	})
	for _, i := range shuffled() {
		require.NoError(t, s.Users.InsertUser(t.Context(), list[i]))
	}
	return list
}

func userPages(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addUserList(t, s)
	requirePages(t, list, userPlace, func(page ports.Page) ([]domain.User, error) { return s.Users.ListUsers(t.Context(), page) })
	got, err := s.Users.UpdateUser(t.Context(), list[3].ID, func(u *domain.User) error {
		u.Disabled, u.Email, u.UpdatedAt = !u.Disabled, "Zz@Example.org", at(9999)
		return nil
	})
	require.NoError(t, err)
	list[3] = got
	all, err := s.Users.ListUsers(t.Context(), ports.Page{Limit: 100})
	require.NoError(t, err)
	require.Equal(t, list, all, "a change moves nobody")
}

func userPageBehindGone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list := addUserList(t, s)
	for _, place := range []ports.Cursor{{At: at(3), ID: string(userID(3))}, {At: at(3), ID: string(userID(2)) + "0"}} {
		got, err := s.Users.ListUsers(t.Context(), ports.Page{After: place, Limit: 2})
		require.NoError(t, err)
		require.Equal(t, list[4:6], got)
	}
}

func userListEmpty(t *testing.T, engine Engine) {
	s := engine.Open(t)
	list, err := s.Users.ListUsers(t.Context(), ports.Page{Limit: 10})
	requireEmpty(t, list, err)
	user := addUser(t, s, 1)
	list, err = s.Users.ListUsers(t.Context(), ports.Page{After: userPlace(user), Limit: 10})
	requireEmpty(t, list, err)
}

func userListRefused(t *testing.T, engine Engine) {
	s := engine.Open(t)
	user := addUser(t, s, 3)
	other := newUser(1)
	other.Email = user.Email
	requireCode(t, domain.CodeEmailTaken, s.Users.InsertUser(t.Context(), other))
	got, err := s.Users.ListUsers(t.Context(), ports.Page{Limit: 10})
	require.NoError(t, err)
	require.Equal(t, []domain.User{user}, got)
}

func userListCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addUser(t, s, 1)
	_, list := s.Users.ListUsers(cancelled(t), ports.Page{Limit: 10})
	requireCancelled(t, map[string]error{"ListUsers": list})
}
