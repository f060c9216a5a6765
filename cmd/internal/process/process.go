// Package process starts, watches and stops what a process of spacey consists of, the same way in each of them.
package process

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"
)

// ExitUsage and ExitFailure are the exit codes of a wrong call and of a process that could not do its work.
const (
	ExitFailure = 1
	ExitUsage   = 2
)

// drainTime is how long requests that are under way may take after the process was told to stop.
const drainTime = 15 * time.Second

// ErrUsage is wrapped by errors about how the program was called.
var ErrUsage = errors.New("usage")

// Main runs a program until it ends or the process is told to stop, and exits with its code. A second signal ends the
// process at once.
func Main(name string, run func(ctx context.Context, args, environ []string, stdout io.Writer) error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout)
	switch {
	case err == nil:
		os.Exit(0)
	case errors.Is(err, ErrUsage):
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(ExitUsage)
	default:
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(ExitFailure)
	}
}

// Server is an application with the place where it listens.
type Server struct {
	Name     string
	App      *fiber.App
	Listener net.Listener
}

// Program is what a process runs. Servers are started in order and stopped in reverse.
type Program struct {
	Servers []Server
	// Gate is turned off before anything is stopped, so that no new work is sent here.
	Gate *Gate
	// Background is work that goes on until its context ends.
	Background []func(ctx context.Context)
	// DrainDelay is how long the process goes on serving after the gate is off: until every prober has seen it.
	DrainDelay time.Duration
}

// Run runs the program until ctx ends or a server fails. Requests that are under way are finished.
func (p Program) Run(ctx context.Context, logger *slog.Logger) error {
	var background sync.WaitGroup
	backgroundCtx, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	for _, work := range p.Background {
		background.Go(func() { work(backgroundCtx) })
	}
	defer background.Wait()
	defer stopBackground()

	serving, failed := errgroup.WithContext(ctx)
	for _, server := range p.Servers {
		serving.Go(func() error {
			err := server.App.Listener(server.Listener)
			if failed.Err() != nil {
				return nil // it was told to
			}
			return fmt.Errorf("%s stopped by itself: %w", server.Name, cmp.Or(err, net.ErrClosed))
		})
	}
	<-failed.Done()
	p.stop(ctx, logger)
	return serving.Wait()
}

// stop turns the gate off, waits for the probers, and stops the servers, the last one first.
func (p Program) stop(ctx context.Context, logger *slog.Logger) {
	logger.Info("stopping")
	p.Gate.Close()
	time.Sleep(p.DrainDelay)
	deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	for i := len(p.Servers) - 1; i >= 0; i-- {
		if err := p.Servers[i].App.ShutdownWithContext(deadline); err != nil {
			logger.Error("a server did not stop in time", "server", p.Servers[i].Name, "error", err)
		}
	}
}
