package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Configs stores configuration documents.
type Configs struct{ store *Store }

var _ ports.Configs = (*Configs)(nil)

const (
	configColumns       = "name, public, value, updated_at, rev"
	insertConfig  query = "INSERT INTO configs (" + configColumns + ") VALUES (?, ?, ?, ?, ?)"
	configByName  query = "SELECT " + configColumns + " FROM configs WHERE name = ?"
	allConfigs    query = "SELECT " + configColumns + " FROM configs WHERE name > ? ORDER BY name LIMIT ?"
	updateConfig  query = "UPDATE configs SET public = ?, value = ?, updated_at = ?, rev = ? WHERE name = ? AND rev = ?"
)

// configFields returns where configColumns go.
func configFields(c *domain.ConfigDocument) []any {
	return []any{&c.Name, &c.Public, (*[]byte)(&c.Value), instant{&c.UpdatedAt}, &c.Rev}
}

// configValues returns the configColumns of a document, which has no owner.
func configValues(_ domain.UserID, c *domain.ConfigDocument) []any {
	return []any{c.Name, c.Public, []byte(c.Value), millis(c.UpdatedAt), c.Rev}
}

// InsertConfig adds a document.
func (c *Configs) InsertConfig(ctx context.Context, document domain.ConfigDocument) error {
	_, err := c.store.exec(ctx, "insert a configuration document", insertConfig, configValues("", &document)...)
	return err
}

// Config returns a document.
func (c *Configs) Config(ctx context.Context, name string) (domain.ConfigDocument, error) {
	var document domain.ConfigDocument
	found, err := c.store.row(ctx, "read a configuration document", configByName, []any{name}, configFields(&document)...)
	if err == nil && !found {
		err = domain.NotFound("configuration")
	}
	if err != nil {
		return domain.ConfigDocument{}, err
	}
	return document, nil
}

// ListConfigs returns documents in order of the bytes of their names.
func (c *Configs) ListConfigs(ctx context.Context, after string, limit int) ([]domain.ConfigDocument, error) {
	return list(ctx, c.store, "list configuration documents", configFields, allConfigs, after, limit)
}

// UpdateConfig changes a document and returns it as stored.
func (c *Configs) UpdateConfig(
	ctx context.Context, name string, edit func(*domain.ConfigDocument) error,
) (domain.ConfigDocument, error) {
	read := func() (domain.ConfigDocument, error) { return c.Config(ctx, name) }
	return ports.Update(ctx, "configuration", read, edit, func(before, document *domain.ConfigDocument) (bool, error) {
		document.Name, document.Rev, document.UpdatedAt = before.Name, before.Rev+1, stored(document.UpdatedAt)
		rows, err := c.store.exec(ctx, "update a configuration document", updateConfig, document.Public, []byte(document.Value),
			millis(document.UpdatedAt), document.Rev, name, before.Rev)
		return rows == 1, err
	})
}
