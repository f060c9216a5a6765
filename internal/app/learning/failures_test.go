package learning_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
	"github.com/moshrank/spacey-backend/internal/ports/mocks"
)

// Failures of storage are injected with mocks; what storage does right is tested on a real one.

var (
	noon   = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	caller = domain.Identity{User: "0190a000-0000-7000-8000-000000000001"}
	answer = domain.Entry{
		Kind: domain.KindReview, Card: "0190a000-0000-7000-8000-000000000002", Session: "0190a000-0000-7000-8000-000000000003",
		StartedAt: noon.Add(-time.Minute), FinishedAt: noon.Add(-50 * time.Second), Rating: domain.Good, Buttons: 2,
	}
	place = domain.CardMemory{Card: answer.Card, Deck: "0190a000-0000-7000-8000-000000000004", Memory: domain.NewMemory()}
)

type broken struct {
	service  *learning.Service
	log      *mocks.ReviewLog
	memories *mocks.Memories
	settings *mocks.LearningSettings
	queue    *mocks.StudyQueue
}

func newBroken(t *testing.T) broken {
	b := broken{
		log: mocks.NewReviewLog(t), memories: mocks.NewMemories(t), settings: mocks.NewLearningSettings(t), queue: mocks.NewStudyQueue(t),
	}
	clock := mocks.NewClock(t)
	clock.EXPECT().Now().Return(noon).Maybe()
	b.service = learning.New(ports.Storage{
		ReviewLog: b.log, Memories: b.memories, LearningSettings: b.settings, StudyQueue: b.queue,
	}, clock, mocks.NewIDs(t))
	return b
}

// hasSettings lets the caller have the default settings, and nothing due.
func (b broken) hasSettings() {
	b.settings.EXPECT().LearningSettings(mock.Anything, caller.User).Return(domain.DefaultSettings(caller.User), nil)
	b.queue.EXPECT().DueTimes(mock.Anything, caller.User, mock.Anything, mock.Anything, mock.Anything).Return(nil, nil).Maybe()
}

func (b broken) findsCard() {
	b.hasSettings()
	b.memories.EXPECT().MemoriesOf(mock.Anything, caller.User, []domain.CardID{answer.Card}).Return([]domain.CardMemory{place}, nil)
}

func (b broken) finds(head ports.Head) {
	b.findsCard()
	b.log.EXPECT().Head(mock.Anything, caller.User, []domain.CardID{answer.Card}).Return(head, nil)
}

func TestAFailureToReadIsNeverTakenForANewCard(t *testing.T) {
	lost := domain.NewError(domain.CodeUnavailable, "no answer")
	t.Run("reading the settings", func(t *testing.T) {
		b := newBroken(t)
		b.settings.EXPECT().LearningSettings(mock.Anything, mock.Anything).Return(domain.Settings{}, lost)
		_, err := b.service.Record(t.Context(), caller, answer)
		assert.ErrorIs(t, err, lost)
	})
	t.Run("reading the card", func(t *testing.T) {
		b := newBroken(t)
		b.hasSettings()
		b.memories.EXPECT().MemoriesOf(mock.Anything, mock.Anything, mock.Anything).Return(nil, lost)
		_, err := b.service.Record(t.Context(), caller, answer)
		assert.ErrorIs(t, err, lost)
	})
	t.Run("reading the log", func(t *testing.T) {
		b := newBroken(t)
		b.findsCard()
		b.log.EXPECT().Head(mock.Anything, mock.Anything, mock.Anything).Return(ports.Head{}, lost)
		_, err := b.service.Record(t.Context(), caller, answer)
		assert.ErrorIs(t, err, lost)
	})
	t.Run("reading the loads of the days", func(t *testing.T) {
		b := newBroken(t)
		b.settings.EXPECT().LearningSettings(mock.Anything, caller.User).Return(domain.DefaultSettings(caller.User), nil)
		b.memories.EXPECT().MemoriesOf(mock.Anything, caller.User, mock.Anything).Return([]domain.CardMemory{place}, nil)
		b.log.EXPECT().Head(mock.Anything, caller.User, mock.Anything).Return(ports.Head{}, nil)
		b.queue.EXPECT().DueTimes(mock.Anything, caller.User, mock.Anything, mock.Anything, mock.Anything).Return(nil, lost)
		easy := answer
		easy.Rating, easy.Buttons = domain.Easy, 4
		_, err := b.service.Record(t.Context(), caller, easy)
		assert.ErrorIs(t, err, lost)
	})
	t.Run("reading the history of a late answer", func(t *testing.T) {
		b := newBroken(t)
		newest := domain.Event{Seq: 1, Card: answer.Card, After: domain.Memory{Phase: domain.PhaseReview, Stability: 2, Difficulty: 5, LastReview: noon, Seq: 1}, Latest: noon, ScheduleVersion: 1}
		b.finds(ports.Head{Seq: 1, Newest: map[domain.CardID]domain.Event{answer.Card: newest}})
		b.log.EXPECT().CardEvents(mock.Anything, caller.User, []domain.CardID{answer.Card}).Return(nil, lost)
		_, err := b.service.Record(t.Context(), caller, answer)
		assert.ErrorIs(t, err, lost)
	})
}

func TestATakenNumberIsTriedAgainWithWhatTheOtherLeft(t *testing.T) {
	b := newBroken(t)
	b.findsCard()
	b.log.EXPECT().Head(mock.Anything, caller.User, []domain.CardID{answer.Card}).Return(ports.Head{Seq: 4}, nil).Once()
	b.log.EXPECT().Head(mock.Anything, caller.User, []domain.CardID{answer.Card}).Return(ports.Head{Seq: 5}, nil).Once()
	taken := domain.NewError(domain.CodeSeqTaken, "taken")
	b.log.EXPECT().Append(mock.Anything, caller.User, mock.Anything).RunAndReturn(
		func(_ context.Context, _ domain.UserID, events []domain.Event) error {
			if events[0].Seq == 5 {
				return taken
			}
			return nil
		})
	event, err := b.service.Record(t.Context(), caller, answer)
	require.NoError(t, err)
	assert.Equal(t, int64(6), event.Seq)
	assert.Equal(t, int64(6), event.After.Seq)
}

func TestLosingEveryTimeEndsAsBusy(t *testing.T) {
	b := newBroken(t)
	b.finds(ports.Head{Seq: 4})
	b.log.EXPECT().Append(mock.Anything, mock.Anything, mock.Anything).Return(domain.NewError(domain.CodeSeqTaken, "taken"))
	_, err := b.service.Record(t.Context(), caller, answer)
	assert.Equal(t, domain.CodeBusy, domain.CodeOf(err))
}

func TestAnEndedContextStopsTheTries(t *testing.T) {
	b := newBroken(t)
	b.finds(ports.Head{Seq: 4})
	ctx, cancel := context.WithCancel(t.Context())
	b.log.EXPECT().Append(mock.Anything, mock.Anything, mock.Anything).RunAndReturn(
		func(context.Context, domain.UserID, []domain.Event) error {
			cancel()
			return domain.NewError(domain.CodeSeqTaken, "taken")
		}).Once()
	_, err := b.service.Record(ctx, caller, answer)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestAnUnknownFailureIsPassedOn(t *testing.T) {
	b := newBroken(t)
	b.finds(ports.Head{})
	failure := errors.New("disk is full")
	b.log.EXPECT().Append(mock.Anything, mock.Anything, mock.Anything).Return(failure)
	_, err := b.service.Record(t.Context(), caller, answer)
	assert.ErrorIs(t, err, failure)
}

func TestAWrongAnswerReachesNoStorage(t *testing.T) {
	b := newBroken(t)
	bad := answer
	bad.Rating = 0
	_, err := b.service.Record(t.Context(), caller, bad)
	assert.Equal(t, domain.CodeInvalid, domain.CodeOf(err))
}
