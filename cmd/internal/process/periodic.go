package process

import (
	"context"
	"log/slog"
	"time"
)

// Periodically returns background work that does something at once and then every interval. A failure is logged and
// tried again the next time.
func Periodically(name string, interval time.Duration, logger *slog.Logger, do func(context.Context) error) func(context.Context) {
	return func(ctx context.Context) {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				logger.Warn("background work failed and will be tried again", "work", name, "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	}
}

// UntilDone returns background work that is tried until it succeeds once, after pauses that grow up to a minute.
func UntilDone(name string, logger *slog.Logger, do func(context.Context) error) func(context.Context) {
	return func(ctx context.Context) {
		for pause := time.Second; ; pause = min(2*pause, time.Minute) {
			err := do(ctx)
			if err == nil {
				return
			}
			logger.Warn("not done yet and will be tried again", "work", name, "error", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	}
}
