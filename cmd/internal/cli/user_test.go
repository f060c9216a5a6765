package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/argon2"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// installed makes an installation without people, and returns its environment and its ports.
func installed(t *testing.T) ([]string, ports.Storage) {
	t.Helper()
	folder := t.TempDir()
	store, err := sqlite.Open(t.Context(), filepath.Join(folder, "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	return []string{"DATA_DIR=" + folder}, store.Ports()
}

// insertUser stores an account, the n-th one, and returns it. Two each have come at the same time.
func insertUser(t *testing.T, storage ports.Storage, n int, name, email string) domain.User {
	t.Helper()
	at := time.Date(2026, 3, 1, 12, 0, n/2, 123_000_000, time.UTC)
	user := domain.NewUser(auditUser(n), domain.SignUp{Name: name, Email: email}, "hash", at)
	require.NoError(t, storage.Users.InsertUser(t.Context(), user))
	return user
}

// from is the console of a script with this standard input.
func from(stdin string) console { return console{in: strings.NewReader(stdin), prompt: io.Discard} }

// sitting is the console of a person who types passwords without echo, and lines.
func sitting(prompt io.Writer, lines string, passwords ...string) console {
	return console{in: strings.NewReader(lines), prompt: prompt, secret: func(context.Context) (string, error) {
		password := passwords[0]
		passwords = passwords[1:]
		return password, nil
	}}
}

// runTyped calls "spacey user" with a console.
func runTyped(t *testing.T, environ []string, c console, args ...string) (string, error) {
	t.Helper()
	var stdout strings.Builder
	err := runUser(t.Context(), args, environ, c, &stdout)
	return stdout.String(), err
}

func TestUserListTellsEverybody(t *testing.T) {
	environ, storage := installed(t)
	const people = listPage + 3
	for n := 1; n <= people; n++ {
		insertUser(t, storage, n, "Ada", strings.Repeat("a", n%60+1)+"-"+string(auditUser(n))+"@example.org")
	}
	_, err := storage.Users.UpdateUser(t.Context(), auditUser(2), func(u *domain.User) error {
		u.EmailVerified, u.Disabled, u.Name = true, true, "Eve\x1b[2J\u202e"
		return nil
	})
	require.NoError(t, err)

	t.Run("in the order of their coming, over all pages", func(t *testing.T) {
		stdout, err := run(t, environ, "user", "list")
		require.NoError(t, err)
		lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
		require.Len(t, lines, people+1)
		assert.Regexp(t, `^id +created +flags +e-mail +name$`, lines[0])
		for n := 1; n <= people; n++ {
			assert.True(t, strings.HasPrefix(lines[n], string(auditUser(n))+"  2026-03-01T12:0"), lines[n])
		}
		assert.Contains(t, lines[1], "  -     ")
		assert.Contains(t, lines[2], "  verified,disabled  ")
	})
	t.Run("names cannot steer the terminal", func(t *testing.T) {
		stdout, err := run(t, environ, "user", "list")
		require.NoError(t, err)
		assert.Contains(t, stdout, "Eve\ufffd[2J\ufffd\n")
	})
	t.Run("in parts, each of which tells how to go on", func(t *testing.T) {
		seen, args := 0, []string{"user", "list", "-limit", "100"}
		for {
			stdout, err := run(t, environ, args...)
			require.NoError(t, err)
			table, more, found := strings.Cut(stdout, "there are more: spacey ")
			seen += strings.Count(table, "\n") - 1
			if !found {
				break
			}
			require.Equal(t, 0, seen%100)
			args = append(strings.Fields(more), "-limit", "100")
		}
		assert.Equal(t, people, seen)
	})
	t.Run("as JSON, an account a line", func(t *testing.T) {
		stdout, err := run(t, environ, "user", "list", "-json", "-limit", "2")
		require.NoError(t, err)
		lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
		require.Len(t, lines, 2)
		var second map[string]any
		require.NoError(t, json.Unmarshal([]byte(lines[1]), &second))
		cursor := "2026-03-01T12:00:01.123Z/" + string(auditUser(2))
		assert.Equal(t, map[string]any{
			"id": string(auditUser(2)), "email": "aaa-" + string(auditUser(2)) + "@example.org", "name": "Eve\x1b[2J\u202e",
			"created": "2026-03-01T12:00:01.123Z", "verified": true, "beta": false, "disabled": true, "cursor": cursor,
		}, second)
		stdout, err = run(t, environ, "user", "list", "-json", "-limit", "1", "-after", cursor)
		require.NoError(t, err)
		assert.Contains(t, stdout, string(auditUser(3)))
	})
}

func TestUserCreateOpensAnAccount(t *testing.T) {
	environ, storage := installed(t)
	stored := func(t *testing.T, email string) domain.User {
		user, err := storage.Users.UserByEmail(t.Context(), email)
		require.NoError(t, err)
		return user
	}
	belongs := func(t *testing.T, password string, user domain.User) {
		right, err := argon2.New().Verify(t.Context(), password, user.PasswordHash, nil)
		require.NoError(t, err)
		assert.True(t, right, "%q", password)
	}
	t.Run("with the first line of standard input", func(t *testing.T) {
		stdout, err := runTyped(t, environ, from("correct horse \r\nbattery\n"), "create", "Ada@example.org", "-name", "Ada")
		require.NoError(t, err)
		user := stored(t, "ada@example.org")
		assert.Equal(t, "account   "+string(user.ID)+"\ne-mail    Ada@example.org\n", stdout)
		belongs(t, "correct horse ", user)
		assert.True(t, user.EmailVerified)
		assert.False(t, user.Beta)
		entries, err := storage.Audits.AuditsOf(t.Context(), user.ID, ports.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, entries, 1)
		assert.Equal(t, domain.Operator(systemUser()), entries[0].Actor)
	})
	t.Run("with a password that a person types twice", func(t *testing.T) {
		var prompt bytes.Buffer
		stdout, err := runTyped(t, environ, sitting(&prompt, "", "battery staple", "battery staple"), "create", "-beta", "-unverified", "-name", "Bob", "bob@example.org")
		require.NoError(t, err)
		assert.Equal(t, "Password: \nThe same again: \n", prompt.String())
		assert.NotContains(t, stdout, "battery")
		user := stored(t, "bob@example.org")
		belongs(t, "battery staple", user)
		assert.Equal(t, "Bob", user.Name)
		assert.False(t, user.EmailVerified)
		assert.True(t, user.Beta)
	})
	t.Run("with a password that is made, as long as PASSWORD_MIN wants it", func(t *testing.T) {
		stdout, err := runTyped(t, append(environ, "PASSWORD_MIN=40"), from("not read"), "create", "eve@example.org", "-name", "Eve", "-generate")
		require.NoError(t, err)
		_, password, found := strings.Cut(strings.TrimSuffix(stdout, "\n"), "password  ")
		require.True(t, found)
		assert.GreaterOrEqual(t, len(password), 40)
		belongs(t, password, stored(t, "eve@example.org"))
	})
	for name, c := range map[string]struct {
		console console
		email   string
		message string
	}{
		"two passwords that differ are refused":     {sitting(io.Discard, "", "battery staple", "battery stable"), "x@example.org", "not the same"},
		"no password is refused":                    {from(""), "x@example.org", "no password on standard input"},
		"a password that is too short is refused":   {from("short\n"), "x@example.org", "too short"},
		"a common password is refused":              {from("password\n"), "x@example.org", "most common"},
		"a password that is not UTF-8 is refused":   {from("secret\xff\n"), "x@example.org", "UTF-8"},
		"a line without an end is refused":          {from(strings.Repeat("a", 5000)), "x@example.org", "the line on standard input is too long"},
		"what is no address is refused":             {from("correct horse\n"), "x", "not a valid e-mail address"},
		"an address that has an account is refused": {from("correct horse\n"), "ADA@example.org", "email_taken"},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, err := runTyped(t, environ, c.console, "create", c.email, "-name", "X")
			require.ErrorContains(t, err, c.message)
			assert.NotErrorIs(t, err, process.ErrUsage, "the exit code is 1")
			assert.Empty(t, stdout)
			users, err := storage.Users.ListUsers(t.Context(), ports.Page{Limit: 10})
			require.NoError(t, err)
			assert.Len(t, users, 3)
		})
	}
}

func TestUserCommandsChangeAccounts(t *testing.T) {
	environ, storage := installed(t)
	user := insertUser(t, storage, 1, "Ada", "ada@example.org")
	who := "ada@example.org (" + string(user.ID) + ")"
	for _, step := range []struct {
		args          []string
		first, second string
		flags         [3]bool // verified, beta, disabled
	}{
		{[]string{"verify", "ADA@example.org"}, who + " is verified\n", who + " was verified before\n", [3]bool{true, false, false}},
		{[]string{"beta", string(user.ID)}, who + " is in the beta\n", who + " was in the beta before\n", [3]bool{true, true, false}},
		{[]string{"beta", strings.ToUpper(string(user.ID)), "-off"}, who + " is not in the beta\n", who + " was not in the beta before\n", [3]bool{true, false, false}},
		{[]string{"disable", "ada@example.org"}, who + " is disabled\nits sessions have ended", who + " was disabled before\n", [3]bool{true, false, true}},
		{[]string{"enable", "ada@example.org"}, who + " is enabled\n", who + " was enabled before\n", [3]bool{true, false, false}},
	} {
		t.Run(strings.Join(step.args, " "), func(t *testing.T) {
			for _, said := range []string{step.first, step.second} {
				stdout, err := run(t, environ, append([]string{"user"}, step.args...)...)
				require.NoError(t, err)
				assert.True(t, strings.HasPrefix(stdout, said), stdout)
				stored, err := storage.Users.User(t.Context(), user.ID)
				require.NoError(t, err)
				assert.Equal(t, step.flags, [3]bool{stored.EmailVerified, stored.Beta, stored.Disabled})
			}
		})
	}
	t.Run("and the audit log tells them, each once", func(t *testing.T) {
		stdout, err := run(t, environ, "user", "audit", "ada@example.org")
		require.NoError(t, err)
		var actions []string
		for line := range strings.Lines(stdout) {
			actions = append(actions, strings.Fields(line)[1])
			assert.Contains(t, line, string(user.ID)+"  operator:"+systemUser())
		}
		assert.Equal(t, []string{"email_verified", "beta_given", "beta_taken", "account_disabled", "account_enabled"}, actions)
	})
	t.Run("of people who are not there nothing is changed", func(t *testing.T) {
		for _, command := range []string{"verify", "beta", "disable", "enable", "delete", "audit"} {
			for who, message := range map[string]string{
				"bob@example.org":    `There is no account with the e-mail address "bob@example.org".`,
				string(auditUser(9)): `There is no account with the id "` + string(auditUser(9)) + `".`,
			} {
				_, err := runTyped(t, environ, sitting(io.Discard, ""), command, who)
				require.ErrorContains(t, err, message, command)
				assert.NotErrorIs(t, err, process.ErrUsage, "the exit code is 1")
			}
		}
	})
}

func TestUserDeleteAsksBeforeItDeletes(t *testing.T) {
	environ, storage := installed(t)
	user := insertUser(t, storage, 1, "Ada", "Ada@example.org")
	other := insertUser(t, storage, 2, "Bob", "bob@example.org")
	deletions := func(t *testing.T) []domain.Deletion {
		found, err := storage.Deletions.Deletions(t.Context(), ports.Page{Limit: 10})
		require.NoError(t, err)
		return found
	}
	t.Run("another address deletes nothing", func(t *testing.T) {
		for _, typed := range []string{"yes\n", "bob@example.org\n", ""} {
			_, err := runTyped(t, environ, sitting(io.Discard, typed), "delete", string(user.ID))
			require.ErrorContains(t, err, "nothing is deleted")
			assert.Empty(t, deletions(t))
		}
	})
	t.Run("where nobody can be asked it needs -yes", func(t *testing.T) {
		_, err := runTyped(t, environ, from("ada@example.org\n"), "delete", string(user.ID))
		require.ErrorIs(t, err, process.ErrUsage)
		require.ErrorContains(t, err, "-yes")
		assert.Empty(t, deletions(t))
	})
	t.Run("the address deletes the account, and the services are asked for the rest", func(t *testing.T) {
		var prompt bytes.Buffer
		stdout, err := runTyped(t, environ, sitting(&prompt, "ada@example.org\n"), "delete", string(user.ID))
		require.NoError(t, err)
		assert.Contains(t, prompt.String(), "Ada@example.org")
		assert.Contains(t, stdout, "the account Ada@example.org ("+string(user.ID)+") is gone")
		for _, words := range []string{"quarter of an hour", "user-service", "deck-management-service", "learning-service", "spacey serve"} {
			assert.Contains(t, stdout, words)
		}
		_, err = storage.Users.User(t.Context(), user.ID)
		assert.Equal(t, domain.CodeNotFound, domain.CodeOf(err))
		require.Len(t, deletions(t), 1)
		assert.Equal(t, user.ID, deletions(t)[0].Owner)
		_, err = storage.Users.User(t.Context(), other.ID)
		require.NoError(t, err)
	})
	t.Run("who has deleted it stays in the audit log", func(t *testing.T) {
		stdout, err := run(t, environ, "user", "audit", string(user.ID))
		require.NoError(t, err)
		assert.Equal(t, 1, strings.Count(stdout, "\n"))
		assert.Regexp(t, `deletion_requested +- +operator:\S+ +`+string(user.ID), stdout)
	})
	t.Run("-yes asks nobody, and each deletion is told of its own person", func(t *testing.T) {
		_, err := run(t, environ, "user", "delete", "-yes", "bob@example.org")
		require.NoError(t, err)
		assert.Len(t, deletions(t), 2)
		stdout, err := run(t, environ, "user", "audit", string(other.ID))
		require.NoError(t, err)
		assert.Equal(t, 1, strings.Count(stdout, "\n"), stdout)
	})
}

func TestUserRefusesOtherCallsAndSaysWhy(t *testing.T) {
	for _, args := range [][]string{
		{}, {"rename"}, {"list", "ada"}, {"list", "-limit", "0"}, {"list", "-limit", "-1"}, {"list", "-after", "yesterday"},
		{"create", "-name", "Ada"}, {"create", "ada@example.org"}, {"create", "ada@example.org", "secret", "-name", "Ada"},
		{"create", "ada@example.org", "-name", "Ada", "-password", "secret"},
		{"verify"}, {"verify", "a", "b"}, {"verify", "a", "-off"}, {"beta"}, {"disable"}, {"enable"}, {"delete"}, {"audit"},
	} {
		stdout, err := run(t, nil, append([]string{"user"}, args...)...)
		assert.ErrorIs(t, err, process.ErrUsage, "%q", args)
		assert.ErrorContains(t, err, "-help\" says how to call it")
		assert.Empty(t, stdout)
	}
	for _, command := range []string{"", "list", "create", "verify", "beta", "disable", "enable", "delete", "audit"} {
		stdout, err := run(t, nil, append(append([]string{"user"}, strings.Fields(command)...), "-help")...)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(stdout, strings.TrimSpace("Usage: spacey user "+command)), stdout)
	}
	t.Run("a database that is not there is not made", func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "data")
		_, err := run(t, []string{"DATA_DIR=" + folder}, "user", "list")
		require.ErrorContains(t, err, "there is no database to work on")
		assert.NoDirExists(t, folder)
	})
	t.Run("a schema that is another one is refused", func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "data")
		environ := []string{"STORAGE=sqlite", "DATA_DIR=" + folder}
		_, err := run(t, environ, "migrate")
		require.NoError(t, err)
		alter(t, filepath.Join(folder, "spacey.db"), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		_, err = run(t, environ, "user", "list")
		assert.Equal(t, domain.CodeSchema, domain.CodeOf(err))
	})
}
