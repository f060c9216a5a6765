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
	decks       ports.DeckReader
	log         ports.ReviewLog
	days        ports.DayEvents
	memories    ports.Memories
	suspensions ports.Suspensions
	queue       ports.StudyQueue
	settings    ports.LearningSettings
	sessions    ports.LearningSessions
	archive     ports.Archive
	auditor     *Auditor
	facts       ports.EventFacts
	statistics  ports.Statistics
	clock       ports.Clock
	ids         ports.IDs
	turns       *turns
	// counts are the turns of those who count a log.
	counts *turns
}

// New returns the use cases of learning.
func New(storage ports.Storage, clock ports.Clock, ids ports.IDs) *Service {
	return &Service{
		decks: storage.Decks, log: storage.ReviewLog, days: storage.DayEvents, memories: storage.Memories,
		suspensions: storage.Suspensions, queue: storage.StudyQueue, settings: storage.LearningSettings,
		sessions: storage.LearningSessions, archive: storage.Archive, auditor: NewAuditor(storage),
		facts: storage.EventFacts, statistics: storage.Statistics, clock: clock, ids: ids, turns: newTurns(), counts: newTurns(),
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
	settings, err := s.settings.LearningSettings(ctx, caller.User)
	if err != nil {
		return nil, err
	}
	scheduler, now := settings.Projector().Current(), s.clock.Now()
	for memory, err := range s.memories.DeckMemories(ctx, caller.User, decks) {
		if err != nil {
			return nil, err
		}
		score := scores[memory.Deck]
		score.Add(scheduler.Retrievability(memory.Memory, now))
		scores[memory.Deck] = score
	}
	return scores, nil
}
