package porttest_test

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"slices"
	"strconv"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func (s *memstore) EventFacts(ctx context.Context, owner domain.UserID, after int64) iter.Seq2[domain.Event, error] {
	return func(yield func(domain.Event, error) bool) {
		facts, err := s.facts(ctx, owner, after)
		if err != nil {
			if yield(domain.Event{}, err) && s.is("a loop over facts goes on after an error") {
				yield(domain.Event{}, err)
			}
			return
		}
		keeps := s.is("a loop over facts keeps others out")
		if keeps {
			s.connections = 0
		}
		for _, fact := range facts {
			if !yield(fact, nil) {
				if s.is("a loop over facts that ends early keeps its connection") {
					s.connections--
				}
				return
			}
		}
		if keeps {
			s.connections = 10
		}
	}
}

// facts returns what EventFacts yields.
func (s *memstore) facts(ctx context.Context, owner domain.UserID, after int64) ([]domain.Event, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	switch {
	case s.is("EventFacts begins with the number it should follow"):
		after--
	case s.is("EventFacts begins with the first number"):
		after = 0
	}
	facts := []domain.Event{}
	before := domain.Event{}
	for _, event := range s.log(owner, "EventFacts forgets the owner") {
		if event.Seq <= after || event.Kind != domain.KindReview && s.is("EventFacts yields answers only") {
			continue
		}
		before = s.fact(event, before)
		facts = append(facts, before)
	}
	if s.is("EventFacts is in order of time") {
		slices.SortFunc(facts, func(a, b domain.Event) int { return a.AnsweredAt.Compare(b.AnsweredAt) })
	}
	if len(facts) > 100 && s.is("EventFacts yields 100 events at most") {
		facts = facts[:100]
	}
	return facts, nil
}

// fact returns what is counted of an event. before is what was counted of the one before it.
func (s *memstore) fact(e, before domain.Event) domain.Event {
	if s.is("EventFacts yields whole events") {
		return e
	}
	fact := domain.Event{
		User: e.User, Seq: e.Seq, Kind: e.Kind, Deck: e.Deck, Rating: e.Rating, StartedAt: e.StartedAt,
		FinishedAt: e.FinishedAt, AnsweredAt: e.AnsweredAt, Day: e.Day, Zone: e.Zone, Undoes: e.Undoes, Asked: e.Asked,
	}
	switch {
	case s.is("facts come without what was asked"):
		fact.Asked = domain.Asked{}
	case s.is("facts come without the event that is undone"):
		fact.Undoes = ""
	case s.is("facts come without the person"):
		fact.User = ""
	case s.is("facts come without their zone"):
		fact.Zone = ""
	case s.is("the days of facts begin in 1970"):
		fact.Day = max(fact.Day, 0)
	case s.is("the recall of facts is stored in 32 bits"):
		fact.Asked.Recall = float64(float32(fact.Asked.Recall))
	case s.is("facts keep what was undone before them"):
		fact.Undoes = cmp.Or(fact.Undoes, before.Undoes)
	case s.is("facts keep what was asked before them") && fact.Asked == (domain.Asked{}):
		fact.Asked = before.Asked
	case s.is("facts keep the time before them") && fact.StartedAt.IsZero():
		fact.StartedAt = before.StartedAt
	}
	return fact
}

func (s *memstore) CachedMonths(ctx context.Context, owner domain.UserID, from, to int) ([]ports.CachedMonth, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	months := none[ports.CachedMonth](s)
	for k, month := range s.months {
		mine := k.owner == owner || s.is("CachedMonths forgets the owner")
		begun := month.Month > from || month.Month == from && !s.is("CachedMonths leaves out its first month")
		ended := month.Month > to || month.Month == to && s.is("CachedMonths leaves out its last month")
		if mine && (begun && !ended || s.is("CachedMonths has all months")) {
			month.Data = s.clone(month.Data)
			months = append(months, month)
		}
	}
	slices.SortFunc(months, func(a, b ports.CachedMonth) int {
		switch {
		case s.is("months are in order of their numbers in the log"):
			return cmp.Compare(a.Seq, b.Seq)
		case s.is("months are in order as texts"):
			return cmp.Compare(strconv.Itoa(a.Month), strconv.Itoa(b.Month))
		}
		return cmp.Compare(a.Month, b.Month)
	})
	if len(months) == 0 && from == to && s.is("a month that was never counted has the number 0") {
		months = append(months, ports.CachedMonth{Month: from})
	}
	return months, nil
}

func (s *memstore) PutCachedMonth(ctx context.Context, owner domain.UserID, was int64, month ports.CachedMonth) (bool, error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	k, stored, found := lookup(s.months, owner, strconv.Itoa(month.Month), s.is("PutCachedMonth forgets the owner"))
	if was == 0 && found && s.is("a month that is there already is a conflict") {
		return false, s.conflict("month")
	}
	if month.Month == 0 && s.is("the number of the whole log is not stored") {
		return true, nil
	}
	matches := s.monthMatches(stored, found, was, month)
	s.gap("PutCachedMonth reads the number, then writes")
	if !matches {
		return s.is("PutCachedMonth always reports that it did"), nil
	}
	s.months[k] = s.keepMonth(month)
	if s.is("PutCachedMonth changes all months of a person") {
		for other, theirs := range s.months {
			if other.owner == owner {
				theirs.Seq = month.Seq
				s.months[other] = theirs
			}
		}
	}
	return !s.is("PutCachedMonth never reports that it did"), nil
}

// monthMatches reports whether a month may be put.
func (s *memstore) monthMatches(stored ports.CachedMonth, found bool, was int64, month ports.CachedMonth) bool {
	if !found {
		return was == 0 || s.is("PutCachedMonth adds a month that should be there")
	}
	if was == 0 {
		return s.is("PutCachedMonth replaces a month that should not be there")
	}
	switch {
	case s.is("PutCachedMonth ignores the number"):
		return true
	case s.is("PutCachedMonth goes upward only"):
		return stored.Seq == was && month.Seq > was
	case s.is("PutCachedMonth does not write the same number"):
		return stored.Seq == was && month.Seq != was
	case s.is("PutCachedMonth takes higher numbers than expected"):
		return stored.Seq >= was
	case s.is("PutCachedMonth takes lower numbers than expected"):
		return stored.Seq <= was
	case s.is("numbers of months are compared in 32 bits"):
		return uint32(stored.Seq) == uint32(was)
	}
	return stored.Seq == was
}

// keepMonth returns a month as the store keeps it.
func (s *memstore) keepMonth(month ports.CachedMonth) ports.CachedMonth {
	month.Data = s.clone(month.Data)
	switch {
	case s.is("the data of a month are text"):
		month.Data = bytes.ToValidUTF8(month.Data, []byte("\ufffd"))
	case s.is("the data of a month end with the first zero"):
		month.Data, _, _ = bytes.Cut(month.Data, []byte{0})
	case s.is("the number of a month is stored in 32 bits"):
		month.Seq = int64(int32(month.Seq))
	}
	return month
}

func (s *memstore) ForgetCachedMonths(ctx context.Context, owner domain.UserID) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	forgotten := 0
	for k := range s.months {
		mine := k.owner == owner || s.is("ForgetCachedMonths forgets the owner")
		if mine && !(k.id == "0" && s.is("ForgetCachedMonths leaves the number of the whole log")) && !s.is("ForgetCachedMonths does nothing") {
			delete(s.months, k)
			forgotten++
		}
	}
	if s.is("ForgetCachedMonths forgets events") {
		delete(s.logs, owner)
	}
	if forgotten == 0 && s.is("forgetting nothing is an error") {
		return s.notFound("month")
	}
	return nil
}

func (l lateWrites) PutCachedMonth(ctx context.Context, owner domain.UserID, was int64, month ports.CachedMonth) (put bool, err error) {
	err = late(ctx, func(ctx context.Context) error {
		put, err = l.memstore.PutCachedMonth(ctx, owner, was, month)
		return err
	})
	return put, err
}
