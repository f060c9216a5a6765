// Package erasing removes what is stored of people who have deleted their accounts. Each service removes the part that it owns; it
// may be stopped at any time, and run in many processes.
package erasing

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// pageSize is how many deletions are looked at at a time.
const pageSize = 100

// Eraser removes one part. Make one with New.
type Eraser struct {
	deletions ports.Deletions
	clock     ports.Clock
	part      domain.Part
	erase     func(context.Context, domain.UserID) (done bool, err error)
}

// New returns what removes a part.
func New(storage ports.Storage, clock ports.Clock, part domain.Part) *Eraser {
	steps := map[domain.Part]func(context.Context, domain.UserID) (bool, error){
		domain.PartAccount:    storage.Erasure.EraseAccount,
		domain.PartDecks:      storage.Erasure.EraseDecks,
		domain.PartLearning:   storage.Erasure.EraseLearning,
		domain.PartGeneration: storage.Erasure.EraseGeneration,
	}
	return &Eraser{storage.Deletions, clock, part, steps[part]}
}

// Run removes the part of everybody of whom it is due, and returns of how many people it was. A deletion whose parts are all gone
// for good is forgotten.
func (e *Eraser) Run(ctx context.Context) (people int, err error) {
	page := ports.Page{Limit: pageSize}
	for {
		deletions, err := e.deletions.Deletions(ctx, page)
		if err != nil {
			return people, err
		}
		for _, deletion := range deletions {
			page.After = ports.Cursor{At: deletion.RequestedAt, ID: string(deletion.Owner)}
			due := deletion.Due(e.part, e.clock.Now())
			if !due && !deletion.Done() {
				continue
			}
			if err := e.remove(ctx, deletion, due); err != nil {
				return people, err
			}
			people++
		}
		if len(deletions) < page.Limit {
			return people, nil
		}
	}
}

// remove removes the part of one person, if it is due, and notes that it is gone.
func (e *Eraser) remove(ctx context.Context, deletion domain.Deletion, due bool) error {
	if due {
		began := e.clock.Now()
		for done := false; !done; {
			var err error
			if done, err = e.erase(ctx, deletion.Owner); err != nil {
				return err
			}
		}
		var err error
		deletion, err = e.deletions.UpdateDeletion(ctx, deletion.Owner, func(d *domain.Deletion) error {
			d.Removed(e.part, began)
			return nil
		})
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil // another process was faster
		}
		if err != nil {
			return err
		}
	}
	if !deletion.Done() {
		return nil
	}
	return e.deletions.RemoveDeletion(ctx, deletion.Owner)
}
