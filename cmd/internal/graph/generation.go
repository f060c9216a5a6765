package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/deckclient"
	"github.com/moshrank/spacey-backend/internal/adapters/documents"
	"github.com/moshrank/spacey-backend/internal/adapters/extractive"
	"github.com/moshrank/spacey-backend/internal/adapters/jobmetrics"
	"github.com/moshrank/spacey-backend/internal/adapters/openai"
	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/generationapi"
	"github.com/moshrank/spacey-backend/internal/adapters/web"
	"github.com/moshrank/spacey-backend/internal/app/configs"
	"github.com/moshrank/spacey-backend/internal/app/content"
	"github.com/moshrank/spacey-backend/internal/app/erasing"
	"github.com/moshrank/spacey-backend/internal/app/generation"
	"github.com/moshrank/spacey-backend/internal/app/jobs"
	"github.com/moshrank/spacey-backend/internal/app/modeluse"
	"github.com/moshrank/spacey-backend/internal/app/searching"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// modelConfig is the name of the configuration document with the settings of the language model.
const modelConfig = "generation-model"

// GenerationService is card-generation-service, ready to listen.
type GenerationService struct {
	Generation *generation.Service
	Contents   *content.Service
	Jobs       *jobs.Runner
	Eraser     *erasing.Eraser
	Server     process.Server
}

// NewGenerationService builds card-generation-service.
func NewGenerationService(ctx context.Context, o Common, storage ports.Storage, verifier ports.IdentityVerifier,
	clock ports.Clock, ids ports.IDs, registry *prometheus.Registry) (*GenerationService, error) {
	settings := configs.NewCached(storage.Configs, clock)
	model, err := newModel(o, settings)
	if err != nil {
		return nil, err
	}
	metrics, err := jobmetrics.New(registry)
	if err != nil {
		return nil, err
	}
	decks := deckclient.New(o.Network.Client(rest.Decks))
	budget := &modeluse.Budget{Configs: settings, Usage: storage.GenerationUsage, Clock: clock, Logger: o.Logger}
	s := &GenerationService{Eraser: erasing.New(storage, clock, domain.PartGeneration)}
	s.Generation = generation.New(generation.Needs{
		Storage: storage, Configs: settings, Extractive: extractive.New(), Model: cardGenerator(model),
		Decks: decks, Clock: clock, IDs: ids, Logger: o.Logger, MaxText: o.Config.MaxTextLength,
	})
	s.Contents = content.New(content.Needs{
		Storage: storage, Documents: documents.New(documents.Options{Logger: o.Logger}),
		Web:        web.New(web.Options{AllowHosts: o.Config.ContentAllowHosts, Logger: o.Logger}),
		Extractive: extractive.New(), Model: summarizer(model),
		Budget: budget, Clock: clock, IDs: ids, Logger: o.Logger, DOIResolver: strings.TrimSuffix(o.Config.ContentDOIResolver, "/"),
		Wake: func() { s.Jobs.Wake() },
	})
	s.Jobs = jobs.New(jobs.Needs{Jobs: storage.Jobs, Clock: clock, Logger: o.Logger, Observer: metrics},
		map[domain.JobKind]jobs.Handler{domain.JobContent: s.Contents})
	search := searching.New(searching.Needs{
		Storage: storage, Cards: decks, Answerer: answerer(model), Budget: budget, Logger: o.Logger,
	})
	s.Server, err = o.serve(ctx, rest.Generation, rest.ServerOptions{Verifier: verifier}, generationapi.Routes(s.Generation, s.Contents, search))
	return s, err
}

// The model is nil where none is configured; an interface that holds a nil pointer would not be.
func cardGenerator(model *openai.Generator) ports.CardGenerator {
	if model == nil {
		return nil
	}
	return model
}

func answerer(model *openai.Generator) ports.Answerer {
	if model == nil {
		return nil
	}
	return model
}

func summarizer(model *openai.Generator) ports.Summarizer {
	if model == nil {
		return nil
	}
	return model
}

// newModel returns the language model, nil when none is configured.
func newModel(o Common, documents ports.Configs) (*openai.Generator, error) {
	if !o.Config.Model() {
		return nil, nil //nolint:nilnil // no model is no failure
	}
	model, err := openai.New(openai.Options{
		BaseURL: o.Config.OpenAIBaseURL, Key: o.Config.OpenAIKey,
		Settings: func(ctx context.Context) (openai.Settings, error) { return modelSettings(ctx, documents) },
	})
	if err != nil {
		return nil, fmt.Errorf("the language model of OPENAI_BASE_URL: %w", err)
	}
	return model, nil
}

// modelSettings returns the settings of the document, with the default ones for what it leaves out.
func modelSettings(ctx context.Context, documents ports.Configs) (openai.Settings, error) {
	settings := openai.DefaultSettings()
	document, err := documents.Config(ctx, modelConfig)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return settings, nil
	}
	if err != nil {
		return settings, err
	}
	if err := json.Unmarshal(document.Value, &settings); err != nil {
		return settings, fmt.Errorf("the configuration document %s: %w", modelConfig, err)
	}
	if err := settings.Check(); err != nil {
		return settings, fmt.Errorf("the configuration document %s: %w", modelConfig, err)
	}
	return settings, nil
}

// Background is the work of card-generation-service besides answering: it processes contents, and removes what is of people who have left.
func (s *GenerationService) Background(logger *slog.Logger) []func(context.Context) {
	return []func(context.Context){s.Jobs.Run, erase(s.Eraser, logger)}
}
