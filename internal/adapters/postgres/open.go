package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	// connectTime is how long a new connection may take, unless the URL says otherwise.
	connectTime = 5 * time.Second
	// connectionsAtLeast is how many connections there may be, or four a processor, unless the URL says otherwise.
	connectionsAtLeast = 16
	// connectionsNeeded is how many there are whatever the URL says: who migrates holds the lock with one, and writes with another.
	connectionsNeeded = 2
)

// promised are the settings that the contract of the ports rests on. The URL cannot change them.
var promised = map[string]string{
	// What was acknowledged is on disk.
	"synchronous_commit": "on",
	// Statements are written for this level; some servers have another default.
	"default_transaction_isolation": "read committed",
	"client_encoding":               "UTF8",
	"timezone":                      "UTC",
}

// planning are settings for the planner, unless the URL says otherwise. Every statement is served by an index, in its order. A
// server that plans a statement for people with few cards would sort them, and go on to do so for somebody with a million.
// PostgreSQL knows all of them from version 12 on; an older one refuses the connection.
var planning = map[string]string{
	// The plan of a statement is the same whatever its parameters are: one for a limit that a person's rows do not reach, as the
	// server believes, would read all of them.
	"plan_cache_mode": "force_generic_plan",

	"enable_seqscan": "off", "enable_bitmapscan": "off", "enable_sort": "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
	// Statements are too short for it.
	"jit": "off",
}

// Open returns the store in the database of a URL like postgres://name:password@host:5432/spacey. It does not wait for
// the server: Ping tells whether it answers. Without a logger nothing is logged. The error says what is wrong with the
// URL, without its password.
func Open(ctx context.Context, address string, logger *slog.Logger) (*Store, error) {
	config, err := configOf(address)
	if err != nil {
		return nil, err
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, domain.WrapError(domain.CodeInternal, "The connections to PostgreSQL cannot be set up.", err)
	}
	place := fmt.Sprintf("%s of the server %s:%d", config.ConnConfig.Database, config.ConnConfig.Host, config.ConnConfig.Port)
	return &Store{pool: pool, logger: logger, place: place, now: time.Now}, nil
}

// configOf returns how the database of a URL is reached.
func configOf(address string) (*pgxpool.Config, error) {
	refusal := domain.NewError(domain.CodeInternal, "The URL of PostgreSQL must look like postgres://name:password@host:5432/spacey. "+
		"In a password, characters like / : @ % are written as %2F %3A %40 %25.")
	parsed, err := url.Parse(address)
	// An @ behind the host belongs to a password that was not written as a URL wants it. What is wrong with such a URL is not
	// told: it would be a part of the password.
	if err != nil || parsed.Scheme != "postgres" && parsed.Scheme != "postgresql" || strings.Contains(parsed.Path+parsed.RawQuery, "@") {
		return nil, refusal
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		refusal.Err = errors.New(err.Error()) // the error itself holds the password
		return nil, refusal
	}
	given := url.Values{} // PostgreSQL takes the names of settings in any case
	for name, values := range parsed.Query() {
		given[strings.ToLower(name)] = values
	}
	if !given.Has("connect_timeout") {
		config.ConnConfig.ConnectTimeout = connectTime
	}
	if !given.Has("pool_max_conns") {
		config.MaxConns = max(connectionsAtLeast, int32(4*runtime.GOMAXPROCS(0)))
	}
	config.MaxConns = max(config.MaxConns, connectionsNeeded)
	if !given.Has("application_name") {
		config.ConnConfig.RuntimeParams["application_name"] = "spacey"
	}
	for name, value := range planning {
		if !given.Has(name) {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	for name := range config.ConnConfig.RuntimeParams {
		if _, kept := promised[strings.ToLower(name)]; kept {
			delete(config.ConnConfig.RuntimeParams, name)
		}
	}
	for name, value := range promised {
		config.ConnConfig.RuntimeParams[name] = value
	}
	return config, nil
}
