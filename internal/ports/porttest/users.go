package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testUsers(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"an account comes back as given, by id and by e-mail", userRoundTrip},
		{"times of an account come back in UTC to the millisecond", userTimes},
		{"texts of an account come back byte for byte", userTexts},
		{"an unknown account is not found", userUnknown},
		{"an id that is taken conflicts", userIDTaken},
		{"an e-mail in other letters is taken", userEmailTaken},
		{"e-mails that only look alike are different", userEmailsAlike},
		{"an e-mail is no pattern", userEmailPattern},
		{"of many sign-ups with one e-mail one wins", userSignUpRace},
		{"a cancelled context stores no account", userCancelled},
	})
	runCases(t, engine, userUpdateCases())
	runCases(t, engine, userListCases())
}

func addUser(t *testing.T, s ports.Storage, n int) domain.User {
	t.Helper()
	user := newUser(n)
	require.NoError(t, s.Users.InsertUser(t.Context(), user))
	return user
}

func requireUser(t *testing.T, s ports.Storage, want domain.User) {
	t.Helper()
	got, err := s.Users.User(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
	got, err = s.Users.UserByEmail(t.Context(), domain.EmailKey(want.Email))
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func userRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second := addUser(t, s, 1), addUser(t, s, 2)
	requireUser(t, s, first)
	requireUser(t, s, second)
}

func userTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range instants() {
		user := newUser(i)
		user.CreatedAt, user.UpdatedAt = instant, instant
		require.NoError(t, s.Users.InsertUser(t.Context(), user))
		user.CreatedAt, user.UpdatedAt = instant.UTC(), instant.UTC()
		requireUser(t, s, user)
	}
}

func userTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, text := range texts() {
		user := newUser(i)
		user.Name, user.PasswordHash = text, text
		require.NoError(t, s.Users.InsertUser(t.Context(), user))
		requireUser(t, s, user)
	}
}

func userUnknown(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addUser(t, s, 1)
	_, err := s.Users.User(t.Context(), userID(2))
	requireNotFound(t, err)
	_, err = s.Users.UserByEmail(t.Context(), "person2@example.org")
	requireNotFound(t, err)
	_, err = s.Users.UpdateUser(t.Context(), userID(2), func(*domain.User) error { return nil })
	requireNotFound(t, err)
	_, err = s.Users.User(t.Context(), userID(2))
	requireNotFound(t, err)
}

func userIDTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first := addUser(t, s, 1)
	second := newUser(2)
	second.ID = first.ID
	requireCode(t, domain.CodeConflict, s.Users.InsertUser(t.Context(), second))
	requireUser(t, s, first)
	_, err := s.Users.UserByEmail(t.Context(), domain.EmailKey(second.Email))
	requireNotFound(t, err)
}

func userEmailTaken(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first := newUser(1)
	first.Email = "Zoë.ÄRGER@Example.org"
	require.NoError(t, s.Users.InsertUser(t.Context(), first))
	for _, email := range []string{first.Email, "zoë.ÄRGER@example.ORG", "ZOË.ärger@example.org", " zoë.ärger@example.org "} {
		second := newUser(2)
		second.Email = email
		requireCode(t, domain.CodeEmailTaken, s.Users.InsertUser(t.Context(), second))
		_, err := s.Users.User(t.Context(), second.ID)
		requireNotFound(t, err)
	}
	requireUser(t, s, first)
}

func userEmailsAlike(t *testing.T, engine Engine) {
	s := engine.Open(t)
	emails := []string{
		"jose\u0301@example.org", "jos\u00e9@example.org", "jose@example.org", "j.ose@example.org", "jose@example.org.uk",
	}
	for i, email := range emails {
		user := newUser(i)
		user.Email = email
		require.NoError(t, s.Users.InsertUser(t.Context(), user))
		requireUser(t, s, user)
	}
}

func userEmailPattern(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addUser(t, s, 1)
	for _, key := range []string{"", "%", "_erson1@example.org", ".*", "person1@example?org", `{"$ne":null}`, "' OR '1'='1", "person1"} {
		_, err := s.Users.UserByEmail(t.Context(), key)
		requireNotFound(t, err)
	}
}

func userSignUpRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	got := race(racers, func(i int) error {
		user := newUser(i)
		user.Email = "Wanted@Example.org"
		return s.Users.InsertUser(t.Context(), user)
	})
	winner := requireOneWinner(t, got, domain.CodeEmailTaken)
	for i := range racers {
		if i == winner {
			want := newUser(i)
			want.Email = "Wanted@Example.org"
			requireUser(t, s, want)
			continue
		}
		_, err := s.Users.User(t.Context(), userID(i))
		requireNotFound(t, err)
	}
}

func userCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	user := addUser(t, s, 1)
	ctx := cancelled(t)
	_, read := s.Users.User(ctx, user.ID)
	_, byEmail := s.Users.UserByEmail(ctx, domain.EmailKey(user.Email))
	_, update := s.Users.UpdateUser(ctx, user.ID, func(u *domain.User) error { u.Name = "other"; return nil })
	requireCancelled(t, map[string]error{
		"InsertUser": s.Users.InsertUser(ctx, newUser(2)), "User": read, "UserByEmail": byEmail, "UpdateUser": update,
	})
	requireUser(t, s, user)
	_, err := s.Users.User(t.Context(), userID(2))
	requireNotFound(t, err)
}
