package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Configs stores configuration documents.
type Configs struct{ store *Store }

var _ ports.Configs = (*Configs)(nil)

const (
	insertConfig query = "INSERT INTO configs (name, public, value, updated_at, rev) VALUES ($1, $2, $3, $4, $5)"
	configByName query = "SELECT public, value, updated_at, rev FROM configs WHERE name = $1"
)

// InsertConfig adds a document.
func (c *Configs) InsertConfig(ctx context.Context, document domain.ConfigDocument) error {
	_, err := c.store.exec(ctx, "insert a configuration document", insertConfig, document.Name, document.Public,
		[]byte(document.Value), moment(document.UpdatedAt), document.Rev)
	return err
}

// Config returns a document.
func (c *Configs) Config(ctx context.Context, name string) (domain.ConfigDocument, error) {
	document := domain.ConfigDocument{Name: name}
	found, err := c.store.row(ctx, "read a configuration document", configByName, []any{name},
		&document.Public, (*[]byte)(&document.Value), instant{&document.UpdatedAt}, &document.Rev)
	if err == nil && !found {
		err = domain.NotFound("configuration")
	}
	if err != nil {
		return domain.ConfigDocument{}, err
	}
	return document, nil
}
