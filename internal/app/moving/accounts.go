package moving

import (
	"context"
	"sync"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// accounts is the target's shelf of accounts, where an e-mail address may still belong to somebody who has another one by
// now: two people may even have changed theirs for each other's. Such an account makes room; since it differs from the
// source's, it is put again when its own person is copied.
type accounts struct {
	ports.Shelf[domain.User]
	from, to ports.Users
	// alone says that no other person is copied, so that nobody can make room.
	alone bool
	// moving is held by who lets another account make room. It must not be one that is being put.
	moving sync.RWMutex
}

var _ ports.Shelf[domain.User] = (*accounts)(nil)

// Put stores the account of a person.
func (a *accounts) Put(ctx context.Context, owner domain.UserID, users []domain.User) error {
	a.moving.RLock()
	err := a.Shelf.Put(ctx, owner, users)
	a.moving.RUnlock()
	if domain.CodeOf(err) != domain.CodeEmailTaken || a.alone || len(users) != 1 {
		return err
	}
	a.moving.Lock()
	defer a.moving.Unlock()
	made, failed := a.makeRoom(ctx, domain.EmailKey(users[0].Email))
	switch {
	case failed != nil:
		return failed
	case !made:
		return err
	default:
		return a.Shelf.Put(ctx, owner, users)
	}
}

// makeRoom removes the target's account with an e-mail address that is another one at the source. It reports whether it
// did.
func (a *accounts) makeRoom(ctx context.Context, key string) (bool, error) {
	holder, err := a.to.UserByEmail(ctx, key)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return true, nil // somebody else did
	}
	if err != nil {
		return false, err
	}
	now, err := a.from.User(ctx, holder.ID)
	if domain.CodeOf(err) == domain.CodeNotFound || err == nil && domain.EmailKey(now.Email) == key {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, a.Remove(ctx, holder.ID, []string{string(holder.ID)})
}
