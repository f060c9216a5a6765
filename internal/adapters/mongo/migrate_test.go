package mongo

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
)

func page(limit int) ports.Page { return ports.Page{Limit: limit} }

// openEmpty returns a store without a schema.
func openEmpty(t *testing.T) *Store {
	t.Helper()
	return openWith(t, options.Client().ApplyURI(engines.Mongo(t)), engines.DatabaseName(t))
}

func setVersion(t *testing.T, s *Store, version int) {
	t.Helper()
	found, err := setWhere(t.Context(), s.schemas, bson.D{{Key: "_id", Value: versionID}}, versionRecord{version})
	require.NoError(t, err)
	require.True(t, found)
}

func TestMigrate(t *testing.T) {
	t.Run("an empty database is stale until it is migrated, which may be done again", func(t *testing.T) {
		t.Parallel()
		s := openEmpty(t)
		require.ErrorContains(t, s.CheckSchema(t.Context()), "spacey migrate")
		for range 2 {
			require.NoError(t, s.Migrate(t.Context()))
			require.NoError(t, s.CheckSchema(t.Context()))
		}
		requireStored(t, 1, s.schemas)
	})

	t.Run("every declared index is there", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		for _, wanted := range indexes {
			specifications, err := s.database.Collection(wanted.collection).Indexes().ListSpecifications(t.Context())
			require.NoError(t, err)
			found := false
			for _, specification := range specifications {
				var keys bson.D
				require.NoError(t, bson.Unmarshal(specification.KeysDocument, &keys))
				if specification.Name == wanted.name {
					found = true
					require.Len(t, keys, len(wanted.keys))
					for i, field := range wanted.keys {
						require.Equal(t, field, keys[i].Key)
					}
					require.Equal(t, wanted.unique, specification.Unique != nil && *specification.Unique)
				}
			}
			require.True(t, found, "index %s of %s", wanted.name, wanted.collection)
		}
	})

	t.Run("many may migrate at once", func(t *testing.T) {
		t.Parallel()
		s := openEmpty(t)
		var running sync.WaitGroup
		failures := make([]error, 5)
		for i := range failures {
			running.Go(func() { failures[i] = s.Migrate(t.Context()) })
		}
		running.Wait()
		for _, err := range failures {
			require.NoError(t, err)
		}
		require.NoError(t, s.CheckSchema(t.Context()))
		requireStored(t, 1, s.schemas)
	})

	t.Run("one that crashed holds nobody up when its lease has run out", func(t *testing.T) {
		t.Parallel()
		s := openEmpty(t)
		leased, err := s.lease(t.Context(), bson.NewObjectID())
		require.NoError(t, err)
		require.True(t, leased)

		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		err = s.Migrate(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, s.CheckSchema(t.Context()), "spacey migrate")

		s.now = func() time.Time { return time.Now().Add(2 * leaseTime) }
		require.NoError(t, s.Migrate(t.Context()))
		require.NoError(t, s.CheckSchema(t.Context()))
	})

	t.Run("an older schema is brought up to date", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		setVersion(t, s, schemaVersion-1)
		require.ErrorContains(t, s.CheckSchema(t.Context()), "spacey migrate")
		require.NoError(t, s.Migrate(t.Context()))
		require.NoError(t, s.CheckSchema(t.Context()))
	})

	t.Run("a newer schema is refused and stays", func(t *testing.T) {
		t.Parallel()
		s := openTest(t)
		setVersion(t, s, schemaVersion+1)
		require.ErrorContains(t, s.CheckSchema(t.Context()), "newer")
		require.ErrorContains(t, s.Migrate(t.Context()), "newer")
		requireCode(t, domain.CodeSchema, s.CheckSchema(t.Context()))
		version, err := s.schema(t.Context())
		require.NoError(t, err)
		require.Equal(t, schemaVersion+1, version)
	})
}
