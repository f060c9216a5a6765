package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var production = []string{"ENVIRONMENT=production", "SERVICE_TOKEN=a-long-enough-secret", "DOMAIN=spacey.example.org"}

func TestMailIsEncryptedUnlessItIsToldOtherwise(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := Load(append(production, "SMTP_HOST=mail.example.org"), Needs{DefaultStorage: StorageMongo})
	require.NoError(t, err)
	assert.Equal(t, "starttls", c.SMTPTLS)
	assert.Equal(t, 587, c.SMTPPort)
	assert.Equal(t, "spacey <no-reply@spacey.example.org>", c.MailFrom)
}

func TestTheSenderCanBeChosen(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := Load([]string{"MAIL_FROM=Learn <learn@example.org>"}, Needs{DefaultStorage: StorageMongo})
	require.NoError(t, err)
	assert.Equal(t, "Learn <learn@example.org>", c.MailFrom)
}

func TestThePasswordOfTheMailServerComesFromAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	path := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(path, []byte("secret\n"), 0o600))
	c, err := Load([]string{"SMTP_USERNAME=spacey", "SMTP_PASSWORD_FILE=" + path}, Needs{DefaultStorage: StorageMongo})
	require.NoError(t, err)
	assert.Equal(t, "secret", c.SMTPPassword)
}

func TestFaultsInTheSettingsOfMailAreToldAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := Load([]string{
		"SMTP_HOST=smtp://mail.example.org", "SMTP_PORT=0", "SMTP_TLS=ssl", "SMTP_USERNAME=spacey", "MAIL_FROM=nobody",
	}, Needs{DefaultStorage: StorageMongo})
	var faults Faults
	require.ErrorAs(t, err, &faults)
	for _, variable := range []string{"SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "SMTP_USERNAME", "MAIL_FROM"} {
		assert.Contains(t, err.Error(), "- "+variable)
	}
	assert.Len(t, faults, 5, "%v", err)

	_, err = Load([]string{"SMTP_PORT=65536"}, Needs{DefaultStorage: StorageMongo})
	assert.ErrorContains(t, err, "SMTP_PORT")
	_, err = Load([]string{"SMTP_PASSWORD=secret"}, Needs{DefaultStorage: StorageMongo})
	assert.ErrorContains(t, err, "SMTP_USERNAME")
}

func TestWhereMailMayGoInClear(t *testing.T) {
	t.Chdir(t.TempDir())
	password := []string{"SMTP_USERNAME=spacey", "SMTP_PASSWORD=secret"}
	for outcome, c := range map[string]struct {
		host                     string
		production, withPassword bool
		fault                    string
	}{
		"production: to this machine by name":           {"localhost", true, true, ""},
		"production: to this machine":                   {"127.0.0.1", true, true, ""},
		"production: to this machine by IPv6":           {"::1", true, true, ""},
		"production: to a container beside it":          {"mailcatcher", true, false, ""},
		"production: no password to a container":        {"mailcatcher", true, true, "SMTP_PASSWORD"},
		"production: not to a server elsewhere":         {"mail.example.org", true, false, "mail.example.org"},
		"production: not to an address elsewhere":       {"192.0.2.1", true, false, "192.0.2.1"},
		"production: not to an IPv6 address elsewhere":  {"2001:db8::1", true, false, "2001:db8::1"},
		"development: to any server":                    {"mail.example.org", false, false, ""},
		"development: no password to servers elsewhere": {"mail.example.org", false, true, "SMTP_PASSWORD"},
	} {
		t.Run(outcome, func(t *testing.T) {
			environ := []string{"SMTP_TLS=none", "SMTP_HOST=" + c.host}
			if c.production {
				environ = append(environ, production...)
			}
			if c.withPassword {
				environ = append(environ, password...)
			}
			_, err := Load(environ, Needs{DefaultStorage: StorageMongo})
			if c.fault == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.fault)
		})
	}
}

func TestProductionWithoutAMailServerIsForServicesThatSendNoMail(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := Load(production, Needs{DefaultStorage: StorageMongo})
	assert.NoError(t, err)
	_, err = Load(production, Needs{DefaultStorage: StorageMongo, Accounts: true})
	assert.ErrorContains(t, err, "SMTP_HOST must be set")
}
