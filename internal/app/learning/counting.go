package learning

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
	"slices"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// What was counted of a log is kept by month of the person's days, each with the number of the log up to which it is
// right. A look at statistics first counts the events that came since, which are found by their numbers and sorted by
// their days, so late events and undos find theirs. Nothing is counted on the path of an answer.

// counter counts a person's log.
type counter struct {
	facts ports.EventFacts
	log   ports.ReviewLog
	cache ports.Statistics
	user  domain.UserID
	// months are the months that have something new.
	months map[int]*countedMonth
	// taken are the events that undos took back. Each lies in the month of its undo.
	taken []domain.EventID
	// seq is the number of the last event that was read.
	seq int64
}

type countedMonth struct {
	tally domain.MonthTally
	// was is the number up to which the stored month is right, seq that of what was counted now.
	was, seq int64
}

// countTries is how often a count is begun again that met another one.
const countTries = 5

// wholeLog is the place of the number up to which all months are right.
const wholeLog = 0

// countUp brings what is kept of the person's statistics up to date. Who has much to count waits for those who count the
// same person's log already.
func (s *Service) countUp(ctx context.Context, user domain.UserID) error {
	leave := func() {}
	defer func() { leave() }()
	for try := range countTries {
		c := &counter{facts: s.facts, log: s.log, cache: s.statistics, user: user, months: map[int]*countedMonth{}}
		done, err := c.run(ctx, try > 0)
		if done || err != nil {
			return err
		}
		if try > 0 {
			continue
		}
		if leave, err = s.counts.take(ctx, user); err != nil {
			leave = func() {}
			return domain.WrapError(domain.CodeBusy, "The statistics could not be counted in time. Please try again in a moment.", err)
		}
	}
	return domain.NewError(domain.CodeBusy, "The statistics are being counted elsewhere. Please try again in a moment.")
}

// run counts the events since the last count. It reports false when somebody else stored a count meanwhile, and when there
// is more than a page to count but much is not wanted.
func (c *counter) run(ctx context.Context, much bool) (bool, error) {
	whole, err := c.cache.CachedMonths(ctx, c.user, wholeLog, wholeLog)
	if err != nil {
		return false, err
	}
	was := int64(0)
	if len(whole) > 0 {
		was = whole[0].Seq
	}
	first := readPage(ctx, c.facts, c.user, was)
	if first.err != nil || len(first.events) == 0 {
		return true, first.err
	}
	if first.more && !much {
		return false, nil
	}
	if err := c.countPages(ctx, first); err != nil {
		return false, err
	}
	if err := c.takeBack(ctx); err != nil {
		return false, err
	}
	for month, counted := range c.months {
		if counted.seq == counted.was {
			continue // counted already, by a count that was cut off before its end
		}
		if done, err := c.store(ctx, month, counted); !done || err != nil {
			return false, err
		}
	}
	return c.cache.PutCachedMonth(ctx, c.user, was, ports.CachedMonth{Month: wholeLog, Seq: c.seq})
}

// countPages counts a page of events and those behind it.
func (c *counter) countPages(ctx context.Context, first page) error {
	count := func(p page) error {
		for i := range p.events {
			if err := c.count(ctx, &p.events[i]); err != nil {
				return err
			}
		}
		return p.err
	}
	if err := count(first); err != nil || !first.more {
		return err
	}
	for p := range pagesAfter(ctx, c.facts, c.user, c.seq) {
		if err := count(p); err != nil {
			return err
		}
	}
	return nil
}

// count counts one event, unless its month has it already.
func (c *counter) count(ctx context.Context, event *domain.Event) error {
	c.seq = event.Seq
	if event.Kind != domain.KindReview && event.Kind != domain.KindUndo {
		return nil
	}
	month, err := c.month(ctx, domain.MonthOf(event.Day))
	if err != nil || event.Seq <= month.was {
		return err
	}
	month.seq = event.Seq
	if event.Kind == domain.KindUndo {
		c.taken = append(c.taken, event.Undoes)
		return nil
	}
	month.tally.Add(event, 1)
	return nil
}

// takeBack takes the answers back that undos name.
func (c *counter) takeBack(ctx context.Context) error {
	for ids := range slices.Chunk(c.taken, domain.MaxEntries) {
		events, err := c.log.EventsByID(ctx, c.user, ids...)
		if err != nil {
			return err
		}
		for i := range events {
			if events[i].Kind == domain.KindReview {
				c.months[domain.MonthOf(events[i].Day)].tally.Add(&events[i], -1)
			}
		}
	}
	return nil
}

// month returns what is kept of a month, to count on.
func (c *counter) month(ctx context.Context, number int) (*countedMonth, error) {
	if known, read := c.months[number]; read {
		return known, nil
	}
	cached, err := c.cache.CachedMonths(ctx, c.user, number, number)
	if err != nil {
		return nil, err
	}
	month := &countedMonth{tally: domain.MonthTally{}}
	if len(cached) > 0 {
		if month.tally, err = decodeMonth(cached[0].Data); err != nil {
			return nil, err
		}
		month.was, month.seq = cached[0].Seq, cached[0].Seq
	}
	c.months[number] = month
	return month, nil
}

func (c *counter) store(ctx context.Context, number int, month *countedMonth) (bool, error) {
	data, err := encodeMonth(month.tally)
	if err != nil {
		return false, err
	}
	return c.cache.PutCachedMonth(ctx, c.user, month.was, ports.CachedMonth{Month: number, Seq: month.seq, Data: data})
}

func encodeMonth(tally domain.MonthTally) ([]byte, error) {
	var content bytes.Buffer
	err := gob.NewEncoder(&content).Encode(tally)
	return content.Bytes(), err
}

func decodeMonth(data []byte) (domain.MonthTally, error) {
	tally := domain.MonthTally{}
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&tally); err != nil {
		return nil, domain.WrapError(domain.CodeInternal, "", fmt.Errorf("what was counted of a month cannot be read: %w", err))
	}
	return tally, nil
}
