package learning_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestTheListOfCardsToLearnIsTheQueueWhateverIsDone(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			d := newDesk(t, 25)
			d.change(t, limited(random.IntN(8), random.IntN(8)))
			if random.IntN(2) == 0 {
				d.change(t, func(s *domain.Settings, _ *domain.Schedule) {
					fresh, reviews := random.IntN(8), random.IntN(8)
					s.Decks[d.deck] = domain.Limits{New: &fresh, Reviews: &reviews}
					s.TimeZone = []string{"UTC", "Pacific/Auckland", "America/New_York"}[random.IntN(3)]
				})
			}
			var given []domain.EventID
			for step := range 120 {
				card := d.cards[random.IntN(len(d.cards))]
				switch random.IntN(12) {
				case 0:
					require.NoError(t, d.service.Suspend(t.Context(), caller, card, random.IntN(2) == 0))
				case 1, 2:
					if len(given) > 0 {
						_, err := d.service.Record(t.Context(), caller, domain.Entry{Kind: domain.KindUndo, Undoes: given[random.IntN(len(given))]})
						require.NoError(t, err)
					}
				case 3:
					d.clock.forward(time.Duration(random.IntN(40)) * time.Hour)
				case 4:
					if random.IntN(3) == 0 {
						d.change(t, useAlgorithm(domain.Algorithms()[random.IntN(3)]))
					}
				case 5:
					entry := d.said(card, domain.Rating(1+random.IntN(4)))
					entry.FinishedAt = entry.FinishedAt.Add(-time.Duration(random.IntN(72)) * time.Hour)
					entry.StartedAt = entry.FinishedAt
					event, err := d.service.Record(t.Context(), caller, entry)
					require.NoError(t, err)
					given = append(given, event.ID)
				case 6:
					_, err := d.service.Reset(t.Context(), caller, card, "")
					require.NoError(t, err)
				default:
					event := d.fourButtons(t, card, domain.Rating(1+random.IntN(4)))
					given = append(given, event.ID)
				}
				d.clock.forward(time.Duration(1+random.IntN(20)) * time.Minute)
				require.ElementsMatch(t, ids(d.queue(t, d.deck, 1000)), d.due(t), "step %d", step)
				q := d.queue(t, d.deck, 1000)
				require.Equal(t, len(q.Cards), q.Counts.Learning+q.Counts.New+q.Counts.Review, "step %d", step)
			}
			d.requireSettled(t)
		})
	}
}
