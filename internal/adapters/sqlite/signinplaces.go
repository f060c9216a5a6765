package sqlite

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// SignInPlaces stores from where people have signed in.
type SignInPlaces struct{ store *Store }

var _ ports.SignInPlaces = (*SignInPlaces)(nil)

const (
	placeColumns       = "user_id, network, first_seen, last_seen"
	insertPlace  query = "INSERT INTO sign_in_places (" + placeColumns + ") VALUES (?, ?, ?, ?)"
	hasPlace     query = "SELECT 1 FROM sign_in_places WHERE user_id = ? AND network = ?"
	seePlace     query = "UPDATE sign_in_places SET last_seen = ? WHERE user_id = ? AND network = ?"
)

// placeFields returns where placeColumns go.
func placeFields(p *domain.SignInPlace) []any {
	return []any{(*string)(&p.Owner), &p.Network, instant{&p.FirstSeen}, instant{&p.LastSeen}}
}

// placeValues returns the placeColumns of a place of the owner.
func placeValues(owner domain.UserID, p *domain.SignInPlace) []any {
	return []any{owner, p.Network, millis(p.FirstSeen), millis(p.LastSeen)}
}

// KnowsPlace reports whether a person has signed in from a network.
func (p *SignInPlaces) KnowsPlace(ctx context.Context, owner domain.UserID, network string) (bool, error) {
	var one int
	return p.store.row(ctx, "look for a place", hasPlace, []any{string(owner), network}, &one)
}

// SeePlace notes that a person has signed in. It reports whether the place was known.
func (p *SignInPlaces) SeePlace(ctx context.Context, place domain.SignInPlace) (known bool, err error) {
	err = p.store.transact(ctx, "note a place", func(t *transaction) error {
		rows, err := t.exec(seePlace, millis(place.LastSeen), place.Owner, place.Network)
		if known = rows == 1; known || err != nil {
			return err
		}
		_, err = t.exec(insertPlace, placeValues(place.Owner, &place)...)
		return err
	})
	return known && err == nil, err
}
