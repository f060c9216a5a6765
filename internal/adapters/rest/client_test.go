package rest_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// whence returns a route that answers where a call comes from.
func whence(path string, wants bool) rest.Endpoint {
	return rest.Route(with(spec("GET", path), func(s *rest.Spec) { s.WantsClient = wants }),
		func(ctx context.Context, _ domain.Identity, _ rest.Empty) (string, error) {
			return rest.ClientOf(ctx).Place(), nil
		})
}

func TestWhereACallComesFrom(t *testing.T) {
	const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	app, _ := serve(whence("/told", true), whence("/untold", false))
	for _, p := range []struct{ name, target, address, credential, place string }{
		{"is what the gateway says", "/told", "203.0.113.7", serviceToken, "Firefox on Linux, 203.0.113.7"},
		{"is not believed without the credential", "/told", "203.0.113.7", "", "Firefox on Linux"},
		{"is not believed with a wrong credential", "/told", "203.0.113.7", "guessed", "Firefox on Linux"},
		{"is not known when it cannot be read", "/told", "somewhere", serviceToken, "Firefox on Linux"},
		{"is not known when the gateway does not say it", "/told", "", serviceToken, "Firefox on Linux"},
		{"is told only to routes that want it", "/untold", "203.0.113.7", serviceToken, ""},
	} {
		t.Run(p.name, func(t *testing.T) {
			got := call(t, app, "GET", p.target, "", "User-Agent", firefox, rest.ClientAddressHeader, p.address, rest.ServiceTokenHeader, p.credential)
			require.Equal(t, `{"message":"Success","data":"`+p.place+`"}`, got.body)
		})
	}
	t.Run("is the other end of the connection when nobody says it", func(t *testing.T) {
		response, err := http.Get(listen(t, whence("/told", true)) + "/told")
		require.NoError(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.Equal(t, `{"message":"Success","data":"127.0.0.1"}`, string(body))
	})
}
