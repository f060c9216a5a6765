// Package configs is what people do with configuration documents.
package configs

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Service is the use cases of configuration. Make one with New.
type Service struct {
	configs ports.Configs
	clock   ports.Clock
}

// New returns the use cases of configuration. They show a change of a document after FreshFor at the latest.
func New(storage ports.Storage, clock ports.Clock) *Service {
	return &Service{NewCached(storage.Configs, clock), clock}
}

// Public returns a document that everybody may read. CodeNotFound when there is none, or it is not public.
func (s *Service) Public(ctx context.Context, name string) (domain.ConfigDocument, error) {
	document, err := s.configs.Config(ctx, name)
	if err != nil {
		return domain.ConfigDocument{}, err
	}
	if !document.Public {
		return domain.ConfigDocument{}, domain.NotFound("configuration")
	}
	return document, nil
}

// InsertDefaults adds the documents of a new installation and leaves alone those that are there.
func (s *Service) InsertDefaults(ctx context.Context) error {
	for _, document := range domain.DefaultConfigs(s.clock.Now()) {
		err := s.configs.InsertConfig(ctx, document)
		if err != nil && domain.CodeOf(err) != domain.CodeConflict {
			return err
		}
	}
	return nil
}
