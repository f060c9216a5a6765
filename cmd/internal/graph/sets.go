package graph

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/wire"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Remote is for a process that reaches the others by TCP.
var Remote = wire.NewSet(wire.Struct(new(Common), "*"), NewTCPNetwork, wire.Bind(new(Network), new(TCPNetwork)), verifiers)

// Local is for a process that holds all services.
var Local = wire.NewSet(wire.Struct(new(Common), "*"), NewLocalNetwork, wire.Bind(new(Network), new(*LocalNetwork)), verifiers)

var verifiers = wire.NewSet(NewRemoteVerifier, NewIdentityVerifier)

var storage = wire.NewSet(wire.FieldsOf(new(*Engine), "Storage"), NewStorageGate)

// CheckedStorage is storage whose schema somebody else keeps up to date.
var CheckedStorage = wire.NewSet(OpenCheckedEngine, storage)

// MigratedStorage is storage whose schema this process brings up to date.
var MigratedStorage = wire.NewSet(OpenMigratedEngine, storage)

// GatewayParts returns what the gateway's process runs.
func GatewayParts(g *Gateway, gate *process.Gate) process.Parts {
	return process.Parts{Servers: []process.Server{g.Server}, Gate: gate}
}

// UserParts returns what the process of user-service runs.
func UserParts(s *UserService, gate *process.Gate, storage ports.Storage, clock ports.Clock, logger *slog.Logger) process.Parts {
	return process.Parts{
		Servers: []process.Server{s.Server}, Gate: gate,
		Background: append(s.Background(logger), Sweep(storage, clock, logger)),
	}
}

// ConfigParts returns what the process of config-service runs.
func ConfigParts(s *ConfigService, gate *process.Gate, logger *slog.Logger) process.Parts {
	return process.Parts{
		Servers: []process.Server{s.Server}, Gate: gate, Background: []func(context.Context){s.Background(logger)},
	}
}

// DeckParts returns what the process of deck-management-service runs.
func DeckParts(s *DeckService, gate *process.Gate, storage ports.Storage, clock ports.Clock, logger *slog.Logger) process.Parts {
	return process.Parts{
		Servers: []process.Server{s.Server}, Gate: gate,
		Background: []func(context.Context){s.Background(logger), Sweep(storage, clock, logger)},
	}
}

// LearningParts returns what the process of learning-service runs.
func LearningParts(s *LearningService, gate *process.Gate, logger *slog.Logger) process.Parts {
	return process.Parts{
		Servers: []process.Server{s.Server}, Gate: gate, Background: s.Background(logger),
	}
}

// GenerationParts returns what the process of card-generation-service runs.
func GenerationParts(s *GenerationService, gate *process.Gate, logger *slog.Logger) process.Parts {
	return process.Parts{
		Servers: []process.Server{s.Server}, Gate: gate, Background: s.Background(logger),
	}
}

// Whole is all services in one process.
type Whole struct {
	Gateway    *Gateway
	Users      *UserService
	Configs    *ConfigService
	Decks      *DeckService
	Learning   *LearningService
	Generation *GenerationService
	Gate       *process.Gate
	Storage    ports.Storage
	Clock      ports.Clock
}

// Parts returns what the process runs. The gateway is the last to start and the first to stop.
func (w *Whole) Parts(logger *slog.Logger) process.Parts {
	return process.Parts{
		Servers: []process.Server{w.Users.Server, w.Configs.Server, w.Decks.Server, w.Learning.Server, w.Generation.Server, w.Gateway.Server},
		Gate:    w.Gate,
		Background: slices.Concat(w.Users.Background(logger), w.Learning.Background(logger), w.Generation.Background(logger), []func(context.Context){
			w.Configs.Background(logger), w.Decks.Background(logger), Sweep(w.Storage, w.Clock, logger),
		}),
	}
}

// contactWait is how long storage may take to answer for the first time. What a migration may take is not bounded.
const contactWait = 15 * time.Second

// OpenMigratedEngine opens storage and brings its schema up to date. It waits a while for storage to answer.
func OpenMigratedEngine(ctx context.Context, c config.Config, logger *slog.Logger) (*Engine, func(), error) {
	engine, closeEngine, err := OpenReachableEngine(ctx, c, logger)
	if err != nil {
		return nil, nil, err
	}
	if err := engine.Migrate(ctx); err != nil {
		closeEngine()
		return nil, nil, err
	}
	return engine, closeEngine, nil
}

// OpenReachableEngine opens storage, whatever its schema is, and waits a while for it to answer.
func OpenReachableEngine(ctx context.Context, c config.Config, logger *slog.Logger) (*Engine, func(), error) {
	engine, closeEngine, err := OpenEngine(ctx, c, logger)
	if err != nil {
		return nil, nil, err
	}
	contact, cancel := context.WithTimeout(ctx, contactWait)
	defer cancel()
	if err := engine.Ping(contact); err != nil {
		closeEngine()
		return nil, nil, fmt.Errorf("storage does not answer; is it running, and is %s right? %w", locationVariable(c), err)
	}
	return engine, closeEngine, nil
}

// locationVariable returns the variable that says where storage is.
func locationVariable(c config.Config) string {
	switch c.Storage {
	case config.StorageMongo:
		return "MONGO_DB_CONNECTION"
	case config.StoragePostgres:
		return "DATABASE_URL"
	default:
		return "DATA_DIR"
	}
}
