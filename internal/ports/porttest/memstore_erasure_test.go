package porttest_test

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// erasing is one call that erases.
type erasing struct {
	s     *memstore
	owner domain.UserID
	// left is how many things it may still remove.
	left int
}

// eraseRows removes a person's things from a map, unless the store has the fault to leave them.
func eraseRows[V any](e *erasing, rows map[key]V, fault string, wanted func(V) bool) {
	for k, row := range rows {
		if e.left > 0 && e.of(k.owner) && !e.s.is(fault) && (wanted == nil || wanted(row)) {
			delete(rows, k)
			e.left--
		}
	}
}

// erasePerson removes the one thing of a person from a map.
func erasePerson[V any](e *erasing, rows map[domain.UserID]V, fault string) {
	for owner := range rows {
		if e.left > 0 && e.of(owner) && !e.s.is(fault) {
			delete(rows, owner)
			e.left--
		}
	}
}

// of reports whether what an owner has is erased.
func (e *erasing) of(owner domain.UserID) bool {
	return owner == e.owner || e.s.is("erasing forgets the owner") && owner != "" ||
		owner == "" && e.s.is("erasing takes what belongs to nobody along")
}

// erase erases a part of what is stored of a person.
func (s *memstore) erase(ctx context.Context, owner domain.UserID, part domain.Part, remove func(*erasing)) (bool, error) {
	const piece = 500
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	if s.sweeping {
		return false, s.conflict("erasure")
	}
	s.sweeping = s.is("two erasures at once fail")
	s.gap("two erasures at once fail")
	s.sweeping = false
	k := key{owner, string(part)}
	if s.erased[k] && s.is("what is erased once is not erased again") {
		return true, nil
	}
	e := &erasing{s: s, owner: owner, left: piece}
	if s.is("erasing is one piece of work") {
		e.left = 1_000_000
	}
	before := e.left
	remove(e)
	if before == e.left && s.is("erasing what is gone is an error") {
		return false, s.notFound("person")
	}
	if s.is("erasing takes the deletion along") {
		delete(s.deletions, owner)
	}
	s.erased[k] = true
	return (e.left > 0 || s.is("erasing is done after one call")) && !s.is("erasing never ends"), nil
}

func (s *memstore) EraseAccount(ctx context.Context, owner domain.UserID) (bool, error) {
	return s.erase(ctx, owner, domain.PartAccount, func(e *erasing) {
		if user, found := s.users[owner]; found && s.is("erasing an account leaves its address taken") {
			s.reserved[s.emailKey(user.Email)] = true
		}
		erasePerson(e, s.users, "erasing leaves accounts")
		eraseRows(e, s.sessions, "erasing leaves sign-ins", nil)
		eraseRows(e, s.apiTokens, "erasing leaves API tokens", nil)
		eraseRows(e, s.places, "erasing leaves places", nil)
		eraseRows(e, s.audits, "erasing leaves audit entries", nil)
		eraseRows(e, s.requests, "erasing leaves requests", func(r domain.IdempotentRequest) bool {
			return !r.Answered() || !s.is("erasing leaves answered requests")
		})
		for hash, token := range s.tokens {
			if e.left > 0 && e.of(token.Owner) && !s.is("erasing leaves mailed tokens") {
				delete(s.tokens, hash)
				e.left--
			}
		}
		if s.is("erasing an account takes decks along") {
			e.eraseDecks()
		}
	})
}

func (s *memstore) EraseDecks(ctx context.Context, owner domain.UserID) (bool, error) {
	return s.erase(ctx, owner, domain.PartDecks, func(e *erasing) {
		e.eraseDecks()
		if s.is("erasing decks takes events along") {
			delete(s.logs, owner)
		}
	})
}

// eraseDecks removes decks and cards.
func (e *erasing) eraseDecks() {
	eraseRows(e, e.s.decks, "erasing leaves decks", func(row deckRow) bool {
		return !row.deleted || !e.s.is("erasing leaves tombstones")
	})
	eraseRows(e, e.s.cards, "erasing leaves cards", func(row cardRow) bool {
		return !row.suspended || !e.s.is("erasing leaves cards that are suspended")
	})
}

func (s *memstore) EraseLearning(ctx context.Context, owner domain.UserID) (bool, error) {
	return s.erase(ctx, owner, domain.PartLearning, func(e *erasing) {
		for person, events := range s.logs {
			if !e.of(person) || s.is("erasing leaves events") {
				continue
			}
			n := min(len(events), e.left)
			s.logs[person] = events[:len(events)-n]
			if s.is("the oldest events are erased first") {
				s.logs[person] = events[n:]
			}
			e.left -= n
			if len(events) == n {
				delete(s.logs, person)
			}
		}
		eraseRows(e, s.sittings, "erasing leaves sittings", nil)
		erasePerson(e, s.settings, "erasing leaves settings")
		for k := range s.months {
			keep := k.id == "0" && s.is("erasing leaves the number of what was counted of the whole log")
			if e.left > 0 && e.of(k.owner) && !keep && !s.is("erasing leaves what was counted") {
				delete(s.months, k)
				e.left--
			}
		}
		if s.is("erasing what was learned takes cards along") {
			e.eraseDecks()
		}
		for k, row := range s.cards {
			if e.of(k.owner) && !row.memory.IsNew() && e.left > 0 && !s.is("erasing leaves memories") {
				s.cards[k] = e.unlearned(row)
				e.left--
			}
		}
	})
}

// unlearned returns a card that is new again.
func (e *erasing) unlearned(row cardRow) cardRow {
	row.memory = domain.NewMemory()
	if !e.s.is("erasing leaves cards in the queue") {
		row.queued = row.memory
	}
	if e.s.is("erasing what was learned raises the revision of cards") {
		row.Rev++
	}
	return row
}
