package process

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
)

// Parts is what a wire graph delivers to be run.
type Parts struct {
	Servers    []Server
	Gate       *Gate
	Background []func(ctx context.Context)
}

// Build makes the parts of a process. The function it returns cleans up, last made first.
type Build func(ctx context.Context, c config.Config, logger *slog.Logger, registry *prometheus.Registry) (Parts, func(), error)

// Service describes a process that serves until it is told to stop.
type Service struct {
	Name string
	// About says in a sentence what it is for.
	About string
	// Needs is what it needs of the configuration that others do not.
	Needs     config.Needs
	NewLogger func(c config.Config, process string, w io.Writer) *slog.Logger
	Build     Build
	// Started, when not nil, is called when everything listens.
	Started func(c config.Config, stdout io.Writer)
}

// Run reads the configuration, builds the process and serves until ctx ends.
func (s Service) Run(ctx context.Context, args, environ []string, stdout io.Writer) error {
	c, err := s.configure(args, environ, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	logger := s.NewLogger(c, s.Name, stdout)
	registry := NewRegistry()
	parts, cleanUp, err := s.Build(ctx, c, logger, registry)
	if err != nil {
		return err
	}
	defer cleanUp()
	closeAdmin, err := ServeAdmin(ctx, c.AdminAddress(), registry, parts.Gate, logger)
	if err != nil {
		return err
	}
	defer closeAdmin()
	for _, server := range parts.Servers {
		logger.Info("listening", "server", server.Name, "address", server.Listener.Addr().String())
	}
	if s.Started != nil {
		s.Started(c, stdout)
	}
	program := Program{
		Servers: parts.Servers, Gate: parts.Gate, Background: parts.Background,
		DrainDelay: c.DrainDelay(),
	}
	return program.Run(ctx, logger)
}

// configure parses the arguments, of which there are none but -help, and reads the configuration.
func (s Service) configure(args, environ []string, stdout io.Writer) (config.Config, error) {
	flags := flag.NewFlagSet(s.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(stdout, "%s: %s\n\nIt is configured by environment variables, or by a .env file (ENV_FILE_PATH).\n\n", s.Name, s.About)
		return config.Config{}, errors.Join(err, config.Describe(stdout))
	case err != nil:
		return config.Config{}, fmt.Errorf("%w: %w", ErrUsage, err)
	case flags.NArg() > 0:
		return config.Config{}, fmt.Errorf("%w: %q is not understood; see %s -help", ErrUsage, flags.Arg(0), s.Name)
	}
	return config.Load(environ, s.Needs)
}
