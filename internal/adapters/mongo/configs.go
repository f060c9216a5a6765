package mongo

import (
	"context"
	"encoding/json"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Configs = (*Store)(nil)

type configRecord struct {
	Name   string `bson:"_id"`
	Public bool   `bson:"public"`
	// Value is JSON as text: BSON would lose the order of keys, the form of numbers and keys that occur twice.
	Value     string         `bson:"value"`
	UpdatedAt *bson.DateTime `bson:"updated_at"`
	Rev       int64          `bson:"rev"`
}

// InsertConfig adds a document.
func (s *Store) InsertConfig(ctx context.Context, document domain.ConfigDocument) error {
	_, err := s.configs.InsertOne(ctx, configRecord{
		Name: document.Name, Public: document.Public, Value: string(document.Value),
		UpdatedAt: date(document.UpdatedAt), Rev: document.Rev,
	})
	return inserted(ctx, "configuration", err)
}

// Config returns a document.
func (s *Store) Config(ctx context.Context, name string) (domain.ConfigDocument, error) {
	r, err := findOne[configRecord](ctx, s.configs, "configuration", bson.D{{Key: "_id", Value: name}})
	if err != nil {
		return domain.ConfigDocument{}, err
	}
	return domain.ConfigDocument{
		Name: r.Name, Public: r.Public, Value: json.RawMessage(r.Value), UpdatedAt: instant(r.UpdatedAt), Rev: r.Rev,
	}, nil
}
