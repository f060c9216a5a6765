package jsonfiles

import (
	"context"
	"errors"
	"fmt"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// errClosed is a call after Close.
var errClosed = errors.New("the store is closed")

// ready returns the error of a call that must not begin: its context has ended, or the store is closed.
func (s *Store) ready(ctx context.Context, doing string) error {
	if s.closed.Load() {
		return s.failure(ctx, doing, errClosed)
	}
	return s.failure(ctx, doing, ctx.Err())
}

// failure returns the error for a call that failed: with its code, and with what was being tried for the log. Errors of
// the domain stay as they are.
func (s *Store) failure(ctx context.Context, doing string, err error) error {
	var known *domain.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	cause := fmt.Errorf("%s in %s: %w", doing, s.folder, err)
	switch {
	case ctx.Err() != nil:
		return domain.WrapError(domain.CodeUnavailable, "The call ended before the storage answered.", errors.Join(cause, ctx.Err()))
	case exists(err):
		return domain.WrapError(domain.CodeConflict, "There is one of this name already.", cause)
	default:
		return domain.WrapError(domain.CodeUnavailable, "The storage does not answer.", cause)
	}
}
