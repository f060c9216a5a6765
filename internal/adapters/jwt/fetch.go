package jwt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// maxKeySetBytes bounds what is read of a key set.
const maxKeySetBytes = 64 << 10

// FetchFrom returns a function for NewRemoteKeys that gets the key set from the first of some URLs that answers. The
// credential is shown as a bearer token.
func FetchFrom(client *http.Client, credential string, urls ...string) func(ctx context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		failures := []error{domain.NewError(domain.CodeUnavailable, "The keys of the tokens cannot be had now.")}
		for _, url := range urls {
			text, err := fetch(ctx, client, credential, url)
			if err == nil {
				return text, nil
			}
			failures = append(failures, err)
		}
		return nil, errors.Join(failures...)
	}
}

func fetch(ctx context.Context, client *http.Client, credential, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("asking for the key set: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+credential)
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking for the key set: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // nothing is lost when closing fails
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("asking for the key set: %s answered %s", url, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, maxKeySetBytes))
}
