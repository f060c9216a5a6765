package learning

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// maxCounted is how many cards in learning steps are counted.
const maxCounted = 1000

// longestStep is how far ahead the next learning step can lie.
const longestStep = 24 * time.Hour

// Queue is what is to be studied now.
type Queue struct {
	// Day is the caller's day.
	Day domain.Day
	// Cards are the first cards: those in learning steps, then those in review, each by due time, then new ones in order
	// of creation.
	Cards  []QueueCard
	Counts Counts
	// NextStep is when the next card in a learning step falls due; zero when one is due now, or there is none.
	NextStep time.Time
}

// QueueCard is a card of the queue.
type QueueCard struct {
	domain.StudyCard
	// Retrievability is the probability of recall now, 0 for a new card.
	Retrievability float64
	Leech          bool
}

// Counts says how many cards may be studied today: those in learning steps that are due (1,000 at most are counted), and
// due reviews and new cards as far as the day's limits let them in.
type Counts struct{ Learning, Review, New int }

// scope is a part of the queue with an allowance of its own: one deck, or all decks without limits of their own.
type scope struct {
	deck      domain.DeckID
	except    []domain.DeckID
	allowance domain.Allowance
}

func (o scope) query(phase domain.Phase, dueBy time.Time, limit int) ports.StudyQuery {
	return ports.StudyQuery{Deck: o.deck, Except: o.except, Phase: phase, DueBy: dueBy, Limit: limit}
}

// allowed returns how many cards of a phase the scope may bring, at most limit.
func (o scope) allowed(phase domain.Phase, limit int) int {
	switch phase {
	case domain.PhaseNew:
		return min(limit, o.allowance.New)
	case domain.PhaseReview:
		return min(limit, o.allowance.Reviews)
	default:
		return limit
	}
}

// Queue returns the first limit cards to study now: of a deck, or with an empty deck of all of them. CodeNotFound when the
// deck is not the caller's.
func (s *Service) Queue(ctx context.Context, caller domain.Identity, deck domain.DeckID, limit int) (Queue, error) {
	if deck != "" {
		if _, err := s.decks.Deck(ctx, caller.User, deck); err != nil {
			return Queue{}, err
		}
	}
	settings, err := s.settings.LearningSettings(ctx, caller.User)
	if err != nil {
		return Queue{}, err
	}
	now := s.clock.Now()
	q := Queue{Day: settings.Calendar().DayOf(now), Cards: []QueueCard{}}
	studied, err := s.studied(ctx, caller.User, q.Day)
	if err != nil {
		return Queue{}, err
	}
	scopes := scopesOf(settings, studied, deck)
	if q.Counts, err = s.count(ctx, caller.User, scopes, now); err != nil {
		return Queue{}, err
	}
	if q.Counts.Learning == 0 {
		if q.NextStep, err = s.nextStep(ctx, caller.User, deck, now); err != nil {
			return Queue{}, err
		}
	}
	scheduler := settings.Projector().Current()
	for _, phases := range [][]domain.Phase{{domain.PhaseLearning, domain.PhaseRelearning}, {domain.PhaseReview}, {domain.PhaseNew}} {
		cards, err := s.study(ctx, caller.User, scopes, phases, now, limit-len(q.Cards))
		if err != nil {
			return Queue{}, err
		}
		for _, card := range cards {
			q.Cards = append(q.Cards, QueueCard{card, scheduler.Retrievability(card.Memory, now), settings.Leech.Is(card.Memory)})
		}
	}
	return q, nil
}

// studied returns what the person studied on a day.
func (s *Service) studied(ctx context.Context, user domain.UserID, day domain.Day) (domain.Studied, error) {
	events, err := s.days.DayEvents(ctx, user, day)
	return domain.StudiedOf(events), err
}

// scopesOf returns the parts of the queue of a deck, or of all decks.
func scopesOf(settings domain.Settings, studied domain.Studied, deck domain.DeckID) []scope {
	if deck != "" {
		return []scope{{deck: deck, allowance: settings.Allowance(deck, studied, false)}}
	}
	own := slices.Sorted(maps.Keys(settings.Decks))
	scopes := []scope{{except: own, allowance: settings.Allowance("", studied, false)}}
	for _, deck := range own {
		scopes = append(scopes, scope{deck: deck, allowance: settings.Allowance(deck, studied, false)})
	}
	return scopes
}

func (s *Service) count(ctx context.Context, user domain.UserID, scopes []scope, now time.Time) (Counts, error) {
	var counts Counts
	for _, part := range []struct {
		phase domain.Phase
		count *int
		limit int
	}{
		{domain.PhaseLearning, &counts.Learning, maxCounted},
		{domain.PhaseRelearning, &counts.Learning, maxCounted},
		{domain.PhaseReview, &counts.Review, domain.Unlimited.Reviews},
		{domain.PhaseNew, &counts.New, domain.Unlimited.New},
	} {
		for _, scope := range scopes {
			limit := scope.allowed(part.phase, part.limit)
			if limit == 0 {
				continue
			}
			ids, err := s.queue.StudyIDs(ctx, user, scope.query(part.phase, now, limit))
			if err != nil {
				return Counts{}, err
			}
			*part.count += len(ids)
		}
	}
	counts.Learning = min(counts.Learning, maxCounted)
	return counts, nil
}

// study returns the first cards of some phases in the order of the queue, at most limit.
func (s *Service) study(ctx context.Context, user domain.UserID, scopes []scope, phases []domain.Phase, now time.Time, limit int) ([]domain.StudyCard, error) {
	var cards []domain.StudyCard
	for _, scope := range scopes {
		for _, phase := range phases {
			allowed := scope.allowed(phase, limit)
			if allowed <= 0 {
				continue
			}
			found, err := s.queue.StudyCards(ctx, user, scope.query(phase, now, allowed))
			if err != nil {
				return nil, err
			}
			cards = append(cards, found...)
		}
	}
	slices.SortStableFunc(cards, func(a, b domain.StudyCard) int {
		return cmp.Or(a.Memory.Due.Compare(b.Memory.Due), a.Card.CreatedAt.Compare(b.Card.CreatedAt), cmp.Compare(a.Card.ID, b.Card.ID))
	})
	return cards[:min(len(cards), max(limit, 0))], nil
}

// nextStep returns when the next card in a learning step falls due, of somebody who has none due now.
func (s *Service) nextStep(ctx context.Context, user domain.UserID, deck domain.DeckID, now time.Time) (time.Time, error) {
	var next time.Time
	for _, phase := range []domain.Phase{domain.PhaseLearning, domain.PhaseRelearning} {
		query := ports.StudyQuery{Deck: deck, Phase: phase, DueBy: now.Add(longestStep), Limit: 1}
		cards, err := s.queue.StudyCards(ctx, user, query)
		if err != nil {
			return time.Time{}, err
		}
		for _, card := range cards {
			if next.IsZero() || card.Memory.Due.Before(next) {
				next = card.Memory.Due
			}
		}
	}
	return next, nil
}

// Due returns those of the given cards of a deck that are to be learned now, least remembered first. Cards that are
// suspended or not in the deck are left out, and so are cards beyond the limits of the day that the caller has set.
// CodeNotFound when the deck is not the caller's. It reads the memory of each card of the deck.
func (s *Service) Due(ctx context.Context, caller domain.Identity, deck domain.DeckID, cards []domain.CardID) ([]domain.Recall, error) {
	if _, err := s.decks.Deck(ctx, caller.User, deck); err != nil {
		return nil, err
	}
	settings, err := s.settings.LearningSettings(ctx, caller.User)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	allowed, err := s.allowedIDs(ctx, settings, deck, now)
	if err != nil {
		return nil, err
	}
	asked := make(map[domain.CardID]bool, len(cards))
	for _, card := range cards {
		asked[card] = true
	}
	memories := make([]domain.CardMemory, 0, len(asked))
	for memory, err := range s.memories.DeckMemories(ctx, caller.User, []domain.DeckID{deck}) {
		if err != nil {
			return nil, err
		}
		if asked[memory.Card] && allowed(memory) {
			memories = append(memories, memory)
		}
	}
	return settings.Projector().Current().Due(memories, now), nil
}

// allowedIDs returns which cards of a deck the limits let in that the person has set: the ones that the queue has.
func (s *Service) allowedIDs(ctx context.Context, settings domain.Settings, deck domain.DeckID, now time.Time) (func(domain.CardMemory) bool, error) {
	if !settings.LimitsSet(deck) {
		return func(domain.CardMemory) bool { return true }, nil
	}
	studied, err := s.studied(ctx, settings.Owner, settings.Calendar().DayOf(now))
	if err != nil {
		return nil, err
	}
	part := scope{deck: deck, allowance: settings.Allowance(deck, studied, true)}
	let := map[domain.CardID]bool{}
	for _, phase := range []domain.Phase{domain.PhaseReview, domain.PhaseNew} {
		limit := part.allowed(phase, domain.Unlimited.New)
		if limit == 0 {
			continue
		}
		ids, err := s.queue.StudyIDs(ctx, settings.Owner, part.query(phase, now, limit))
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			let[id] = true
		}
	}
	return func(m domain.CardMemory) bool {
		limited := m.Memory.IsNew() || m.Memory.Phase == domain.PhaseReview
		return !limited || let[m.Card]
	}, nil
}
