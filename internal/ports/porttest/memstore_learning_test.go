package porttest_test

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func (s *memstore) keepMemory(m domain.Memory) domain.Memory {
	m.Due, m.LastReview = s.at(m.Due), s.at(m.LastReview)
	if s.is("stability and difficulty are stored in 32 bits") {
		m.Stability, m.Difficulty = float64(float32(m.Stability)), float64(float32(m.Difficulty))
	}
	if s.is("days before 1970 are lost") {
		m.LastDay = max(m.LastDay, 0)
	}
	if s.is("the lapses of a memory are lost") {
		m.Lapses = 0
	}
	return m
}

func (s *memstore) cardMemory(row cardRow) domain.CardMemory {
	memory := domain.CardMemory{Card: row.ID, Deck: row.Deck, Memory: row.memory, Suspended: row.suspended}
	if s.is("a memory stays in the deck its card began in") {
		memory.Deck = row.born
	}
	return memory
}

func (s *memstore) Memory(ctx context.Context, owner domain.UserID, card domain.CardID) (domain.CardMemory, error) {
	if err := s.enter(ctx); err != nil {
		return domain.CardMemory{}, err
	}
	defer s.mu.Unlock()
	k, row, found := lookup(s.cards, owner, string(card), s.is("Memory forgets the owner"))
	if !found {
		if s.is("an unknown card is new") {
			return domain.CardMemory{Card: card, Memory: domain.NewMemory()}, nil
		}
		if row, found = s.orphans[k]; !found {
			return domain.CardMemory{}, s.notFound("card")
		}
	}
	memory := s.cardMemory(row)
	memory.Suspended = memory.Suspended && !s.is("Memory forgets suspensions")
	return memory, nil
}

func (s *memstore) MemoriesOf(ctx context.Context, owner domain.UserID, cards ...domain.CardID) ([]domain.CardMemory, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if len(cards) > 1 && s.is("MemoriesOf knows one card only") {
		cards = cards[:1]
	}
	if len(cards) > 100 && s.is("MemoriesOf looks for 100 cards at most") {
		cards = cards[:100]
	}
	memories := none[domain.CardMemory](s)
	for k, row := range s.cards {
		mine := k.owner == owner || s.is("MemoriesOf forgets the owner")
		asked := slices.Contains(cards, row.ID) || len(cards) == 0 && s.is("no cards have all memories")
		if mine && asked && !(row.memory.IsNew() && s.is("MemoriesOf leaves out new cards")) {
			memory := s.cardMemory(row)
			memory.Suspended = memory.Suspended && !s.is("MemoriesOf forgets suspensions")
			memories = append(memories, memory)
		}
	}
	if len(memories) < len(cards) && s.is("MemoriesOf wants all cards to be there") {
		return nil, s.notFound("card")
	}
	return memories, nil
}

func (s *memstore) Suspend(ctx context.Context, owner domain.UserID, card domain.CardID, suspended bool) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, read, found := lookup(s.cards, owner, string(card), s.is("Suspend forgets the owner"))
	if !found {
		if s.is("suspending an unknown card is no error") {
			return nil
		}
		return s.notFound("card")
	}
	s.gap("Suspend writes the card it has read")
	row := s.cards[k]
	if s.is("Suspend writes the card it has read") {
		row = read
	}
	row.suspended = suspended || s.is("a suspended card is suspended for ever")
	switch {
	case s.is("suspending raises the revision of the content"):
		row.Rev++
	case s.is("suspending a card makes it new"):
		row.memory = domain.NewMemory()
	case s.is("Suspend suspends every card of the person"):
		for other, mine := range s.cards {
			mine.suspended = mine.suspended || other.owner == owner
			s.cards[other] = mine
		}
	case s.is("Suspend suspends every card of its id"):
		for other, theirs := range s.cards {
			theirs.suspended = theirs.suspended || other.id == k.id
			s.cards[other] = theirs
		}
	}
	s.cards[k] = row
	return nil
}

func (s *memstore) DeckMemories(ctx context.Context, owner domain.UserID, decks []domain.DeckID) iter.Seq2[domain.CardMemory, error] {
	return func(yield func(domain.CardMemory, error) bool) {
		memories, err := s.deckMemories(ctx, owner, decks)
		if err != nil {
			yield(domain.CardMemory{}, err)
			return
		}
		for _, memory := range memories {
			if !yield(memory, nil) {
				if s.is("a loop that ends early keeps its connection") {
					s.connections--
				}
				return
			}
		}
	}
}

func (s *memstore) deckMemories(ctx context.Context, owner domain.UserID, decks []domain.DeckID) ([]domain.CardMemory, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	wanted := map[domain.DeckID]bool{}
	for _, deck := range decks {
		wanted[deck] = len(wanted) == 0 || !s.is("DeckMemories knows one deck only")
	}
	memories := []domain.CardMemory{}
	for k, row := range s.cards {
		memory := s.cardMemory(row)
		memory.Suspended = memory.Suspended && !s.is("DeckMemories forgets suspensions")
		mine := k.owner == owner || s.is("DeckMemories forgets the owner")
		inDeck := wanted[memory.Deck] || len(decks) == 0 && s.is("no decks are all decks")
		if mine && inDeck && !(row.memory.IsNew() && s.is("DeckMemories leaves out new cards")) {
			memories = append(memories, memory)
		}
	}
	return memories, nil
}

func (s *memstore) Settle(ctx context.Context, owner domain.UserID, card domain.CardID, memory domain.Memory) (bool, error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	k, row, found := lookup(s.cards, owner, string(card), s.is("Settle forgets the owner"))
	if !found {
		if s.is("settling a card that is gone is an error") {
			return false, s.notFound("card")
		}
		if s.is("settling a card that is gone brings it back") {
			s.cards[k] = cardRow{Card: domain.Card{ID: card, Owner: owner}, memory: memory}
		}
		return s.is("Settle always reports that it did"), nil
	}
	higher := memory.Seq > row.memory.Seq || memory.Seq == row.memory.Seq && s.is("Settle takes the same number again") ||
		s.is("Settle takes lower numbers")
	if s.is("Settle reads the number, then writes") {
		s.mu.Unlock()
		time.Sleep(time.Duration(30-memory.Seq) * time.Millisecond) // lower numbers come later
		s.mu.Lock()
	}
	if !higher {
		return s.is("Settle always reports that it did"), nil
	}
	s.writeMemory(k, row, memory)
	return true, nil
}

// writeMemory stores the memory of a card and leaves its content.
func (s *memstore) writeMemory(k key, read cardRow, memory domain.Memory) {
	s.gap("a new memory writes the content it has read")
	s.gap("a new memory writes the content it has read") // two gaps, so that updates fall between
	row, found := s.cards[k]
	if !found || s.is("a new memory writes the content it has read") {
		row = read
	}
	if memory.Seq > row.memory.Seq || !s.is("the queue does not see what was restored") {
		row.queued = s.keepMemory(memory)
	}
	row.memory = s.keepMemory(memory)
	row.asked = s.is("a suspended card that gets a memory is studied")
	row.suspended = row.suspended && !s.is("a card that gets a memory may be asked again")
	if s.is("a new memory raises the revision of the content") {
		row.Rev++
	}
	s.cards[k] = row
	if s.is("a new memory is given to every card of its id") {
		for other, theirs := range s.cards {
			if other.id == k.id {
				theirs.memory = row.memory
				s.cards[other] = theirs
			}
		}
	}
}

func (s *memstore) keepSitting(session domain.LearningSession) domain.LearningSession {
	session.StartedAt, session.FinishedAt = s.at(session.StartedAt), s.at(session.FinishedAt)
	if s.is("the deck of a sitting is lost") {
		session.Deck = ""
	}
	return session
}

func (s *memstore) InsertLearningSession(ctx context.Context, session domain.LearningSession) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	_, _, taken := lookup(s.sittings, session.Owner, string(session.ID), s.is("an id of a sitting is unique over all people"))
	if taken && !s.is("a sitting replaces another one of its id") {
		return s.conflict("sitting")
	}
	s.sittings[key{session.Owner, string(session.ID)}] = s.keepSitting(session)
	return nil
}

func (s *memstore) LearningSession(ctx context.Context, owner domain.UserID, id domain.LearningSessionID) (domain.LearningSession, error) {
	if err := s.enter(ctx); err != nil {
		return domain.LearningSession{}, err
	}
	defer s.mu.Unlock()
	_, session, found := lookup(s.sittings, owner, string(id), s.is("LearningSession forgets the owner"))
	if !found {
		return domain.LearningSession{}, s.notFound("sitting")
	}
	return session, nil
}

func (s *memstore) FinishLearningSession(ctx context.Context, owner domain.UserID, id domain.LearningSessionID, at time.Time) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, session, found := lookup(s.sittings, owner, string(id), s.is("FinishLearningSession forgets the owner"))
	if !found {
		if s.is("zero rows changed is taken for success") {
			return nil
		}
		return s.notFound("sitting")
	}
	if session.FinishedAt.IsZero() || !s.is("the first end of a sitting stays") {
		session.FinishedAt = at
	}
	s.sittings[k] = s.keepSitting(session)
	return nil
}
