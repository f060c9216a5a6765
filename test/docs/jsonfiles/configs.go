package jsonfiles

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Configs stores configuration documents. Each change of one is a file of its own, with the next number in its name: of two
// who change a document at once one finds the number taken. Old files stay, since somebody may be about to read them.
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
	// number is that of the file.
	number int
}

// document returns the document of a record.
func (r configRecord) document() domain.ConfigDocument {
	return domain.ConfigDocument{Name: r.Name, Public: r.Public, Value: r.Value, UpdatedAt: r.UpdatedAt, Rev: r.Rev}
}

// InsertConfig adds a document.
func (c *Configs) InsertConfig(ctx context.Context, document domain.ConfigDocument) error {
	const doing = "insert a configuration document"
	if err := c.store.ready(ctx, doing); err != nil {
		return err
	}
	_, err := c.write(document, 1)
	return c.store.failure(ctx, doing, err)
}

// Config returns a document.
func (c *Configs) Config(ctx context.Context, name string) (domain.ConfigDocument, error) {
	const doing = "read a configuration document"
	if err := c.store.ready(ctx, doing); err != nil {
		return domain.ConfigDocument{}, err
	}
	record, err := c.newest(name)
	return record.document(), c.store.failure(ctx, doing, err)
}

// UpdateConfig changes a document. No lock is held while edit runs.
func (c *Configs) UpdateConfig(
	ctx context.Context, name string, edit func(*domain.ConfigDocument) error,
) (domain.ConfigDocument, error) {
	const doing = "change a configuration document"
	read := func() (configRecord, error) {
		if err := c.store.ready(ctx, doing); err != nil {
			return configRecord{}, err
		}
		record, err := c.newest(name)
		return record, c.store.failure(ctx, doing, err)
	}
	change := func(record *configRecord) error {
		document := record.document()
		document.Value = slices.Clone(document.Value)
		err := edit(&document)
		record.Public, record.Value, record.UpdatedAt = document.Public, document.Value, document.UpdatedAt
		return err
	}
	write := func(before, changed *configRecord) (bool, error) {
		document := changed.document()
		document.Rev = before.Rev + 1
		record, err := c.write(document, before.number+1)
		if exists(err) {
			return false, nil // somebody else was faster
		}
		*changed = record
		return err == nil, c.store.failure(ctx, doing, err)
	}
	record, err := ports.Update(ctx, "configuration document", read, change, write)
	return record.document(), err
}

// ListConfigs returns documents in order of their names. It reads all of them: the names of files are hashes.
func (c *Configs) ListConfigs(ctx context.Context, after string, limit int) ([]domain.ConfigDocument, error) {
	const doing = "list the configuration documents"
	if err := c.store.ready(ctx, doing); err != nil {
		return nil, err
	}
	paths, err := c.files("")
	documents := []domain.ConfigDocument{}
	for i, path := range paths {
		if i+1 < len(paths) && configOf(paths[i+1]) == configOf(path) {
			continue // there is a newer one of this document
		}
		var record configRecord
		if record, err = readConfig(path); err != nil {
			break
		}
		if record.Name > after {
			documents = append(documents, record.document())
		}
	}
	if err != nil {
		return nil, c.store.failure(ctx, doing, err)
	}
	slices.SortFunc(documents, func(a, b domain.ConfigDocument) int { return strings.Compare(a.Name, b.Name) })
	return documents[:min(limit, len(documents))], nil
}

// write makes the file of a document and a number. The error is fs.ErrExist when there is one.
func (c *Configs) write(document domain.ConfigDocument, number int) (configRecord, error) {
	record := configRecord{
		Name: document.Name, Public: document.Public, Value: document.Value,
		UpdatedAt: document.UpdatedAt.UTC().Truncate(time.Millisecond), Rev: document.Rev, number: number,
	}
	content, err := json.Marshal(record)
	if err != nil {
		return configRecord{}, domain.WrapError(domain.CodeInternal, "", err)
	}
	return record, c.store.create(c.store.path("config", document.Name, number), content)
}

// newest returns the last record of a document, or CodeNotFound.
func (c *Configs) newest(name string) (configRecord, error) {
	paths, err := c.files(configOf(c.store.path("config", name, 1)))
	if err != nil {
		return configRecord{}, err
	}
	if len(paths) == 0 {
		return configRecord{}, domain.NotFound("configuration")
	}
	record, err := readConfig(paths[len(paths)-1])
	record.number = len(paths)
	return record, err
}

// files returns the paths of the files of a document, or with "" of all documents, in order of their numbers. A folder that is
// gone is an error: not found is an answer, and it gives none.
func (c *Configs) files(config string) ([]string, error) {
	entries, err := os.ReadDir(c.store.folder)
	paths := []string{}
	for _, entry := range entries {
		of := configOf(entry.Name())
		if strings.HasPrefix(of, "config-") && (config == "" || of == config) {
			paths = append(paths, filepath.Join(c.store.folder, entry.Name()))
		}
	}
	return paths, err
}

// configOf returns the part of a file's name that all files of a document share: all but the number.
func configOf(path string) string {
	name := filepath.Base(path)
	return name[:max(strings.LastIndexByte(name, '-'), 0)]
}

func readConfig(path string) (configRecord, error) {
	var record configRecord
	content, err := os.ReadFile(path)
	if err != nil {
		return record, err
	}
	if err := json.Unmarshal(content, &record); err != nil {
		return configRecord{}, domain.WrapError(domain.CodeInternal, "", err)
	}
	return record, nil
}
