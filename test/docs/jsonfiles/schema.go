package jsonfiles

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// schemaVersion counts the changes that stored files must follow.
//
//	1: the first one.
const schemaVersion = 1

// Schema returns the version of the files in the folder, 0 for none, and that of this program. It changes nothing.
func (s *Store) Schema(ctx context.Context) (current, newest int64, err error) {
	const doing = "read the version of the schema"
	if err := s.ready(ctx, doing); err != nil {
		return 0, 0, err
	}
	if err := s.Ping(ctx); err != nil {
		return 0, 0, err
	}
	content, err := os.ReadFile(s.schemaPath())
	if missing(err) {
		return 0, schemaVersion, nil
	}
	if err != nil {
		return 0, 0, s.failure(ctx, doing, err)
	}
	current, err = strconv.ParseInt(strings.TrimSpace(string(content)), 10, 64)
	if err != nil {
		return 0, 0, domain.WrapError(domain.CodeSchema, fmt.Sprintf("The folder %s belongs to another program. Choose another one.", s.folder), err)
	}
	return current, schemaVersion, nil
}

// CheckSchema fails when the files are older or newer than this program. The error is CodeSchema and says what to do.
func (s *Store) CheckSchema(ctx context.Context) error {
	current, newest, err := s.Schema(ctx)
	if err != nil {
		return err
	}
	var remedy string
	switch {
	case current < newest:
		remedy = "Stop spacey and run: spacey migrate"
	case current > newest:
		remedy = "Use the newer spacey that wrote it. Nothing was changed."
	default:
		return nil
	}
	return domain.NewError(domain.CodeSchema,
		fmt.Sprintf("The folder %s has schema version %d, this spacey needs %d. %s", s.folder, current, newest, remedy))
}

// Migrate brings the files up to date. Several processes may do so at once: one makes the file of the version, which is all
// that there is to do for the first one.
func (s *Store) Migrate(ctx context.Context) error {
	current, _, err := s.Schema(ctx)
	if err != nil {
		return err
	}
	if current == 0 {
		if err := s.create(s.schemaPath(), strconv.AppendInt(nil, schemaVersion, 10)); err != nil && !exists(err) {
			return s.failure(ctx, "note the version of the schema", err)
		}
	}
	return s.CheckSchema(ctx)
}

func (s *Store) schemaPath() string { return filepath.Join(s.folder, "schema") }
