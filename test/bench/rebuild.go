package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	fsrs "github.com/open-spaced-repetition/go-fsrs/v4"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// A rebuild is of 1,000,000 events in all. They are the histories of some cards over and over, as a rebuild has a part of
// the log in memory at a time.
const (
	rebuildEvents    = 1_000_000
	rebuildHistory   = 15
	rebuildHistories = 2_000
)

// compareRebuild makes memories from events that were read before, and moves memory states by the same answers with
// go-fsrs alone. Both run on one processor.
func compareRebuild(ctx context.Context, l *lab) ([]comparison, error) {
	logs, err := histories(rebuildHistories)
	if err != nil {
		return nil, err
	}
	projector := domain.DefaultSettings("").Projector()
	replay := func(history int) error {
		memory, err := projector.Replay(logs[history])
		if err == nil && memory.Reps != rebuildHistory {
			err = fmt.Errorf("a memory of %d answers was made", memory.Reps)
		}
		return err
	}
	parameters, answers := fsrs.DefaultParam(), statesOf(logs)
	next := func(history int) error {
		var state *fsrs.MemoryState
		for _, answer := range answers[history] {
			memory := parameters.NextState(state, 0.9, answer.days, answer.rating).Memory
			state = &memory
		}
		return nil
	}
	return l.against(ctx, target{atMost: 2},
		column{"go-fsrs NextState over the answers of 1,000,000 events", rebuilding(next)},
		column{"memories replayed from the events", rebuilding(replay)})
}

// rebuilding does something with history after history until it has had all events, as often as there is time for, and
// counts events.
func rebuilding(once func(history int) error) func(context.Context, time.Duration) (float64, error) {
	return func(ctx context.Context, d time.Duration) (float64, error) {
		events, began := 0, time.Now()
		for time.Since(began) < d {
			for n := 0; n < rebuildEvents; n += rebuildHistory {
				if err := once(n / rebuildHistory % rebuildHistories); err != nil {
					return 0, err
				}
				events += rebuildHistory
			}
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
		}
		return float64(events) / time.Since(began).Seconds(), nil
	}
}

// histories returns the events of cards as a log would give them: a few of the first day, then by when the card fell due.
func histories(cards int) ([][]domain.Event, error) {
	random := rand.New(rand.NewPCG(13, 13))
	settings := domain.DefaultSettings(domain.UserID(domain.NameID("rebuild")))
	projector := settings.Projector()
	ratings := []domain.Rating{domain.Again, domain.Hard, domain.Good, domain.Good, domain.Good, domain.Good, domain.Good, domain.Good, domain.Easy}
	logs, seq := make([][]domain.Event, cards), int64(0)
	for i := range logs {
		at := time.Date(2025, time.January, 1, 12, 0, 0, 0, time.UTC)
		for n := range rebuildHistory {
			seq++
			place := domain.Place{Seq: seq}
			if n > 0 {
				place.Newest = &logs[i][n-1]
			}
			event := domain.NewEvent(settings.Owner, domain.Entry{
				Kind: domain.KindReview, Card: domain.CardID(domain.NameID("rebuild", fmt.Sprint(i))), Session: sitting(0),
				StartedAt: at.Add(-answerTime), FinishedAt: at, Rating: ratings[random.IntN(len(ratings))], Buttons: 4,
			}, "", nil, settings, at)
			event, err := projector.Append(event, place)
			if err != nil {
				return nil, err
			}
			logs[i] = append(logs[i], event)
			at = event.After.Due.Add(time.Duration(random.IntN(36*60)) * time.Minute)
		}
	}
	return logs, nil
}

// stateAnswer is what go-fsrs needs of an answer.
type stateAnswer struct {
	days   uint64
	rating fsrs.Rating
}

// statesOf returns the answers of histories, with the days since the last one.
func statesOf(logs [][]domain.Event) [][]stateAnswer {
	answers := make([][]stateAnswer, len(logs))
	for i, log := range logs {
		last := log[0].Day
		for _, event := range log {
			answers[i] = append(answers[i], stateAnswer{uint64(max(event.Day-last, 0)), fsrs.Rating(event.Rating)})
			last = event.Day
		}
	}
	return answers
}
