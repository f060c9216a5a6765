package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
)

// healthTimeout bounds the question. A process that is ready answers within a second even when storage is slow.
const healthTimeout = 3 * time.Second

// healthcheck asks the process of this machine, or the one at HEALTHCHECK_URL, whether it is ready for work. Images
// without a shell have no other way to ask.
func healthcheck(ctx context.Context, args, environ []string, stdout io.Writer) error {
	if len(args) > 0 {
		return fmt.Errorf("%w: spacey healthcheck takes no arguments; set HEALTHCHECK_URL to ask elsewhere", process.ErrUsage)
	}
	url, err := healthURL(environ)
	if err != nil {
		return err
	}
	if err := ask(ctx, url); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s is ready\n", url)
	return err
}

// healthURL returns the address to ask: that of the process which has this environment.
func healthURL(environ []string) (string, error) {
	if url := env.ToMap(environ)["HEALTHCHECK_URL"]; url != "" {
		return url, nil
	}
	c, err := config.Load(environ, config.Needs{DefaultStorage: config.StorageMongo})
	if err != nil {
		return "", err
	}
	host := c.Host
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(c.Port)) + "/readyz", nil
}

// ask fails unless the answer is 200. It goes through no proxy and follows no redirect: the answer must be the process's own.
func ask(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("HEALTHCHECK_URL is not an address to ask: %w", err)
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // only read
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(response.Body, 300)) // the status alone says enough
		return fmt.Errorf("not ready: %s answered %s: %s", url, response.Status, strings.TrimSpace(string(said)))
	}
	return nil
}
