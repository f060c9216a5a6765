package learning

import (
	"context"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// exportPage is how many things an export reads at once.
const exportPage = 500

// ExportedItem is something that is stored of a person: one of its fields is set.
type ExportedItem struct {
	Settings *domain.Settings
	Session  *domain.LearningSession
	Memory   *domain.CardMemory
	Event    *domain.Event
}

// Export tells everything that is stored of how the caller learns, page by page: the settings, the sittings and the memories
// of the cards, each in order of their ids, and the events of the review log, in order of their numbers. It ends with the
// first error of tell.
func (s *Service) Export(ctx context.Context, caller domain.Identity, tell func(ExportedItem) error) error {
	settings, err := s.settings.LearningSettings(ctx, caller.User)
	if err != nil {
		return err
	}
	if err := tell(ExportedItem{Settings: &settings}); err != nil {
		return err
	}
	if err := s.exportSessions(ctx, caller.User, tell); err != nil {
		return err
	}
	if err := s.exportMemories(ctx, caller.User, tell); err != nil {
		return err
	}
	return s.exportEvents(ctx, caller.User, tell)
}

func (s *Service) exportSessions(ctx context.Context, owner domain.UserID, tell func(ExportedItem) error) error {
	return export(
		func(after string) ([]domain.LearningSession, error) {
			return s.archive.LearningSessions.Page(ctx, owner, after, exportPage)
		},
		func(session *domain.LearningSession) (string, error) {
			return string(session.ID), tell(ExportedItem{Session: session})
		})
}

func (s *Service) exportMemories(ctx context.Context, owner domain.UserID, tell func(ExportedItem) error) error {
	return export(
		func(after domain.CardID) ([]domain.CardMemory, error) {
			return s.auditor.projections.MemoriesByCard(ctx, owner, after, exportPage)
		},
		func(memory *domain.CardMemory) (domain.CardID, error) {
			return memory.Card, tell(ExportedItem{Memory: memory})
		})
}

func (s *Service) exportEvents(ctx context.Context, owner domain.UserID, tell func(ExportedItem) error) error {
	return export(
		func(after int64) ([]domain.Event, error) { return s.log.Events(ctx, owner, after, exportPage) },
		func(event *domain.Event) (int64, error) { return event.Seq, tell(ExportedItem{Event: event}) })
}

// export reads pages of exportPage things, each behind the place where the one before ended, and visits the things.
func export[T, Place any](read func(after Place) ([]T, error), visit func(*T) (Place, error)) error {
	var after Place
	for {
		items, err := read(after)
		if err != nil {
			return err
		}
		for i := range items {
			if after, err = visit(&items[i]); err != nil {
				return err
			}
		}
		if len(items) < exportPage {
			return nil
		}
	}
}
