//go:build wireinject

package main

import (
	"context"
	"log/slog"

	"github.com/google/wire"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
	"github.com/moshrank/spacey-backend/cmd/internal/process"
)

func build(ctx context.Context, c config.Config, logger *slog.Logger, registry *prometheus.Registry) (process.Parts, func(), error) {
	panic(wire.Build(graph.Foundation, graph.Remote, graph.CheckedStorage, graph.NewGenerationService, graph.GenerationParts))
}
