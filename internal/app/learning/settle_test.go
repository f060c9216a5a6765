package learning_test

import (
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

func TestMemoriesBehindTheirEventsAreCompleted(t *testing.T) {
	recent, memories, clock := mocks.NewRecentEvents(t), mocks.NewMemories(t), mocks.NewClock(t)
	clock.EXPECT().Now().Return(noon)
	event := func(card domain.CardID, seq int64) domain.Event {
		return domain.Event{User: caller.User, Card: card, Seq: seq, After: domain.Memory{Phase: domain.PhaseReview, Seq: seq}}
	}
	at := noon.Add(-30 * 24 * time.Hour) // the process was down for a month
	recent.EXPECT().LastRecorded(mock.Anything).Return(at, nil).Once()
	recent.EXPECT().RecordedSince(mock.Anything, at.Add(-time.Minute), mock.Anything).Return(
		[]domain.Event{event("behind", 5), event("complete", 6), event("behind", 7), event("gone", 8)}, nil).Once()
	stored := func(card domain.CardID, seq int64, err error) {
		memories.EXPECT().Memory(mock.Anything, caller.User, card).Return(domain.CardMemory{Memory: domain.Memory{Seq: seq}}, err)
	}
	stored("behind", 4, nil)
	stored("complete", 6, nil)
	stored("gone", 0, domain.NotFound("card"))
	memories.EXPECT().Settle(mock.Anything, caller.User, domain.CardID("behind"), event("behind", 7).After).Return(true, nil).Once()

	settler := learning.NewSettler(ports.Storage{RecentEvents: recent, Memories: memories}, clock)
	settled, err := settler.Settle(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, settled)

	recent.EXPECT().RecordedSince(mock.Anything, noon.Add(-time.Minute), mock.Anything).Return(nil, nil).Once()
	_, err = settler.Settle(t.Context())
	require.NoError(t, err, "the second sweep begins where the first one did")
}

func TestAFailedSweepIsDoneAgain(t *testing.T) {
	recent, clock := mocks.NewRecentEvents(t), mocks.NewClock(t)
	clock.EXPECT().Now().Return(noon)
	lost := domain.NewError(domain.CodeUnavailable, "no answer")
	recent.EXPECT().LastRecorded(mock.Anything).Return(noon, nil).Twice()
	recent.EXPECT().RecordedSince(mock.Anything, mock.Anything, mock.Anything).Return(nil, lost).Twice()
	settler := learning.NewSettler(ports.Storage{RecentEvents: recent}, clock)
	for range 2 {
		_, err := settler.Settle(t.Context())
		assert.ErrorIs(t, err, lost)
	}
}

func TestASweepGivesACardTheMemoryOfItsEvents(t *testing.T) {
	d := newDesk(t, 2)
	event := d.answer(t, d.cards[0], domain.Good)
	d.answer(t, d.cards[1], domain.Good)
	// A card that was deleted and put back under its id is as one whose memory was never written.
	require.NoError(t, d.storage.Cards.DeleteCard(t.Context(), caller.User, d.cards[0]))
	row := domain.NewCard(d.cards[0], caller.User, d.deck, domain.CardText{Question: "q", Answer: "a"}, noon)
	require.NoError(t, d.storage.Cards.InsertCards(t.Context(), caller.User, d.deck, []domain.Card{row}))

	settled, err := learning.NewSettler(d.storage, d.clock).Settle(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, settled)
	memory, err := d.storage.Memories.Memory(t.Context(), caller.User, d.cards[0])
	require.NoError(t, err)
	assert.Equal(t, event.After, memory.Memory)
}
