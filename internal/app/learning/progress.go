package learning

import (
	"context"
	"fmt"
	"slices"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Progress is how well a deck was remembered at the end of each day of a range, as its log is known now.
type Progress struct {
	From, To domain.Day
	// Cards is how many cards the scores rest on: those that are in the deck now. A card that was not answered yet counts 0.
	Cards int
	// Scores are the mean probabilities of recall, 0..1, one for each day from From to To.
	Scores []float64
}

// DeckScore returns how well a deck is remembered now. CodeNotFound when it is not the caller's.
func (s *Service) DeckScore(ctx context.Context, caller domain.Identity, deck domain.DeckID) (domain.Score, error) {
	if _, err := s.decks.Deck(ctx, caller.User, deck); err != nil {
		return domain.Score{}, err
	}
	scores, err := s.Scores(ctx, caller, []domain.DeckID{deck})
	return scores[deck], err
}

// Progress returns the scores of a deck from one day to another, both included. It replays the history of each card of the
// deck. CodeInvalid when the range is empty or longer than MaxStatisticsDays; CodeNotFound when the deck is not the caller's.
func (s *Service) Progress(ctx context.Context, caller domain.Identity, deck domain.DeckID, from, to domain.Day) (Progress, error) {
	if to < from || to-from >= MaxStatisticsDays {
		return Progress{}, domain.Invalid("from", fmt.Sprintf("The range must have between 1 and %d days.", MaxStatisticsDays))
	}
	if _, err := s.decks.Deck(ctx, caller.User, deck); err != nil {
		return Progress{}, err
	}
	settings, err := s.settings.LearningSettings(ctx, caller.User)
	if err != nil {
		return Progress{}, err
	}
	progress := Progress{From: from, To: to, Scores: make([]float64, to-from+1)}
	learned, err := s.learnedCards(ctx, caller.User, deck, &progress)
	if err != nil {
		return Progress{}, err
	}
	projector := settings.Projector()
	for part := range slices.Chunk(learned, domain.MaxEntries) {
		if err := s.addHistories(ctx, caller.User, projector, part, &progress); err != nil {
			return Progress{}, err
		}
	}
	for i := range progress.Scores {
		progress.Scores[i] /= float64(max(progress.Cards, 1))
	}
	return progress, nil
}

// learnedCards counts the cards of a deck and returns those that have events.
func (s *Service) learnedCards(ctx context.Context, user domain.UserID, deck domain.DeckID, progress *Progress) ([]domain.CardID, error) {
	var learned []domain.CardID
	for memory, err := range s.memories.DeckMemories(ctx, user, []domain.DeckID{deck}) {
		if err != nil {
			return nil, err
		}
		progress.Cards++
		if memory.Memory.Seq > 0 {
			learned = append(learned, memory.Card)
		}
	}
	return learned, nil
}

// addHistories adds what some cards give to the sums of the days.
func (s *Service) addHistories(ctx context.Context, user domain.UserID, projector *domain.Projector, cards []domain.CardID, progress *Progress) error {
	events, err := s.log.CardEvents(ctx, user, cards...)
	if err != nil {
		return err
	}
	histories := map[domain.CardID][]domain.Event{}
	for _, event := range events {
		histories[event.Card] = append(histories[event.Card], event)
	}
	for _, history := range histories {
		if err := projector.AddRecall(history, progress.From, progress.Scores); err != nil {
			return err
		}
	}
	return nil
}
