package postgres

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestWhatIsRenewedWhileItIsSweptStays(t *testing.T) {
	stores := &stock{t: t}
	late := start.Add(2 * domain.AuditLifetime)
	token := domain.APIToken{ID: "t", Owner: owner, CreatedAt: start, ExpiresAt: start}
	place := domain.SignInPlace{Owner: owner, Network: "192.0.2.0/24", FirstSeen: start, LastSeen: start}
	for _, c := range []struct {
		name   string
		insert query
		first  []any
		renew  query
		values []any
		table  string
	}{
		{
			"an API token that is given a later end", putAPIToken, apiTokenValues(owner, &token), putAPIToken,
			apiTokenValues(owner, &domain.APIToken{ID: "t", CreatedAt: start, ExpiresAt: late}), "api_tokens",
		},
		{
			"a place from where somebody signs in", insertPlace, placeValues(owner, &place), seePlace,
			[]any{owner, place.Network, late}, "sign_in_places",
		},
		{
			"a sign-in that fails again", insertAttempts, []any{"k", 0, 1, start, start}, updateAttempts,
			[]any{"k", 1, 2, late, late.Add(time.Hour)}, "sign_in_attempts",
		},
		{
			"a request that is made again after it has expired", beginRequest, []any{owner, "k", "f", start, start, start, start}, beginRequest,
			[]any{owner, "k", "f", late, late.Add(time.Hour), late.Add(time.Hour), late}, "idempotent_requests",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := stores.take(t)
			command(t, store, string(c.insert), c.first...)
			before := func(tx pgx.Tx) error { return run(t.Context(), c.renew, c.values...)(tx) }
			require.NoError(t, meeting(t, store, before, func() error {
				_, err := store.Ports().Sweeper.Sweep(t.Context(), late)
				return err
			}))
			require.Equal(t, []string{"1"}, texts(t, store, "SELECT count(*)::text FROM "+c.table))
		})
	}
}
