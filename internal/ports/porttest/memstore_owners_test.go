package porttest_test

import (
	"context"
	"slices"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func (s *memstore) Owners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	found := none[domain.UserID](s)
	owners := s.owners()
	if after != "" && !slices.Contains(owners, after) && s.is("Owners begins again where the one it should follow is gone") {
		after = ""
	}
	for _, owner := range owners {
		behind := owner > after || owner == after && s.is("Owners begins with the one it should follow")
		if behind && (len(found) < limit || s.is("Owners ignores its limit")) {
			found = append(found, owner)
		}
	}
	return found, nil
}

// owners returns the people of whom anything is stored.
func (s *memstore) owners() []domain.UserID {
	owners := []domain.UserID{}
	with := func(owner domain.UserID, forgotten string) {
		if !s.is(forgotten) {
			owners = append(owners, owner)
		}
	}
	for owner := range s.users {
		with(owner, "people with accounts only are no owners")
	}
	for owner := range s.settings {
		with(owner, "people with settings only are no owners")
	}
	for k := range s.sessions {
		with(k.owner, "people with sign-ins only are no owners")
	}
	for k, row := range s.decks {
		if !row.deleted || !s.is("people with deleted decks only are no owners") {
			with(k.owner, "people with decks only are no owners")
		}
	}
	for k := range s.cards {
		with(k.owner, "people with cards only are no owners")
	}
	for owner, events := range s.logs {
		if len(events) > 0 {
			with(owner, "people with events only are no owners")
		}
	}
	for k := range s.sittings {
		with(k.owner, "people with sittings only are no owners")
	}
	for k := range s.apiTokens {
		with(k.owner, "people with API tokens only are no owners")
	}
	for k := range s.places {
		with(k.owner, "people with places only are no owners")
	}
	for k := range s.audits {
		if k.owner != "" {
			with(k.owner, "people with audit entries only are no owners")
		}
	}
	for k := range s.notes {
		with(k.owner, "people with notes only are no owners")
	}
	for k := range s.contents {
		with(k.owner, "people with contents only are no owners")
	}
	for k := range s.blobs {
		with(k.owner, "people with blobs only are no owners")
	}
	for k := range s.jobs {
		with(k.owner, "people with jobs only are no owners")
	}
	for k := range s.usage {
		if s.is("people with use of language models are owners") {
			owners = append(owners, k.owner)
		}
	}
	for owner := range s.deletions {
		with(owner, "people with deletions only are no owners")
	}
	for k := range s.requests {
		if s.is("people with requests are owners") {
			owners = append(owners, k.owner)
		}
	}
	for _, token := range s.tokens {
		if s.is("people with tokens are owners") {
			owners = append(owners, token.Owner)
		}
	}
	for k := range s.months {
		if s.is("people of whom something was counted are owners") {
			owners = append(owners, k.owner)
		}
	}
	slices.Sort(owners)
	if s.is("owners are in falling order") {
		slices.Reverse(owners)
	}
	if s.is("an owner is listed for each kind of things") {
		return owners
	}
	return slices.Compact(owners)
}
