package learning_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/app/learning"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// told returns what an export tells.
func told(t *testing.T, service *learning.Service, whose domain.Identity) []learning.ExportedItem {
	t.Helper()
	var items []learning.ExportedItem
	require.NoError(t, service.Export(t.Context(), whose, func(item learning.ExportedItem) error {
		items = append(items, item)
		return nil
	}))
	return items
}

func TestAnExportTellsAllThatIsKnownOfLearning(t *testing.T) {
	const many = 501 // more than a page
	d := newDesk(t, many)
	var sittings []domain.LearningSession
	for i := range many {
		id := domain.LearningSessionID(fmt.Sprintf("0190a000-0000-7000-8000-%012d", 1000+i))
		sitting, err := domain.NewLearningSession(id, caller.User, d.deck, noon)
		require.NoError(t, err)
		require.NoError(t, d.storage.LearningSessions.InsertLearningSession(t.Context(), sitting))
		sittings = append(sittings, sitting)
	}
	for _, cards := range [][]domain.CardID{d.cards[:500], d.cards[500:]} {
		var entries []domain.Entry
		for _, card := range cards {
			entries = append(entries, d.said(card, domain.Good))
		}
		_, err := d.service.RecordBatch(t.Context(), caller, entries)
		require.NoError(t, err)
	}
	settings, err := d.service.Settings(t.Context(), caller)
	require.NoError(t, err)
	events, err := d.service.Log(t.Context(), caller, 0, 1000)
	require.NoError(t, err)

	items := told(t, d.service, caller)
	require.Len(t, items, 1+3*many)
	require.Equal(t, learning.ExportedItem{Settings: &settings}, items[0])
	for i := range many {
		require.Equal(t, learning.ExportedItem{Session: &sittings[i]}, items[1+i])
		require.Equal(t, d.cards[i], items[1+many+i].Memory.Card)
		require.Equal(t, events[i].After, items[1+many+i].Memory.Memory)
		require.Equal(t, learning.ExportedItem{Event: &events[i]}, items[1+2*many+i])
	}

	t.Run("of one person only", func(t *testing.T) {
		stranger := domain.Identity{User: "0190a000-0000-7000-8000-0000000000ee"}
		theirs := told(t, d.service, stranger)
		require.Len(t, theirs, 1)
		require.Equal(t, domain.DefaultSettings(stranger.User), *theirs[0].Settings)
	})
	t.Run("until nobody listens any more", func(t *testing.T) {
		gone := errors.New("gone")
		for _, stop := range []int{1, 2, 2 + many, 2 + 2*many, 3 * many} {
			told := 0
			require.ErrorIs(t, d.service.Export(t.Context(), caller, func(learning.ExportedItem) error {
				if told++; told == stop {
					return gone
				}
				return nil
			}), gone)
			require.Equal(t, stop, told)
		}
	})
	t.Run("until its time is up", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, d.service.Export(ctx, caller, func(learning.ExportedItem) error { return nil }), context.Canceled)
	})
}

// awayLog is a review log that does not answer.
type awayLog struct{ ports.ReviewLog }

func (awayLog) Events(context.Context, domain.UserID, int64, int) ([]domain.Event, error) {
	return nil, domain.NewError(domain.CodeUnavailable, "")
}

func TestAnExportThatIsNotWholeFails(t *testing.T) {
	d := newDesk(t, 1)
	d.storage.ReviewLog = awayLog{d.storage.ReviewLog}
	service := learning.New(d.storage, d.clock, system.IDs{})
	err := service.Export(t.Context(), caller, func(learning.ExportedItem) error { return nil })
	require.Equal(t, domain.CodeUnavailable, domain.CodeOf(err))
}
