package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/moshrank/spacey-backend/internal/adapters/system"
	"github.com/moshrank/spacey-backend/internal/domain"
)

const (
	fewEvents  = 10_000
	manyEvents = 1_000_000
	// statisticsDays is how many days are looked at: those of the route when nobody says which.
	statisticsDays = 365
)

// compareStatistics looks at the statistics of the last year of people whose logs are of a year and of ten years: again and
// again, and for the first time, when nothing was counted yet.
func compareStatistics(ctx context.Context, l *lab, e engine) ([]comparison, error) {
	q, logs, err := l.newLogStand(ctx, e)
	if err != nil {
		return nil, err
	}
	defer q.close()
	var comparisons []comparison
	for _, ask := range []struct {
		what string
		work func(n int) func(context.Context, time.Duration) (float64, error)
	}{
		{"statistics of a year, use case on " + e.name, func(n int) func(context.Context, time.Duration) (float64, error) {
			return q.statistics(q.people[n], logs[n])
		}},
		{"GET /learning/stats on " + e.name, func(n int) func(context.Context, time.Duration) (float64, error) {
			load := get(q.spacey.address, "/learning/stats", q.people[n].Token)
			load.check = hasTotal(logs[n].lastYear)
			return load.work
		}},
	} {
		found, err := q.against(ctx, target{atMost: 1.5},
			column{ask.what + ", 10,000 events of a year", ask.work(0)}, column{"the same, 1,000,000 events of ten years", ask.work(1)})
		if err != nil {
			return nil, err
		}
		comparisons = append(comparisons, found...)
	}
	floor, err := q.database.drive(ctx)
	if err != nil {
		return nil, err
	}
	found, err := q.against(ctx, target{},
		column{"what is counted of 1,000,000 events (" + e.name + "), read by the driver", func(ctx context.Context, d time.Duration) (float64, error) {
			return alone(ctx, d, func() error { return allRead(manyEvents)(floor.readFacts(ctx, q.people[1])) })
		}},
		column{"the first look at the statistics, use case on " + e.name, q.firstLook(q.people[1], logs[1])})
	return append(comparisons, found...), errors.Join(err, floor.close())
}

// hasTotal makes sure that an answer has so many reviews in all.
func hasTotal(reviews int) func(body []byte) error {
	total := fmt.Appendf(nil, `"total":{"reviews":%d,`, reviews)
	return func(body []byte) error {
		if !bytes.Contains(body, total) {
			return fmt.Errorf("the statistics are not of %d reviews: %.300s", reviews, body)
		}
		return nil
	}
}

// newLogStand makes people with a few cards each, one with few events and one with many, and counts nothing yet.
func (l *lab) newLogStand(ctx context.Context, e engine) (*queueStand, []filledLog, error) {
	q, err := l.newQueueStand(ctx, e, collection{cards: fewCards, steps: fewSteps}, collection{cards: fewCards, steps: fewSteps})
	if err != nil {
		return nil, nil, err
	}
	logs := []filledLog{{events: fewEvents, years: 1}, {events: manyEvents, years: 10}}
	for i := range logs {
		if err = logs[i].fill(ctx, q.storage.Archive, q.people[i], system.Clock{}.Now()); err != nil {
			break
		}
	}
	if err == nil {
		err = q.database.filled(ctx)
	}
	if err != nil {
		q.close()
		return nil, nil, err
	}
	return q, logs, nil
}

// statistics looks at the statistics of the last year.
func (q *queueStand) statistics(p *person, log filledLog) func(context.Context, time.Duration) (float64, error) {
	return func(ctx context.Context, d time.Duration) (float64, error) {
		unwatched := context.WithoutCancel(ctx) // the driver starts a goroutine a call for a context that may end
		return inParallel(ctx, d, func(int) error { return q.lookAt(unwatched, p, log) })
	}
}

// firstLook forgets what was counted and looks at the statistics of the last year, one look after the other.
func (q *queueStand) firstLook(p *person, log filledLog) func(context.Context, time.Duration) (float64, error) {
	return func(ctx context.Context, d time.Duration) (float64, error) {
		return alone(ctx, d, func() error {
			if err := q.storage.Statistics.ForgetCachedMonths(ctx, domain.UserID(p.ID)); err != nil {
				return err
			}
			return q.lookAt(ctx, p, log)
		})
	}
}

func (q *queueStand) lookAt(ctx context.Context, p *person, log filledLog) error {
	found, err := q.learning.Statistics(ctx, callerOf(p), log.today-statisticsDays+1, log.today, "")
	if err == nil && found.Total.Reviews != log.lastYear {
		err = fmt.Errorf("the statistics are of %d reviews where there are %d", found.Total.Reviews, log.lastYear)
	}
	return err
}

// callerOf returns a person as use cases know one.
func callerOf(p *person) domain.Identity {
	return domain.Identity{User: domain.UserID(p.ID), EmailVerified: true}
}

// alone does something again and again for a while, at least once, and returns how often it was done a second.
func alone(ctx context.Context, d time.Duration, once func() error) (float64, error) {
	n, began := 0, time.Now()
	for n == 0 || time.Since(began) < d {
		if err := errors.Join(once(), ctx.Err()); err != nil {
			return 0, err
		}
		n++
	}
	return float64(n) / time.Since(began).Seconds(), nil
}
