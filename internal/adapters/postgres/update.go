package postgres

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// editTries is how often an update is tried that meets others.
const editTries = 16

// update reads an object, lets edit change a copy, and writes it on condition that its revision is still the one read.
// No lock is held while edit runs. write reports whether the condition held.
func update[T any](ctx context.Context, what string, read func() (T, error), edit func(*T) error, write func(before, changed *T) (bool, error)) (T, error) {
	var none T
	for try := range editTries {
		if try > 0 {
			if err := pause(ctx, try); err != nil {
				return none, domain.WrapError(domain.CodeUnavailable, "The call ended before the storage answered.", err)
			}
		}
		before, err := read()
		if err != nil {
			return none, err
		}
		changed := before
		if err := edit(&changed); err != nil {
			return none, err
		}
		done, err := write(&before, &changed)
		if err != nil {
			return none, err
		}
		if done {
			return changed, nil
		}
	}
	return none, domain.NewError(domain.CodeBusy, "Others change this "+what+" at the same time. Try again.")
}
