package postgres

import (
	"context"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/test/engines"
	"github.com/moshrank/spacey-backend/test/relay"
)

// addressOf returns the host and the port of a database.
func addressOf(t *testing.T, database string) string {
	t.Helper()
	parsed, err := url.Parse(database)
	require.NoError(t, err)
	return parsed.Host
}

// withHost returns the URL of a database that is reached at another address.
func withHost(t *testing.T, database, host string) string {
	t.Helper()
	parsed, err := url.Parse(database)
	require.NoError(t, err)
	parsed.Host = host
	return parsed.String()
}

// withDatabase returns the URL of another database of a server.
func withDatabase(t *testing.T, database, name string) string {
	t.Helper()
	parsed, err := url.Parse(database)
	require.NoError(t, err)
	parsed.Path = "/" + name
	return parsed.String()
}

// openThrough returns a store that reaches a new database through a relay, which is cut.
func openThrough(t *testing.T) (*Store, *relay.Relay) {
	t.Helper()
	database := engines.PostgresDatabase(t)
	way := relay.New(t, addressOf(t, database))
	return openStore(t, withHost(t, database, way.Address)), way
}

func TestOutage(t *testing.T) {
	user := domain.User{ID: "u", Email: "ada@example.org", Rev: 1}

	t.Run("a server that is away is unavailable, in time, and needs no new store when it comes back", func(t *testing.T) {
		store, way := openThrough(t)
		s := store.Ports()
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(store.Ping(t.Context())))
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(store.CheckSchema(t.Context())))
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(store.Migrate(t.Context())))
		way.Mend(t)
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, s.Users.InsertUser(t.Context(), user))
		for range 2 {
			way.Cut()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			_, read := s.Users.User(ctx, "u")
			_, list := s.Decks.Decks(ctx, owner, ports.Page{Limit: 1})
			_, update := s.Users.UpdateUser(ctx, "u", func(*domain.User) error { return nil })
			_, sweep := s.Sweeper.Sweep(ctx, start)
			for _, err := range []error{read, list, update, sweep, store.Ping(ctx), s.Decks.DeleteDeck(ctx, owner, "d")} {
				require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			}
			require.NoError(t, ctx.Err(), "no call waits until its context ends")
			cancel()
			way.Mend(t)
			got, err := s.Users.User(t.Context(), "u")
			require.NoError(t, err)
			require.Equal(t, user, got)
			require.NoError(t, s.Sessions.EndSession(t.Context(), owner, "s"))
		}
	})
	t.Run("reads do not notice that all connections were replaced", func(t *testing.T) {
		store, way := openThrough(t)
		way.Mend(t)
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.Ports().Users.InsertUser(t.Context(), user))
		for range 5 {
			useAllConnections(t, store)
			way.Cut()
			way.Mend(t)
			_, err := store.Ports().Users.User(t.Context(), "u")
			require.NoError(t, err)
			useAllConnections(t, store)
			way.Cut()
			way.Mend(t)
			_, err = store.Ports().Decks.Decks(t.Context(), owner, ports.Page{Limit: 1})
			require.NoError(t, err)
		}
	})
	t.Run("reads do not notice that the server ended their connections", func(t *testing.T) {
		store := freshStore(t)
		useAllConnections(t, store)
		other := openStore(t, store.pool.Config().ConnString())
		command(t, other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		_, err := store.Ports().Decks.Decks(t.Context(), owner, ports.Page{Limit: 1})
		require.NoError(t, err)
	})
	t.Run("a server that takes no writes is unavailable, and found out when it takes them again", func(t *testing.T) {
		store := freshStore(t)
		require.NoError(t, store.Ports().Users.InsertUser(t.Context(), user))
		operator := openStore(t, store.pool.Config().ConnString())
		useAllConnections(t, operator)
		database := "ALTER DATABASE " + pgx.Identifier{store.pool.Config().ConnConfig.Database}.Sanitize()
		for _, call := range map[string]func() error{
			"the question whether it is ready": func() error { return store.Ping(t.Context()) },
			"one statement":                    func() error { return store.Ports().Sessions.EndSession(t.Context(), owner, "s") },
			"a batch": func() error {
				return store.Ports().ReviewLog.Append(t.Context(), owner, []domain.Event{{ID: "e", Seq: 1, RecordedAt: start}})
			},
		} {
			command(t, operator, database+" SET default_transaction_read_only = on")
			store.pool.Reset()
			useAllConnections(t, store)
			require.Equal(t, domain.CodeUnavailable, domain.CodeOf(call()))
			_, err := store.Ports().Users.User(t.Context(), "u")
			require.NoError(t, err, "it can be read")
			require.Equal(t, domain.CodeUnavailable, domain.CodeOf(call()))
			command(t, operator, database+" RESET default_transaction_read_only")
			require.NoError(t, call(), "connections of that time are not used any more")
		}
	})
	t.Run("a server with no connection to spare is busy", func(t *testing.T) {
		full := &pgproto3.ErrorResponse{Severity: "FATAL", Code: tooManyConnections, Message: "sorry, too many clients already"}
		store := openStore(t, "postgres://name@"+refusing(t, full)+"/spacey?sslmode=disable")
		require.Equal(t, domain.CodeBusy, domain.CodeOf(store.Ping(t.Context())))
		_, err := store.Ports().Users.User(t.Context(), "u")
		require.Equal(t, domain.CodeBusy, domain.CodeOf(err))
	})
	t.Run("a call that ends early leaves its store usable, and the server with nothing to do", func(t *testing.T) {
		store := freshStore(t)
		holder, err := store.pool.Begin(t.Context())
		require.NoError(t, err)
		defer holder.Rollback(context.Background()) //nolint:errcheck // nothing was written
		_, err = holder.Exec(t.Context(), "LOCK TABLE sessions")
		require.NoError(t, err)
		for range 3 * int(store.pool.Config().MaxConns) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			err := store.Ports().Sessions.EndSession(ctx, owner, "s")
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		}
		require.NoError(t, holder.Rollback(t.Context()))
		require.NoError(t, store.Ports().Sessions.EndSession(t.Context(), owner, "s"))
		require.Eventually(t, func() bool {
			return texts(t, store, "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'")[0] == "1"
		}, time.Minute, 20*time.Millisecond, "calls that nobody waits for are cancelled")
	})
}

// refusing returns the address of a server that refuses everyone.
func refusing(t *testing.T, refusal *pgproto3.ErrorResponse) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			server := pgproto3.NewBackend(connection, connection)
			if _, err := server.ReceiveStartupMessage(); err == nil {
				server.Send(refusal)
				_ = server.Flush()
			}
			connection.Close()
		}
	}()
	return listener.Addr().String()
}

// useAllConnections makes all connections of a store, and leaves them idle.
func useAllConnections(t *testing.T, store *Store) {
	t.Helper()
	for range store.pool.Config().MaxConns {
		connection, err := store.pool.Acquire(t.Context())
		require.NoError(t, err)
		defer connection.Release()
		require.NoError(t, connection.Ping(t.Context()))
	}
}
