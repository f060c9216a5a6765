package porttest_test

import (
	"cmp"
	"context"
	"slices"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// learners returns the people who have cards or events, in order.
func (s *memstore) learners() []domain.UserID {
	owners := []domain.UserID{}
	for owner, events := range s.logs {
		if len(events) > 0 && !s.is("people with events only are no learners") {
			owners = append(owners, owner)
		}
	}
	for k := range s.cards {
		if !s.is("people with cards only are no learners") {
			owners = append(owners, k.owner)
		}
	}
	for id := range s.users {
		if s.is("everybody with an account is a learner") {
			owners = append(owners, id)
		}
	}
	for k := range s.decks {
		if s.is("everybody with a deck is a learner") {
			owners = append(owners, k.owner)
		}
	}
	slices.Sort(owners)
	if s.is("learners are in falling order") {
		slices.Reverse(owners)
	}
	if s.is("a learner is listed for each card and event") {
		return owners
	}
	return slices.Compact(owners)
}

func (s *memstore) Learners(ctx context.Context, after domain.UserID, limit int) ([]domain.UserID, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	owners := none[domain.UserID](s)
	for _, owner := range s.learners() {
		behind := owner > after || owner == after && s.is("Learners begins with the one it should follow")
		if behind && (len(owners) < limit || s.is("Learners ignores its limit")) {
			owners = append(owners, owner)
		}
	}
	return owners, nil
}

func (s *memstore) CountEvents(ctx context.Context, owner domain.UserID) (int64, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	count := int64(0)
	for _, event := range s.log(owner, "CountEvents forgets the owner") {
		if event.Kind == domain.KindReview || !s.is("CountEvents counts answers only") {
			count++
		}
	}
	return count, nil
}

func (s *memstore) MemoriesByCard(ctx context.Context, owner domain.UserID, after domain.CardID, limit int) ([]domain.CardMemory, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	rows := []cardRow{}
	for k, row := range s.cards {
		behind := row.ID > after || row.ID == after && s.is("MemoriesByCard begins with the card it should follow")
		if behind && (k.owner == owner || s.is("MemoriesByCard forgets the owner")) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b cardRow) int {
		if s.is("MemoriesByCard goes deck by deck") {
			return cmp.Or(cmp.Compare(a.Deck, b.Deck), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Compare(a.ID, b.ID)
	})
	memories := none[domain.CardMemory](s)
	for i, row := range rows {
		if i >= limit && !s.is("MemoriesByCard ignores its limit") {
			break
		}
		if row.memory.IsNew() && s.is("MemoriesByCard leaves out new cards") {
			continue
		}
		memory := s.cardMemory(row)
		memory.Suspended = memory.Suspended && !s.is("MemoriesByCard forgets suspensions")
		memories = append(memories, memory)
	}
	return memories, nil
}

func (s *memstore) Restore(ctx context.Context, owner domain.UserID, card domain.CardID, was int64, memory domain.Memory) (bool, error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	k, row, found := lookup(s.cards, owner, string(card), s.is("Restore forgets the owner"))
	if !found {
		switch {
		case s.is("restoring a card that is gone is an error"):
			return false, s.notFound("card")
		case s.is("restoring a card that is gone brings it back"):
			s.cards[k] = cardRow{Card: domain.Card{ID: card, Owner: owner, Deck: "00000dec-0000-7000-8000-000000000001"}, memory: memory}
		}
		return s.is("Restore always reports that it did"), nil
	}
	matches := row.memory.Seq == was
	switch {
	case s.is("Restore ignores the number"):
		matches = true
	case s.is("Restore goes upward only"):
		matches = matches && memory.Seq > was
	case s.is("Restore goes downward only"):
		matches = matches && (memory.Seq < was || was == 0)
	case s.is("Restore does not write the same number"):
		matches = matches && memory.Seq != was
	case s.is("Restore takes higher numbers than expected"):
		matches = row.memory.Seq >= was
	case s.is("Restore takes lower numbers than expected"):
		matches = row.memory.Seq <= was
	}
	s.gap("Restore reads the number, then writes")
	if !matches {
		return s.is("Restore always reports that it did"), nil
	}
	if s.is("a restored memory keeps the number") && was > memory.Seq {
		memory.Seq = was
	}
	s.writeMemory(k, row, memory)
	return true, nil
}
