package graph

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/internal/adapters/logmail"
	"github.com/moshrank/spacey-backend/internal/adapters/smtp"
)

func TestTheMailer(t *testing.T) {
	t.Chdir(t.TempDir())
	mailerOf := func(t *testing.T, environ ...string) (any, error) {
		c, err := config.Load(environ, config.Needs{DefaultStorage: config.StorageSQLite})
		require.NoError(t, err)
		return newMailer(Common{Config: c, Logger: slog.New(slog.DiscardHandler)})
	}
	production := []string{"ENVIRONMENT=production", "SERVICE_TOKEN=a-long-enough-secret", "DOMAIN=spacey.example.org"}

	t.Run("development logs mails when there is no mail server", func(t *testing.T) {
		mailer, err := mailerOf(t)
		require.NoError(t, err)
		assert.IsType(t, (*logmail.Mailer)(nil), mailer)
	})
	t.Run("development sends mails when there is one", func(t *testing.T) {
		mailer, err := mailerOf(t, "SMTP_HOST=localhost")
		require.NoError(t, err)
		assert.IsType(t, (*smtp.Mailer)(nil), mailer)
	})
	t.Run("production sends mails", func(t *testing.T) {
		mailer, err := mailerOf(t, append(production, "SMTP_HOST=mail.example.org")...)
		require.NoError(t, err)
		assert.IsType(t, (*smtp.Mailer)(nil), mailer)
	})
	t.Run("production never logs mails: a mail server must be named", func(t *testing.T) {
		mailer, err := mailerOf(t, production...)
		assert.Nil(t, mailer)
		assert.ErrorContains(t, err, "SMTP_HOST must be set")
	})
	t.Run("a sender that cannot be made of DOMAIN is told", func(t *testing.T) {
		mailer, err := mailerOf(t, "SMTP_HOST=localhost", "DOMAIN=a..b")
		assert.Nil(t, mailer)
		assert.ErrorContains(t, err, "MAIL_FROM")
	})
}

func TestTheGateOfStorage(t *testing.T) {
	broken := errors.New("no")
	fails := func(context.Context) error { return broken }
	works := func(context.Context) error { return nil }
	assert.NoError(t, NewStorageGate(&Engine{Ping: works, CheckSchema: works}).Ready(t.Context()))
	assert.ErrorIs(t, NewStorageGate(&Engine{Ping: fails, CheckSchema: works}).Ready(t.Context()), broken, "a schema may be read where nothing can be written")
	assert.ErrorIs(t, NewStorageGate(&Engine{Ping: works, CheckSchema: fails}).Ready(t.Context()), broken)
}
