package jsonfiles

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Configs stores configuration documents.
type Configs struct{ store *Store }

var _ ports.Configs = (*Configs)(nil)

// configRecord is a document as it lies in its file.
type configRecord struct {
	Name   string `json:"name"`
	Public bool   `json:"public"`
	// Value is in base64: JSON within JSON would be compacted, and must come back byte for byte.
	Value     []byte    `json:"value"`
	UpdatedAt time.Time `json:"updatedAt"`
	Rev       int64     `json:"rev"`
}

// InsertConfig adds a document.
func (c *Configs) InsertConfig(ctx context.Context, document domain.ConfigDocument) error {
	const doing = "insert a configuration document"
	if err := c.store.ready(ctx, doing); err != nil {
		return err
	}
	content, err := json.Marshal(configRecord{
		Name: document.Name, Public: document.Public, Value: document.Value,
		UpdatedAt: document.UpdatedAt.UTC().Truncate(time.Millisecond), Rev: document.Rev,
	})
	if err != nil {
		return domain.WrapError(domain.CodeInternal, "", err)
	}
	return c.store.failure(ctx, doing, c.store.create(c.path(document.Name), content))
}

// Config returns a document.
func (c *Configs) Config(ctx context.Context, name string) (domain.ConfigDocument, error) {
	const doing = "read a configuration document"
	if err := c.store.ready(ctx, doing); err != nil {
		return domain.ConfigDocument{}, err
	}
	content, err := os.ReadFile(c.path(name))
	if missing(err) {
		// Not found is an answer. A folder that is gone gives none.
		if err = c.store.Ping(ctx); err == nil {
			err = domain.NotFound("configuration")
		}
	}
	if err != nil {
		return domain.ConfigDocument{}, c.store.failure(ctx, doing, err)
	}
	var record configRecord
	if err := json.Unmarshal(content, &record); err != nil {
		return domain.ConfigDocument{}, domain.WrapError(domain.CodeInternal, "", err)
	}
	return domain.ConfigDocument{
		Name: record.Name, Public: record.Public, Value: record.Value, UpdatedAt: record.UpdatedAt, Rev: record.Rev,
	}, nil
}

func (c *Configs) path(name string) string { return c.store.path("config", name) }
