package moving_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/mongo"
	"github.com/moshrank/spacey-backend/internal/adapters/postgres"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

// freshPostgres returns an empty database of PostgreSQL.
func freshPostgres(t *testing.T) ports.Storage {
	t.Helper()
	store, err := postgres.Open(t.Context(), engines.PostgresDatabase(t), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	return store.Ports()
}

// freshMongo returns an empty database of MongoDB.
func freshMongo(t *testing.T) ports.Storage {
	t.Helper()
	store, err := mongo.Open(t.Context(), engines.Mongo(t), engines.DatabaseName(t))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close(context.Background()) })
	require.NoError(t, store.Migrate(t.Context()))
	return store.Ports()
}

func TestNothingIsLostThroughAllEngines(t *testing.T) {
	first := fresh(t)
	learned(t, first, 2, 20)
	last := first
	for _, engine := range []struct {
		name string
		open func(*testing.T) ports.Storage
	}{
		{"PostgreSQL", freshPostgres}, {"MongoDB", freshMongo}, {"SQLite", func(t *testing.T) ports.Storage { return fresh(t) }},
	} {
		to := engine.open(t)
		all := moved(t, last, to).Total()
		live(t, last)
		second := moved(t, last, to).Total()
		assert.NotZero(t, second.Added, engine.name)
		assert.NotZero(t, second.Changed, engine.name)
		assert.NotZero(t, second.Removed, engine.name)
		assert.Less(t, second.Added+second.Changed+second.Removed, all.Added/2, "%s: what is equal is left alone", engine.name)
		last = to
	}
	auditor := learning.NewAuditor(last)
	for n := 1; n <= people; n++ {
		report, err := auditor.Verify(t.Context(), learner(n), func(d domain.Difference) { t.Error(d) })
		require.NoError(t, err)
		assert.True(t, report.Clean())
		assert.NotZero(t, report.Events)
	}
}
