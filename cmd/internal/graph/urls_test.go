package graph

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
)

func TestURLsOfStorages(t *testing.T) {
	for url, want := range map[string]place{
		"sqlite:data/x":    {engine: config.StorageSQLite, path: "data/x"},
		"sqlite:///var/x":  {engine: config.StorageSQLite, path: "/var/x"},
		"sqlite://x.db":    {engine: config.StorageSQLite, path: "x.db"},
		"data/spacey.db":   {engine: config.StorageSQLite, path: "data/spacey.db"},
		"C:/spacey.db":     {engine: config.StorageSQLite, path: "C:/spacey.db"},
		"sqlite:100%:x.db": {engine: config.StorageSQLite, path: "100%:x.db"},
		"mongodb://h":      {engine: config.StorageMongo, host: "h", database: "spacey", url: "mongodb://h"},
		"mongodb://u:p@h1:1,h2:2/learn?w=1": {
			engine: config.StorageMongo, host: "h1:1,h2:2", database: "learn", url: "mongodb://u:p@h1:1,h2:2/learn?w=1",
		},
		"mongodb+srv://u:p@h.example.org/": {
			engine: config.StorageMongo, host: "h.example.org", database: "spacey", url: "mongodb+srv://u:p@h.example.org/",
		},
		"postgres://u:p@h:5432/learn?sslmode=require": {
			engine: config.StoragePostgres, host: "h:5432", database: "learn", url: "postgres://u:p@h:5432/learn?sslmode=require",
		},
		"postgresql://u:p@h?sslmode=require": {
			engine: config.StoragePostgres, host: "h", database: "spacey", url: "postgresql://u:p@h/spacey?sslmode=require",
		},
		"postgres:///learn?host=/run/pg": {
			engine: config.StoragePostgres, host: "/run/pg", database: "learn", url: "postgres:///learn?host=/run/pg",
		},
		"postgres://?dbname=learn": {
			engine: config.StoragePostgres, host: "localhost", database: "learn", url: "postgres://?dbname=learn",
		},
	} {
		t.Run(url+" is understood", func(t *testing.T) {
			got, err := parseURL(url)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
	for _, url := range []string{"", "spacey", "sqlite:", "sqlite://", "mysql://h/x", "mysql://h/x.db", ":", "http://h"} {
		t.Run("of "+url+" it is said which forms there are", func(t *testing.T) {
			_, _, err := OpenURL(t.Context(), url, slog.Default())
			for _, form := range []string{"sqlite:PATH", ".db", "postgres://", "mongodb://", "postgresql://", "mongodb+srv://"} {
				assert.ErrorContains(t, err, form)
			}
			assert.Equal(t, "an unknown storage", DescribeURL(url))
		})
	}
	for _, url := range []string{
		"postgres://u:se/cret@h/db", "postgres://u:se%cret@h/db", "mongodb:secret", "mongodb://u:secret@h:port/db", "postgres://u:sec#ret:@h/db",
		"postgres://u:sec@ret@h/db", "postgres://sec:1#2@h/db", "postgres://sec:1/2@h/db", "postgres://sec:1?2@h/db",
	} {
		t.Run("what stands in "+url+" is not told", func(t *testing.T) {
			_, _, err := OpenURL(t.Context(), url, slog.Default())
			require.Error(t, err)
			for _, part := range []string{"cret", "sec"} {
				assert.NotContains(t, err.Error(), part)
				assert.NotContains(t, DescribeURL(url), part)
			}
		})
	}
}

func TestDescriptionsOfStoragesHoldNoSecrets(t *testing.T) {
	t.Chdir(t.TempDir())
	folder, err := os.Getwd()
	require.NoError(t, err)
	for url, want := range map[string]string{
		"spacey.db":                            "SQLite, " + filepath.Join(folder, "spacey.db"),
		"mongodb://u:secret@h:1,i:2/learn":     "MongoDB, h:1,i:2/learn",
		"mongodb+srv://u:secret@h":             "MongoDB, h/spacey",
		"postgres://u:secret@h/learn?x=secret": "PostgreSQL, h/learn",
		"postgresql://h/?password=secret":      "PostgreSQL, h/spacey",
	} {
		assert.Equal(t, want, DescribeURL(url))
	}
}

func TestFilesAreNamedByURLs(t *testing.T) {
	path, ok := SQLitePath("sqlite:data/spacey")
	assert.True(t, ok)
	assert.Equal(t, "data/spacey", path)
	_, ok = SQLitePath("mongodb://h/spacey.db")
	assert.False(t, ok)
	_, ok = SQLitePath("letter.txt")
	assert.False(t, ok)
}

func TestStoragesAreOpenedByURL(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "spacey.db")
	engine, closeEngine, err := OpenURL(t.Context(), path, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer closeEngine()
	require.NoError(t, engine.Ping(t.Context()))
	current, newest, err := engine.Schema(t.Context())
	require.NoError(t, err)
	assert.Zero(t, current)
	require.NoError(t, engine.Migrate(t.Context()))
	current, _, err = engine.Schema(t.Context())
	require.NoError(t, err)
	assert.Equal(t, newest, current)
	assert.FileExists(t, path)

	_, closeMongo, err := OpenURL(t.Context(), "mongodb://localhost:1/learn", slog.New(slog.DiscardHandler))
	require.NoError(t, err, "it does not wait for the server")
	closeMongo()
}
