package mongo

import (
	"context"
	"encoding/json"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

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

func newConfigRecord(d domain.ConfigDocument) configRecord {
	return configRecord{Name: d.Name, Public: d.Public, Value: string(d.Value), UpdatedAt: date(d.UpdatedAt), Rev: d.Rev}
}

func (r configRecord) document() domain.ConfigDocument {
	return domain.ConfigDocument{
		Name: r.Name, Public: r.Public, Value: json.RawMessage(r.Value), UpdatedAt: instant(r.UpdatedAt), Rev: r.Rev,
	}
}

// InsertConfig adds a document.
func (s *Store) InsertConfig(ctx context.Context, document domain.ConfigDocument) error {
	_, err := s.configs.InsertOne(ctx, newConfigRecord(document))
	return inserted(ctx, "configuration", err)
}

// Config returns a document.
func (s *Store) Config(ctx context.Context, name string) (domain.ConfigDocument, error) {
	r, err := findOne[configRecord](ctx, s.configs, "configuration", bson.D{{Key: "_id", Value: name}})
	if err != nil {
		return domain.ConfigDocument{}, err
	}
	return r.document(), nil
}

// UpdateConfig changes a document.
func (s *Store) UpdateConfig(
	ctx context.Context, name string, edit func(*domain.ConfigDocument) error,
) (domain.ConfigDocument, error) {
	read := func() (domain.ConfigDocument, error) { return s.Config(ctx, name) }
	return ports.Update(ctx, "configuration", read, edit, func(before, after *domain.ConfigDocument) (bool, error) {
		after.Name, after.Rev = before.Name, before.Rev+1
		record := newConfigRecord(*after)
		*after = record.document()
		done, err := setWhere(ctx, s.configs, bson.D{{Key: "_id", Value: name}, {Key: "rev", Value: before.Rev}}, bson.D{
			{Key: "public", Value: record.Public}, {Key: "value", Value: record.Value},
			{Key: "updated_at", Value: record.UpdatedAt}, {Key: "rev", Value: record.Rev},
		})
		return done, failure(ctx, "updating a configuration", err)
	})
}

// ListConfigs returns a part of all documents.
func (s *Store) ListConfigs(ctx context.Context, after string, limit int) ([]domain.ConfigDocument, error) {
	records, err := findList[configRecord](ctx, s.configs, "configurations", bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}},
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)))
	documents := make([]domain.ConfigDocument, len(records))
	for i, r := range records {
		documents[i] = r.document()
	}
	return documents, err
}
