package config

import (
	"net/url"
	"slices"
	"strings"

	"github.com/moshrank/spacey-backend/internal/adapters/redis"
)

// checkRedis says what is wrong with the address of Redis, and nothing of what is in it: there may be a password.
func (c *Config) checkRedis(fault func(wrong bool, format string, args ...any)) {
	if c.RateLimitRedisURL == "" {
		return
	}
	fault(redis.CheckURL(c.RateLimitRedisURL) != nil, "RATE_LIMIT_REDIS_URL must be like redis://user:password@host:6379/0, "+
		"or rediss:// for TLS; in a password, characters like / : @ %% are written as %%2F %%3A %%40 %%25")
}

// storages are the values of STORAGE.
var storages = []string{StorageMongo, StoragePostgres, StorageSQLite}

// checkStorage says what is wrong with the settings of storage: of the engine that is used. What a connection string
// holds is not told, since there may be a password in it.
func (c *Config) checkStorage(fault func(wrong bool, format string, args ...any)) {
	fault(!slices.Contains(storages, c.Storage), "STORAGE must be mongo, postgres or sqlite, it is %q", c.Storage)
	fault(c.Storage == StorageMongo && !strings.HasPrefix(c.MongoURI, "mongodb://") && !strings.HasPrefix(c.MongoURI, "mongodb+srv://"),
		"MONGO_DB_CONNECTION must begin with mongodb:// or mongodb+srv://")
	fault(c.DBName == "" || strings.ContainsAny(c.DBName, `/\. "$*<>:|?`), "DB_NAME %q is not a name for a database", c.DBName)
	if c.Storage != StoragePostgres {
		return
	}
	known := strings.HasPrefix(c.DatabaseURL, "postgres://") || strings.HasPrefix(c.DatabaseURL, "postgresql://")
	fault(!known, "DATABASE_URL must begin with postgres:// or postgresql://")
	_, err := url.Parse(c.DatabaseURL)
	fault(known && err != nil, "DATABASE_URL must be a URL; in a password, characters like / : @ %% are written as %%2F %%3A %%40 %%25")
}
