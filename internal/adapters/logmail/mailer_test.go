package logmail

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestSendVerification(t *testing.T) {
	const link = "https://localhost/verifying?token=dG9rZW4&x=<1>"
	user := domain.User{
		ID: "0199c0de-0000-7000-8000-000000000001", Name: "Ada Lovelace", Email: "ada@example.com", PasswordHash: "$argon2id$hash",
	}
	send := func(t *testing.T, ctx context.Context) (string, error) {
		t.Helper()
		var log bytes.Buffer
		err := New(slog.New(slog.NewJSONHandler(&log, nil))).SendVerification(ctx, user, link)
		return log.String(), err
	}

	t.Run("logs the link as it is, and whose it is", func(t *testing.T) {
		log, err := send(t, t.Context())

		require.NoError(t, err)
		var line map[string]any
		require.NoError(t, json.Unmarshal([]byte(log), &line))
		assert.Equal(t, link, line["link"])
		assert.Equal(t, string(user.ID), line["user_id"])
		assert.Equal(t, "INFO", line["level"])
	})

	t.Run("keeps name, e-mail address and password hash out of the log", func(t *testing.T) {
		log, err := send(t, t.Context())

		require.NoError(t, err)
		for _, secret := range []string{user.Name, user.Email, user.PasswordHash} {
			assert.NotContains(t, log, secret)
		}
	})

	t.Run("says that mail cannot be sent once the context has ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		log, err := send(t, ctx)

		assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		assert.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, log)
	})
}

func TestTheOtherMails(t *testing.T) {
	user := domain.User{ID: "0199c0de-0000-7000-8000-000000000001", Name: "Ada Lovelace", Email: "ada@example.com", PasswordHash: "$argon2id$hash"}
	at := time.Date(2026, 3, 1, 0, 30, 0, 0, time.FixedZone("CET", 3600))
	const link, place = "https://localhost/resetting?token=dG9rZW4", "Firefox\nfor <Linux>"
	for name, c := range map[string]struct {
		send func(ctx context.Context, m *Mailer) error
		want map[string]any
	}{
		"a password reset": {
			func(ctx context.Context, m *Mailer) error { return m.SendPasswordReset(ctx, user, link) },
			map[string]any{"link": link, "msg": "no mail is sent in development: open this link to choose a new password"},
		},
		"a changed password": {
			func(ctx context.Context, m *Mailer) error { return m.SendPasswordChanged(ctx, user, at) },
			map[string]any{"at": "2026-02-28T23:30:00Z", "msg": "no mail is sent in development: the password was changed"},
		},
		"a new sign-in": {
			func(ctx context.Context, m *Mailer) error { return m.SendNewSignIn(ctx, user, at, place) },
			map[string]any{
				"at": "2026-02-28T23:30:00Z", "place": place,
				"msg": "no mail is sent in development: somebody signed in from a new place",
			},
		},
	} {
		t.Run(name+" is one line that says whose it is, without name, address or hash", func(t *testing.T) {
			var log bytes.Buffer
			require.NoError(t, c.send(t.Context(), New(slog.New(slog.NewJSONHandler(&log, nil)))))
			var line map[string]any
			require.NoError(t, json.Unmarshal(log.Bytes(), &line))
			delete(line, "time")
			c.want["level"], c.want["user_id"] = "INFO", string(user.ID)
			assert.Equal(t, c.want, line)
		})
		t.Run(name+" is not logged once the context has ended", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			var log bytes.Buffer
			err := c.send(ctx, New(slog.New(slog.NewJSONHandler(&log, nil))))
			assert.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			assert.ErrorIs(t, err, context.Canceled)
			assert.Empty(t, log.String())
		})
	}
}
