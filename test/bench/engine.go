package main

import (
	"context"
	"io"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// engine is a storage that rows are measured on.
type engine struct {
	// name is what the table calls it.
	name string
	// floor is how the driver alone writes an answer.
	floor string
	// create makes an empty database for a stand. It returns a notMeasured where the machine lacks the engine. A stand has
	// one that is called served, on which spacey runs, and may have others.
	create func(ctx context.Context, s *stand, name string) (database, error)
}

const served = "spacey"

// database is a database of an engine.
type database interface {
	// environment names it to spacey.
	environment() []string
	// open opens it by spacey's adapter, with an up-to-date schema.
	open(ctx context.Context) (ports.Storage, io.Closer, error)
	// drive opens one that has the schema by the engine's driver alone.
	drive(ctx context.Context) (driver, error)
	// filled does, after many rows were added, what an engine does by itself in time.
	filled(ctx context.Context) error
}

// driver does by an engine's driver alone what spacey does with a database.
type driver interface {
	// write inserts an event and updates the memory of its card, as durably as spacey.
	write(ctx context.Context, event *domain.Event) error
	// readMemories reads the memories of the cards of a deck, and returns how many there are.
	readMemories(ctx context.Context, p *person) (int, error)
	// readFacts reads what is counted of a log, and returns of how many events.
	readFacts(ctx context.Context, p *person) (int, error)
	close() error
}

// on makes a comparison of an engine out of one of any engine.
func on(e engine, compare func(context.Context, *lab, engine) ([]comparison, error)) func(context.Context, *lab) ([]comparison, error) {
	return func(ctx context.Context, l *lab) ([]comparison, error) { return compare(ctx, l, e) }
}

// engineStand is spacey on a database of an engine, and the storage ports of the same database.
type engineStand struct {
	*stand
	engine   engine
	database database
	spacey   *process
	storage  ports.Storage
	store    io.Closer
}

// newEngineStand starts spacey on an empty database.
func (l *lab) newEngineStand(ctx context.Context, e engine) (_ *engineStand, err error) {
	s := &engineStand{engine: e}
	if s.stand, err = l.newStand(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.database, err = e.create(ctx, s.stand, served); err != nil {
		return nil, err
	}
	if s.spacey, err = s.service(ctx, s.database.environment(), "spacey", "serve"); err != nil {
		return nil, err
	}
	s.storage, s.store, err = s.database.open(ctx)
	return s, err
}

func (s *engineStand) close() {
	if s.store != nil {
		_ = s.store.Close() // what it wrote is of no use any more
	}
	s.stand.close()
}
