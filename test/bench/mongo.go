package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	driverapi "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/adapters/mongo"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var onMongo = engine{
	name: "MongoDB",
	create: func(ctx context.Context, s *stand, name string) (database, error) {
		uri, err := s.mongo(ctx)
		if err != nil {
			return nil, err
		}
		client, err := driverapi.Connect(options.Client().ApplyURI(uri))
		if err != nil {
			return nil, err
		}
		d := mongoDatabase{uri, fmt.Sprintf("spacey_bench_%s_%d", name, time.Now().UnixNano())}
		// For a server that stays.
		s.cleanups = append(s.cleanups, func() { dropDatabases(ctx, client, d.name) })
		return d, nil
	},
}

// mongoDatabase is a database of a server.
type mongoDatabase struct{ uri, name string }

func (d mongoDatabase) environment() []string {
	return []string{"STORAGE=mongo", "MONGO_DB_CONNECTION=" + d.uri, "DB_NAME=" + d.name}
}

func (d mongoDatabase) open(ctx context.Context) (ports.Storage, io.Closer, error) {
	store, err := mongo.Open(ctx, d.uri, d.name)
	if err != nil {
		return ports.Storage{}, nil, err
	}
	if err := store.Migrate(ctx); err != nil {
		return ports.Storage{}, nil, errors.Join(err, store.Close(ctx))
	}
	return store.Ports(), mongoCloser{store}, nil
}

// mongoCloser closes a store when the work is over, whatever has become of its context.
type mongoCloser struct{ store *mongo.Store }

func (c mongoCloser) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	return c.store.Close(ctx)
}

// drive fails: the rows that are measured on MongoDB through this type have no floor by the driver.
func (mongoDatabase) drive(context.Context) (driver, error) {
	return nil, errors.New("there is no floor by the driver of MongoDB")
}

func (mongoDatabase) filled(context.Context) error { return nil }
