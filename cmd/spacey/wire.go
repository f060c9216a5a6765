//go:build wireinject

package main

import (
	"context"
	"log/slog"

	"github.com/google/wire"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/moshrank/spacey-backend/cmd/internal/config"
	"github.com/moshrank/spacey-backend/cmd/internal/graph"
)

func build(ctx context.Context, c config.Config, logger *slog.Logger, registry *prometheus.Registry) (*graph.Whole, func(), error) {
	panic(wire.Build(graph.Foundation, graph.Local, graph.MigratedStorage, graph.NewSigner, graph.NewUserService, graph.NewConfigService,
		graph.NewDeckService, graph.NewLearningService, graph.NewGenerationService, graph.NewGateway, wire.Struct(new(graph.Whole), "*")))
}
