package mongo

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/engines"
	"github.com/moshrank/spacey-backend/test/relay"
)

// openThrough returns a store that reaches the server through a relay, which is cut.
func openThrough(t *testing.T) (*Store, *relay.Relay) {
	t.Helper()
	given := options.Client().ApplyURI(engines.Mongo(t))
	way := relay.New(t, given.Hosts[0])
	given.SetHosts([]string{way.Address}).SetDirect(true)
	return openWith(t, given, engines.DatabaseName(t)), way
}

func TestOutage(t *testing.T) {
	user := domain.User{ID: ada, Name: "Ada", Email: "ada@example.org", CreatedAt: start, UpdatedAt: start, Rev: 1}
	briefly := func(t *testing.T) context.Context {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}

	t.Run("a server that is away and comes back is unavailable meanwhile and needs no new store", func(t *testing.T) {
		t.Parallel()
		s, way := openThrough(t)
		way.Mend(t)
		require.NoError(t, s.Migrate(t.Context()))
		require.NoError(t, s.InsertUser(t.Context(), user))
		for range 2 {
			way.Cut()
			_, read := s.User(briefly(t), ada)
			_, list := s.Decks(briefly(t), ada, page(1))
			_, update := s.UpdateUser(briefly(t), ada, func(*domain.User) error { return nil })
			for _, err := range []error{s.Ping(briefly(t)), read, list, update, s.InsertUser(briefly(t), user)} {
				requireCode(t, domain.CodeUnavailable, err)
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
			way.Mend(t)
			got, err := s.User(t.Context(), ada)
			require.NoError(t, err)
			require.Equal(t, user, got)
		}
	})

	t.Run("without a deadline a call ends when no server was found", func(t *testing.T) {
		t.Parallel()
		given := options.Client().ApplyURI(engines.Mongo(t)).SetServerSelectionTimeout(300 * time.Millisecond)
		given.SetHosts([]string{relay.New(t, "").Address})
		s := openWith(t, given, engines.DatabaseName(t))
		requireCode(t, domain.CodeUnavailable, s.Ping(t.Context()))
		requireCode(t, domain.CodeUnavailable, s.CheckSchema(t.Context()))
		requireCode(t, domain.CodeUnavailable, s.Migrate(t.Context()))
	})

	t.Run("a store may be opened before its server is there", func(t *testing.T) {
		t.Parallel()
		s, way := openThrough(t)
		requireCode(t, domain.CodeUnavailable, s.Ping(briefly(t)))
		requireCode(t, domain.CodeUnavailable, s.CheckSchema(briefly(t)))
		way.Mend(t)
		require.NoError(t, s.Ping(t.Context()))
		require.NoError(t, s.Migrate(t.Context()))
	})

	t.Run("a closed store is unavailable", func(t *testing.T) {
		t.Parallel()
		s, err := Open(t.Context(), engines.Mongo(t), engines.DatabaseName(t))
		require.NoError(t, err)
		require.NoError(t, s.Ping(t.Context()))
		require.NoError(t, s.Close(t.Context()))
		requireCode(t, domain.CodeUnavailable, s.Ping(t.Context()))
	})

	t.Run("a connection string that is wrong is told at once", func(t *testing.T) {
		t.Parallel()
		_, err := Open(t.Context(), "localhost:27017", "spacey")
		require.ErrorContains(t, err, "mongodb://")
	})
}
