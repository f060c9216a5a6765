// Package graph holds the providers from which google/wire builds the processes of spacey. Each command's wire.go picks
// the ones it needs.
package graph

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/internal/adapters/mongo"
	"github.com/moshrank/spacey-backend/internal/adapters/postgres"
	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// closeTime is how long storage may take to close.
const closeTime = 5 * time.Second

// Engine is an opened storage: its ports, and what only operators need.
type Engine struct {
	ports.Storage
	// Ping asks whether storage answers. CodeUnavailable when it does not.
	Ping func(context.Context) error
	// CheckSchema fails when the schema is older or newer than this program.
	CheckSchema func(context.Context) error
	// Schema returns the version of the schema, 0 when there is none, and that of this program. It changes nothing.
	Schema func(context.Context) (current, newest int64, err error)
	// Migrate brings the schema up to date. Several processes may do so at once.
	Migrate func(context.Context) error
}

// OpenEngine opens the storage that the configuration names. This file and urls.go, where OpenURL opens what a URL names, are
// where services learn which engines there are.
func OpenEngine(ctx context.Context, c config.Config, logger *slog.Logger) (*Engine, func(), error) {
	switch c.Storage {
	case config.StorageSQLite:
		if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
			return nil, nil, fmt.Errorf("DATA_DIR %s cannot be made (choose a folder that can be written to): %w", c.DataDir, err)
		}
		return openSQLite(ctx, c.SQLitePath(), logger)
	case config.StoragePostgres:
		place, err := parseURL(c.DatabaseURL)
		if err != nil {
			return nil, nil, fmt.Errorf("DATABASE_URL: %w", err)
		}
		return openPostgres(ctx, place.url, logger)
	case config.StorageMongo:
		return openMongo(ctx, c.MongoURI, c.DBName, logger)
	default:
		return nil, nil, fmt.Errorf("STORAGE %q is not known", c.Storage)
	}
}

func openSQLite(ctx context.Context, path string, logger *slog.Logger) (*Engine, func(), error) {
	store, err := sqlite.Open(ctx, path, logger)
	if err != nil {
		return nil, nil, err
	}
	closeStore := func() {
		if err := store.Close(); err != nil {
			logger.Error("closing the database", "error", err)
		}
	}
	return &Engine{store.Ports(), store.Ping, store.CheckSchema, store.Schema, store.Migrate}, closeStore, nil
}

func openPostgres(ctx context.Context, url string, logger *slog.Logger) (*Engine, func(), error) {
	store, err := postgres.Open(ctx, url, logger)
	if err != nil {
		return nil, nil, err
	}
	closeStore := func() {
		if err := store.Close(); err != nil {
			logger.Error("closing the connections to PostgreSQL", "error", err)
		}
	}
	return &Engine{store.Ports(), store.Ping, store.CheckSchema, store.Schema, store.Migrate}, closeStore, nil
}

func openMongo(ctx context.Context, uri, database string, logger *slog.Logger) (*Engine, func(), error) {
	store, err := mongo.Open(ctx, uri, database)
	if err != nil {
		return nil, nil, err
	}
	closeStore := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		if err := store.Close(ctx); err != nil {
			logger.Error("closing the connection to MongoDB", "error", err)
		}
	}
	return &Engine{store.Ports(), store.Ping, store.CheckSchema, store.Schema, store.Migrate}, closeStore, nil
}

// OpenCheckedEngine opens storage for a service, which refuses a schema that is not its own. Storage that does not
// answer yet is no reason not to start: the service is not ready until it does.
func OpenCheckedEngine(ctx context.Context, c config.Config, logger *slog.Logger) (*Engine, func(), error) {
	engine, closeEngine, err := OpenEngine(ctx, c, logger)
	if err != nil {
		return nil, nil, err
	}
	switch err := engine.CheckSchema(ctx); domain.CodeOf(err) {
	case "":
		return engine, closeEngine, nil
	case domain.CodeUnavailable:
		logger.Warn("storage does not answer yet", "error", err)
		return engine, closeEngine, nil
	default:
		closeEngine()
		return nil, nil, err
	}
}
