package porttest_test

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// lateCancel is the fault of a store that writes in a context that has ended and looks at the context afterwards.
const lateCancel = "what a cancelled context wrote is stored"

// lateWrites is a memstore with the fault lateCancel.
type lateWrites struct{ *memstore }

func withLateWrites(s *memstore) ports.Storage {
	storage, late := s.storage(), lateWrites{s}
	if s.is(lateCancel) {
		storage.Users, storage.Sessions, storage.OneTimeTokens, storage.Configs = late, late, late, late
		storage.Decks, storage.Cards, storage.ReviewLog, storage.Memories = late, late, late, late
		storage.Suspensions, storage.LearningSettings, storage.Projections = late, late, late
		storage.Statistics, storage.LearningSessions, storage.Sweeper = late, late, late
		storage.APITokens, storage.Audits, storage.Deletions, storage.SignInAttempts = late, late, late, late
		storage.Contents, storage.Blobs, storage.Jobs = late, late, late
		storage.Erasure, storage.Idempotency, storage.Notes, storage.GenerationUsage = late, late, late, late
	}
	return storage
}

func late(ctx context.Context, write func(context.Context) error) error {
	if err := write(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	return ctx.Err()
}

func (l lateWrites) InsertUser(ctx context.Context, user domain.User) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.InsertUser(ctx, user) })
}

func (l lateWrites) InsertSession(ctx context.Context, session domain.Session) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.InsertSession(ctx, session) })
}

func (l lateWrites) InsertToken(ctx context.Context, token domain.OneTimeToken) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.InsertToken(ctx, token) })
}

func (l lateWrites) InsertConfig(ctx context.Context, document domain.ConfigDocument) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.InsertConfig(ctx, document) })
}

func (l lateWrites) DeleteDeck(ctx context.Context, owner domain.UserID, id domain.DeckID) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.DeleteDeck(ctx, owner, id) })
}

func (l lateWrites) InsertCards(ctx context.Context, owner domain.UserID, deck domain.DeckID, cards []domain.Card) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.InsertCards(ctx, owner, deck, cards) })
}

func (l lateWrites) Append(ctx context.Context, owner domain.UserID, events []domain.Event) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.Append(ctx, owner, events) })
}

func (l lateWrites) Settle(ctx context.Context, owner domain.UserID, card domain.CardID, memory domain.Memory) (settled bool, err error) {
	err = late(ctx, func(ctx context.Context) error {
		settled, err = l.memstore.Settle(ctx, owner, card, memory)
		return err
	})
	return settled, err
}

func (l lateWrites) Suspend(ctx context.Context, owner domain.UserID, card domain.CardID, suspended bool) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.Suspend(ctx, owner, card, suspended) })
}

func (l lateWrites) UpdateLearningSettings(
	ctx context.Context, owner domain.UserID, edit func(*domain.Settings) error,
) (settings domain.Settings, err error) {
	err = late(ctx, func(ctx context.Context) error {
		settings, err = l.memstore.UpdateLearningSettings(ctx, owner, edit)
		return err
	})
	return settings, err
}

func (l lateWrites) Restore(
	ctx context.Context, owner domain.UserID, card domain.CardID, was int64, memory domain.Memory,
) (restored bool, err error) {
	err = late(ctx, func(ctx context.Context) error {
		restored, err = l.memstore.Restore(ctx, owner, card, was, memory)
		return err
	})
	return restored, err
}

func (l lateWrites) FinishLearningSession(ctx context.Context, owner domain.UserID, id domain.LearningSessionID, at time.Time) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.FinishLearningSession(ctx, owner, id, at) })
}

func (l lateWrites) Sweep(ctx context.Context, now time.Time) (done bool, err error) {
	err = late(ctx, func(ctx context.Context) error {
		done, err = l.memstore.Sweep(ctx, now)
		return err
	})
	return done, err
}

func (l lateWrites) InsertAudit(ctx context.Context, entry domain.AuditEntry) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.InsertAudit(ctx, entry) })
}

func (l lateWrites) InsertDeletion(ctx context.Context, deletion domain.Deletion) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.InsertDeletion(ctx, deletion) })
}

func (l lateWrites) ForgetAttempts(ctx context.Context, keys []string) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.ForgetAttempts(ctx, keys) })
}

func (l lateWrites) PutAPIToken(ctx context.Context, token domain.APIToken) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.PutAPIToken(ctx, token) })
}

func (l lateWrites) EraseDecks(ctx context.Context, owner domain.UserID) (done bool, err error) {
	err = late(ctx, func(ctx context.Context) error {
		done, err = l.memstore.EraseDecks(ctx, owner)
		return err
	})
	return done, err
}

func (l lateWrites) DropRequest(ctx context.Context, owner domain.UserID, id string) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.DropRequest(ctx, owner, id) })
}

func (l lateWrites) PutNote(ctx context.Context, note domain.Note) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.PutNote(ctx, note) })
}

func (l lateWrites) CountUsage(
	ctx context.Context, owner domain.UserID, day domain.Day, amount, limit int,
) (granted bool, err error) {
	err = late(ctx, func(ctx context.Context) error {
		granted, err = l.memstore.CountUsage(ctx, owner, day, amount, limit)
		return err
	})
	return granted, err
}

func (l lateWrites) InsertContent(ctx context.Context, content domain.Content) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.InsertContent(ctx, content) })
}

func (l lateWrites) PutBlobPart(ctx context.Context, owner domain.UserID, part domain.BlobPart) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.PutBlobPart(ctx, owner, part) })
}

func (l lateWrites) AddJob(ctx context.Context, job domain.Job) error {
	return late(ctx, func(ctx context.Context) error { return l.memstore.AddJob(ctx, job) })
}
