// Package learning is what people do when they study: sit down, answer cards, see what is due and how well a deck is
// remembered. Each answer becomes an event of the person's review log; memories follow from it.
package learning

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Service is the use cases of learning. Make one with New.
type Service struct {
	decks    ports.DeckReader
	log      ports.ReviewLog
	memories ports.Memories
	sessions ports.LearningSessions
	clock    ports.Clock
	ids      ports.IDs
	turns    *turns

	schedule  domain.Schedule
	scheduler *domain.Scheduler
	calendar  domain.Calendar
}

// New returns the use cases of learning.
func New(storage ports.Storage, clock ports.Clock, ids ports.IDs) *Service {
	schedule := domain.DefaultSchedule()
	return &Service{
		decks: storage.Decks, log: storage.ReviewLog, memories: storage.Memories, sessions: storage.LearningSessions,
		clock: clock, ids: ids, turns: newTurns(),
		schedule: schedule, scheduler: domain.NewScheduler(schedule), calendar: domain.DefaultCalendar(),
	}
}

// StartSession notes that the caller sat down to study a deck. CodeNotFound when the deck is not the caller's.
func (s *Service) StartSession(ctx context.Context, caller domain.Identity, deck domain.DeckID, startedAt time.Time) (domain.LearningSession, error) {
	session, err := domain.NewLearningSession(domain.LearningSessionID(s.ids.NewID()), caller.User, deck, startedAt)
	if err != nil {
		return domain.LearningSession{}, err
	}
	if _, err := s.decks.Deck(ctx, caller.User, deck); err != nil {
		return domain.LearningSession{}, err
	}
	return session, s.sessions.InsertLearningSession(ctx, session)
}

// FinishSession notes that a sitting has ended. CodeNotFound when it is not the caller's.
func (s *Service) FinishSession(ctx context.Context, caller domain.Identity, id domain.LearningSessionID, finishedAt time.Time) error {
	if err := domain.CheckFinish(finishedAt); err != nil {
		return err
	}
	return s.sessions.FinishLearningSession(ctx, caller.User, id, finishedAt.UTC().Truncate(time.Millisecond))
}

// Due returns those of the given cards of a deck that are to be learned now, least remembered first. Cards that are not
// in the deck are left out. CodeNotFound when the deck is not the caller's. It reads the memory of each card of the deck.
func (s *Service) Due(ctx context.Context, caller domain.Identity, deck domain.DeckID, cards []domain.CardID) ([]domain.Recall, error) {
	if _, err := s.decks.Deck(ctx, caller.User, deck); err != nil {
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
		if asked[memory.Card] {
			memories = append(memories, memory)
		}
	}
	return s.scheduler.Due(memories, s.clock.Now()), nil
}

// Scores returns how well each of the decks is remembered now. A deck that is not the caller's, or has no cards, has the
// score 0. It reads the memory of each card of the decks.
func (s *Service) Scores(ctx context.Context, caller domain.Identity, decks []domain.DeckID) (map[domain.DeckID]domain.Score, error) {
	scores := make(map[domain.DeckID]domain.Score, len(decks))
	for _, deck := range decks {
		scores[deck] = domain.Score{}
	}
	if len(decks) == 0 {
		return scores, nil
	}
	now := s.clock.Now()
	for memory, err := range s.memories.DeckMemories(ctx, caller.User, decks) {
		if err != nil {
			return nil, err
		}
		score := scores[memory.Deck]
		score.Add(s.scheduler.Retrievability(memory.Memory, now))
		scores[memory.Deck] = score
	}
	return scores, nil
}
