package logmail

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"

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
