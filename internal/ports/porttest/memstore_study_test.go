package porttest_test

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func (s *memstore) StudyCards(ctx context.Context, owner domain.UserID, query ports.StudyQuery) ([]domain.StudyCard, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	cards := none[domain.StudyCard](s)
	for _, row := range s.queue(owner, query, "StudyCards forgets the owner") {
		card := domain.StudyCard{Card: row.Card, Memory: row.memory}
		if s.is("a card to be studied comes without its memory") {
			card.Memory = domain.NewMemory()
		}
		cards = append(cards, card)
	}
	return cards, nil
}

func (s *memstore) StudyIDs(ctx context.Context, owner domain.UserID, query ports.StudyQuery) ([]domain.CardID, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	ids := none[domain.CardID](s)
	for _, row := range s.queue(owner, query, "StudyIDs forgets the owner") {
		ids = append(ids, row.ID)
	}
	if s.is("StudyIDs is in order of id") {
		slices.Sort(ids)
	}
	return ids, nil
}

// queue returns the first cards to be studied, in order.
func (s *memstore) queue(owner domain.UserID, query ports.StudyQuery, forgetful string) []cardRow {
	rows := []cardRow{}
	for k, row := range s.cards {
		if (k.owner == owner || s.is(forgetful)) && s.ofPhase(row, query) && s.dueBy(row, query) {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, s.compareQueued)
	if s.is("the limit counts cards that are left out") {
		rows = rows[:min(query.Limit, len(rows))]
	}
	rows = slices.DeleteFunc(rows, func(row cardRow) bool { return !s.wanted(row, query) })
	if s.is("the limit of the queue is ignored") {
		return rows
	}
	return rows[:min(query.Limit, len(rows))]
}

func (s *memstore) ofPhase(row cardRow, query ports.StudyQuery) bool {
	if row.queued.Seq > 0 && row.queued.IsNew() && s.is("a card that was reset is not studied") {
		return false
	}
	if s.is("cards are relearned with those that are learned") && row.queued.Phase == domain.PhaseRelearning {
		return query.Phase == domain.PhaseLearning
	}
	return row.queued.Phase == query.Phase || s.is("the queue forgets the phase")
}

func (s *memstore) dueBy(row cardRow, query ports.StudyQuery) bool {
	due, by := row.queued.Due, query.DueBy
	if query.Phase == domain.PhaseNew {
		switch {
		case s.is("new cards are due when they were added"):
			return !row.CreatedAt.After(by)
		case s.is("new cards are never due"):
			return false
		}
		return true
	}
	switch {
	case s.is("a card is not due at its own time"):
		return due.Before(by)
	case s.is("due times are compared in seconds"):
		due, by = due.Truncate(time.Second), by.Truncate(time.Second)
	case s.is("the time by which cards are due is ignored"):
		return true
	}
	return !due.After(by)
}

func (s *memstore) compareQueued(a, b cardRow) int {
	due, created, id := a.queued.Due.Compare(b.queued.Due), a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)
	switch {
	case s.is("the queue is in order of creation"):
		due = 0
	case s.is("ties of the queue are in order of id"):
		created = 0
	case s.is("ties of the queue are in order of insertion"):
		id = cmp.Compare(a.order, b.order)
	case s.is("new cards are in order of id") && a.queued.IsNew():
		created = 0
	case s.is("what is due last comes first"):
		due = -due
	}
	return cmp.Or(due, created, id)
}

// wanted reports whether a card is in a deck that is asked for, and may be asked.
func (s *memstore) wanted(row cardRow, query ports.StudyQuery) bool {
	if row.suspended && !row.asked && !s.is("suspended cards are studied") && !(row.memory.IsNew() && s.is("suspended new cards are studied")) {
		return false
	}
	except := query.Except
	if len(except) > 1 && s.is("one deck is left out at most") {
		except = except[:1]
	}
	switch {
	case query.Deck != "":
		return row.Deck == query.Deck || s.is("the queue forgets the deck")
	case len(except) > 0 && s.is("decks left out are those asked for"):
		return slices.Contains(except, row.Deck)
	}
	return !slices.Contains(except, row.Deck) || s.is("decks are not left out")
}

func (s *memstore) DueTimes(ctx context.Context, owner domain.UserID, from, before time.Time, limit int) ([]time.Time, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	times := none[time.Time](s)
	for k, row := range s.cards {
		due := row.memory.Due
		mine := k.owner == owner || s.is("DueTimes forgets the owner")
		asked := !row.suspended || s.is("DueTimes has those of suspended cards")
		inReview := row.memory.Phase == domain.PhaseReview || s.is("DueTimes has those of all phases")
		begun := due.After(from) || due.Equal(from) && !s.is("DueTimes leaves out its first time")
		ended := due.After(before) || due.Equal(before) && !s.is("DueTimes has its last time")
		if mine && asked && inReview && begun && !ended {
			times = append(times, due)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	switch {
	case s.is("DueTimes lists a time once"):
		times = slices.Compact(times)
	case s.is("DueTimes is in falling order"):
		slices.Reverse(times)
	case s.is("DueTimes ignores its limit"):
		return times, nil
	}
	return times[:min(limit, len(times))], nil
}
