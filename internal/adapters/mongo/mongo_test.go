package mongo

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/porttest"
	"github.com/moshrank/spacey-backend/test/engines"
)

// The contract runs with a monitor on every command, so it also shows that each port method finds an index and asks for
// durable writes.
func TestContract(t *testing.T) {
	porttest.Run(t, porttest.Engine{
		Open:         func(t *testing.T) ports.Storage { return openTest(t).Ports() },
		OpenCrashing: func(t *testing.T) ports.Storage { return openTest(t).crashing(eventsStored).Ports() },
	})
}

// openTest returns a fresh store with its schema, whose commands are checked.
func openTest(t *testing.T) *Store {
	t.Helper()
	s := openWith(t, options.Client().ApplyURI(engines.Mongo(t)), engines.DatabaseName(t))
	require.NoError(t, s.Migrate(t.Context()))
	return s
}

func openWith(t *testing.T, given *options.ClientOptions, database string) *Store {
	t.Helper()
	s, err := open(given.SetMonitor(checkCommands(t)), database)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.WithoutCancel(t.Context()))) })
	return s
}
