package postgres

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
	knownPlace   query = "SELECT true FROM sign_in_places WHERE user_id = $1 AND network = $2"
	seePlace     query = "UPDATE sign_in_places SET last_seen = $3 WHERE user_id = $1 AND network = $2"
	insertPlace  query = "INSERT INTO sign_in_places (" + placeColumns + ") VALUES ($1, $2, $3, $4)"
	// Of several who see a new place all but the first wait for it, and then write nothing.
	insertNewPlace query = insertPlace + " ON CONFLICT (user_id, network) DO NOTHING"
)

// placeFields returns where placeColumns go.
func placeFields(p *domain.SignInPlace) []any {
	return []any{(*string)(&p.Owner), &p.Network, instant{&p.FirstSeen}, instant{&p.LastSeen}}
}

// placeValues returns the placeColumns of a place of the owner.
func placeValues(owner domain.UserID, p *domain.SignInPlace) []any {
	return []any{string(owner), p.Network, stored(p.FirstSeen), stored(p.LastSeen)}
}

// KnowsPlace reports whether a person has signed in from a network, as long as that is remembered.
func (s *SignInPlaces) KnowsPlace(ctx context.Context, owner domain.UserID, network string) (bool, error) {
	var known bool
	_, err := s.store.row(ctx, "look for a place of a person", knownPlace, []any{string(owner), network}, &known)
	return known, err
}

// SeePlace notes that a person has signed in, and reports whether the place was known.
func (s *SignInPlaces) SeePlace(ctx context.Context, place domain.SignInPlace) (known bool, err error) {
	// A place that somebody else has just noted can be swept before it is seen here, but not each time.
	for range callTries {
		rows, err := s.store.exec(ctx, "see a place again", seePlace, string(place.Owner), place.Network, stored(place.LastSeen))
		if err != nil || rows == 1 {
			return rows == 1, err
		}
		rows, err = s.store.exec(ctx, "note a new place", insertNewPlace, placeValues(place.Owner, &place)...)
		if err != nil || rows == 1 {
			return false, err
		}
	}
	return false, domain.NewError(domain.CodeBusy, "Others change this place at the same time. Try again.")
}
