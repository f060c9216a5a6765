package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/test/engines"
)

func TestOpen(t *testing.T) {
	t.Run("what the contract rests on cannot be changed by the URL", func(t *testing.T) {
		database := engines.PostgresDatabase(t)
		for name, value := range map[string]string{
			"synchronous_commit": "off", "default_transaction_isolation": "serializable", "timezone": "Asia/Tokyo",
			"options": "-csynchronous_commit=off",
		} {
			database = withParameter(t, database, name, value)
		}
		store := openStore(t, database)
		for name, value := range promised {
			require.Equal(t, []string{value}, texts(t, store, "SELECT current_setting($1)", name), name)
		}
	})
	t.Run("nor by a name in other letters", func(t *testing.T) {
		store, err := Open(t.Context(), "postgres://name@localhost/spacey?TimeZone=Asia/Tokyo&SYNCHRONOUS_COMMIT=off&Enable_Sort=on", nil)
		require.NoError(t, err)
		defer store.Close()
		settings := map[string]string{}
		for name, value := range store.pool.Config().ConnConfig.RuntimeParams {
			require.NotContains(t, settings, strings.ToLower(name), "which one counts is up to chance")
			settings[strings.ToLower(name)] = value
		}
		require.Equal(t, []string{"UTC", "on", "on"}, []string{settings["timezone"], settings["synchronous_commit"], settings["enable_sort"]})
	})
	t.Run("the URL says how many connections there are, and what the server calls them", func(t *testing.T) {
		store := openStore(t, withParameter(t, engines.PostgresDatabase(t), "application_name", "learning"))
		require.Equal(t, int32(4), store.pool.Config().MaxConns)
		require.Equal(t, []string{"learning"}, texts(t, store, "SELECT current_setting('application_name')"))
	})
	t.Run("the planner takes indexes in their order, unless the URL says otherwise", func(t *testing.T) {
		store := openStore(t, withParameter(t, engines.PostgresDatabase(t), "enable_sort", "on"))
		for name, value := range planning {
			if name == "enable_sort" {
				value = "on"
			}
			require.Equal(t, []string{value}, texts(t, store, "SELECT current_setting($1)", name), name)
		}
	})
	t.Run("where the URL says nothing there are enough connections, and they do not wait long for a server", func(t *testing.T) {
		store, err := Open(t.Context(), "postgres://name@localhost/spacey", nil)
		require.NoError(t, err)
		defer store.Close()
		require.GreaterOrEqual(t, store.pool.Config().MaxConns, int32(connectionsAtLeast))
		require.Equal(t, connectTime, store.pool.Config().ConnConfig.ConnectTimeout)
		require.Equal(t, "spacey", store.pool.Config().ConnConfig.RuntimeParams["application_name"])
	})
}

func TestOpenRefuses(t *testing.T) {
	const secret = "tr0ub4dor"
	for name, address := range map[string]string{
		"no URL":                             "",
		"what is no URL":                     "host=localhost password=" + secret,
		"a URL of something else":            "mysql://name:" + secret + "@localhost/spacey",
		"a password with a slash":            "postgres://name:" + secret + "/x@localhost/spacey",
		"a password that is a port at first": "postgres://name:1/" + secret + "@localhost/spacey",
		"a password with a question mark":    "postgres://name:1?" + secret + "@localhost/spacey",
		"a password with a percent sign":     "postgres://name:" + secret + "%@localhost/spacey",
		"a port that is none":                "postgres://name:" + secret + "@localhost:http/spacey",
		"a parameter that is none":           "postgres://name:" + secret + "@localhost/spacey?sslmode=maybe",
		"a pool of no size":                  "postgres://name:" + secret + "@localhost/spacey?pool_max_conns=many",
		"a password as a parameter":          "postgres://localhost/spacey?sslmode=maybe&password=" + secret,
	} {
		t.Run(name+" is refused with what it should be, and without its password", func(t *testing.T) {
			_, err := Open(t.Context(), address, nil)
			var failed *domain.Error
			require.ErrorAs(t, err, &failed)
			require.Contains(t, failed.Message, "postgres://name:password@host:5432/spacey")
			require.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, failed.Err), secret)
			var whole *pgconn.ParseConfigError
			require.NotErrorAs(t, err, &whole, "it holds the URL")
		})
	}
}

func TestPing(t *testing.T) {
	database := engines.PostgresDatabase(t)
	t.Run("a server that answers is all it takes", func(t *testing.T) {
		require.NoError(t, openStore(t, database).Ping(t.Context()), "the schema is not asked for")
	})
	t.Run("a closed store is unavailable, and may be closed twice", func(t *testing.T) {
		store := freshStore(t)
		require.NoError(t, store.Close())
		_, err := store.Ports().Users.User(t.Context(), "u")
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(store.Ping(t.Context())))
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(store.Ports().Sessions.EndSession(t.Context(), owner, "s")))
	})
	t.Run("who may not enter, and what is not there, is unavailable, and the cause names no password", func(t *testing.T) {
		for _, address := range []string{
			"postgres://nobody:tr0ub4dor@" + addressOf(t, database) + "/postgres?sslmode=disable",
			withDatabase(t, database, "nothing"),
		} {
			err := openStore(t, address).Ping(t.Context())
			require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
			require.NotContains(t, err.Error(), "tr0ub4dor")
		}
	})
	t.Run("a context that has ended asks nobody", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := openStore(t, database).Ping(ctx)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "The call ended before")
		require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
	})
}
