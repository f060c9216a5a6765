package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/moshrank/spacey-backend/cmd/internal/process"
	"github.com/moshrank/spacey-backend/internal/adapters/deckclient"
	"github.com/moshrank/spacey-backend/internal/adapters/extractive"
	"github.com/moshrank/spacey-backend/internal/adapters/openai"
	"github.com/moshrank/spacey-backend/internal/adapters/rest"
	"github.com/moshrank/spacey-backend/internal/adapters/rest/generationapi"
	"github.com/moshrank/spacey-backend/internal/app/configs"
	"github.com/moshrank/spacey-backend/internal/app/erasing"
	"github.com/moshrank/spacey-backend/internal/app/generation"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// modelConfig is the name of the configuration document with the settings of the language model.
const modelConfig = "generation-model"

// GenerationService is card-generation-service, ready to listen.
type GenerationService struct {
	Generation *generation.Service
	Eraser     *erasing.Eraser
	Server     process.Server
}

// NewGenerationService builds card-generation-service.
func NewGenerationService(ctx context.Context, o Common, storage ports.Storage, verifier ports.IdentityVerifier,
	clock ports.Clock, ids ports.IDs) (*GenerationService, error) {
	documents := configs.NewCached(storage.Configs, clock)
	model, err := newModel(o, documents)
	if err != nil {
		return nil, err
	}
	service := generation.New(generation.Needs{
		Storage: storage, Configs: documents, Extractive: extractive.New(), Model: model,
		Decks: deckclient.New(o.Network.Client(rest.Decks)), Clock: clock, IDs: ids, Logger: o.Logger, MaxText: o.Config.MaxTextLength,
	})
	server, err := o.serve(ctx, rest.Generation, rest.ServerOptions{Verifier: verifier}, generationapi.Routes(service))
	return &GenerationService{service, erasing.New(storage, clock, domain.PartGeneration), server}, err
}

// newModel returns the language model, nil when none is configured.
func newModel(o Common, documents ports.Configs) (ports.CardGenerator, error) {
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

// Background is the work of card-generation-service besides answering: it removes the notes of who has left.
func (s *GenerationService) Background(logger *slog.Logger) func(context.Context) {
	return erase(s.Eraser, logger)
}
