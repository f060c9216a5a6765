package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEverythingHasADefault(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := Load(nil, Needs{DefaultStorage: StorageSQLite})
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1:8080", c.Address(), "development binds this machine only")
	assert.Equal(t, "127.0.0.1:9080", c.AdminAddress())
	assert.Equal(t, StorageSQLite, c.Storage)
	assert.Equal(t, "spacey", c.DBName)
	assert.Equal(t, []string{"localhost:8081"}, c.UserService)
	assert.Equal(t, []string{"localhost:8085"}, c.GenerationService)
	assert.False(t, c.ForeignGeneration())
	assert.False(t, c.Model(), "cards are made without a model")
	assert.False(t, c.Production())
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := Load([]string{
		"PORT=eighty", "STORAGE=oracle", "LOG_LEVEL=loud", "MAX_AGE_AUTH=1", "PASSWORD_MIN=0", "USER_RATE_LIMIT=0",
		"DOMAIN=https://x", "CORS_ORIGINS=example.org", "DB_NAME=a/b", "ENVIRONMENT=production", "ENV_FILE_PATH=missing.env", "TRUSTED_PROXIES=10.0.0.0/8,everybody",
	}, Needs{DefaultStorage: StorageMongo})
	var faults Faults
	require.ErrorAs(t, err, &faults)
	for _, variable := range []string{"PORT", "STORAGE", "LOG_LEVEL", "MAX_AGE_AUTH", "PASSWORD_MIN", "USER_RATE_LIMIT", "DOMAIN",
		"CORS_ORIGINS", "DB_NAME", "TRUSTED_PROXIES", "SERVICE_TOKEN", "ENV_FILE_PATH"} {
		assert.Contains(t, err.Error(), "- "+variable)
	}
	assert.Len(t, faults, 12, "%v", err)
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile(".env", []byte("PORT=1111\nDB_NAME=fromfile\n"), 0o600))
	c, err := Load([]string{"PORT=2222"}, Needs{DefaultStorage: StorageMongo})
	require.NoError(t, err)
	assert.Equal(t, 2222, c.Port)
	assert.Equal(t, "fromfile", c.DBName)
}

func TestAFaultyFileDoesNotTellItsSecrets(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile(".env", []byte("FOO BAR!\nSERVICE_TOKEN=supersecret\n"), 0o600))
	_, err := Load(nil, Needs{DefaultStorage: StorageMongo})
	require.ErrorContains(t, err, ".env has a line")
	assert.NotContains(t, err.Error(), "supersecret")
	assert.NotContains(t, err.Error(), "ENV_FILE_PATH", "nobody set it")
}

func TestSecretsComeFromFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	path := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(path, []byte("a-long-enough-secret\n"), 0o600))
	c, err := Load([]string{"ENVIRONMENT=production", "SERVICE_TOKEN_FILE=" + path}, Needs{DefaultStorage: StorageMongo})
	require.NoError(t, err)
	assert.Equal(t, "a-long-enough-secret", c.ServiceToken)
	_, err = Load([]string{"SERVICE_TOKEN=x", "SERVICE_TOKEN_FILE=" + path}, Needs{DefaultStorage: StorageMongo})
	assert.ErrorContains(t, err, "both set")
	_, err = Load([]string{"SERVICE_TOKEN_FILE=/does/not/exist"}, Needs{DefaultStorage: StorageMongo})
	assert.ErrorContains(t, err, "SERVICE_TOKEN_FILE")
}

func TestPostgreSQLIsFoundByItsURL(t *testing.T) {
	t.Chdir(t.TempDir())
	needs := Needs{DefaultStorage: StorageMongo}
	c, err := Load([]string{"STORAGE=postgres"}, needs)
	require.NoError(t, err)
	assert.Equal(t, "postgres://localhost:5432/spacey", c.DatabaseURL)
	c, err = Load([]string{"STORAGE=postgres", "DATABASE_URL=postgresql://u:p@h/db"}, needs)
	require.NoError(t, err)
	assert.Equal(t, "postgresql://u:p@h/db", c.DatabaseURL)

	path := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(path, []byte("postgres://u:secret@h/db\n"), 0o600))
	c, err = Load([]string{"STORAGE=postgres", "DATABASE_URL_FILE=" + path}, needs)
	require.NoError(t, err)
	assert.Equal(t, "postgres://u:secret@h/db", c.DatabaseURL)

	for _, url := range []string{"mysql://u:secret@h/db", "u:secret@h", "postgres://u:se/cret@h/db", "postgres://u:se%cret@h/db"} {
		_, err = Load([]string{"STORAGE=postgres", "DATABASE_URL=" + url}, needs)
		require.ErrorContains(t, err, "- DATABASE_URL must be")
		assert.NotContains(t, err.Error(), "cret")
		_, err = Load([]string{"DATABASE_URL=" + url}, needs)
		assert.NoError(t, err, "nobody uses it")
	}
}

func TestRedisIsFoundByItsURL(t *testing.T) {
	t.Chdir(t.TempDir())
	needs := Needs{DefaultStorage: StorageMongo}
	c, err := Load(nil, needs)
	require.NoError(t, err)
	assert.Empty(t, c.RateLimitRedisURL, "each gateway counts for itself")
	path := filepath.Join(t.TempDir(), "url")
	require.NoError(t, os.WriteFile(path, []byte("rediss://:secret@redis.example:6380/1\n"), 0o600))
	c, err = Load([]string{"RATE_LIMIT_REDIS_URL_FILE=" + path}, needs)
	require.NoError(t, err)
	assert.Equal(t, "rediss://:secret@redis.example:6380/1", c.RateLimitRedisURL)
	for _, url := range []string{"http://u:secret@h", "u:secret@h:6379", "redis://u:se/cret@h", "redis://u:se%cret@h", "redis://u:secret@h/db"} {
		_, err = Load([]string{"RATE_LIMIT_REDIS_URL=" + url}, needs)
		require.ErrorContains(t, err, "- RATE_LIMIT_REDIS_URL must be like redis://")
		assert.NotContains(t, err.Error(), "cret")
	}
}

func TestTheLimitForEverythingCanBeSwitchedOff(t *testing.T) {
	t.Chdir(t.TempDir())
	needs := Needs{DefaultStorage: StorageMongo}
	c, err := Load([]string{"API_RATE_LIMIT=0"}, needs)
	require.NoError(t, err)
	assert.Zero(t, c.APIRateLimit)
	_, err = Load([]string{"API_RATE_LIMIT=-1"}, needs)
	assert.ErrorContains(t, err, "- API_RATE_LIMIT must be at least 0")
}

func TestProductionRefusesTheDevelopmentSecret(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := Load([]string{"ENVIRONMENT=production", "SERVICE_TOKEN=" + developmentServiceToken}, Needs{DefaultStorage: StorageMongo})
	assert.ErrorContains(t, err, "SERVICE_TOKEN")
}

func TestEveryVariableIsDescribed(t *testing.T) {
	var table strings.Builder
	require.NoError(t, Describe(&table))
	for field := range fields() {
		assert.NotEmpty(t, field.Tag.Get("about"), field.Name)
		assert.Contains(t, table.String(), field.Tag.Get("env"))
	}
}

func TestTheReadmeHasEveryVariable(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	require.NoError(t, err)
	for field := range fields() {
		row := "| `" + field.Tag.Get("env") + "` | "
		if value := field.Tag.Get("envDefault"); value != "" {
			row += "`" + value + "`"
		}
		assert.Contains(t, string(readme), row+" | "+field.Tag.Get("about")+" |")
	}
}
