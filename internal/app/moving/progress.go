package moving

import (
	"sync"
	"time"
)

// Stage is what a Copier is doing.
type Stage string

// The stages. A copy is counted, then copied; a dry run counted, then planned; a comparison counted, then compared.
const (
	Counting  Stage = "counting"
	Copying   Stage = "copying"
	Planning  Stage = "planning"
	Comparing Stage = "comparing"
)

// Progress is how far a stage is.
type Progress struct {
	Stage Stage
	// People and Events are how many there are to do, 0 while they are counted; PeopleDone and EventsDone how many are
	// done. A comparison does the events of both sides.
	People, PeopleDone int64
	Events, EventsDone int64
	// Items is how many items of all kinds are done.
	Items int64
	// Elapsed is how long the stage has been going on.
	Elapsed time.Duration
}

// Rate returns the items a second.
func (p Progress) Rate() float64 { return float64(p.Items) / max(p.Elapsed.Seconds(), 0.001) }

// personWeight is how many events a person without any counts for in an estimate.
const personWeight = 50

// Remaining estimates how long the stage goes on; ok is false as long as nothing is known.
func (p Progress) Remaining() (left time.Duration, ok bool) {
	all, done := p.Events+personWeight*p.People, p.EventsDone+personWeight*p.PeopleDone
	if done <= 0 || all <= 0 {
		return 0, false
	}
	return time.Duration(p.Elapsed.Seconds() / float64(done) * float64(max(all-done, 0)) * float64(time.Second)), true
}

// watch tells the progress of a stage until the function that it returns is called, and then once more.
func (c *Copier) watch(stage Stage, t *tally) (stop func()) {
	if c.options.Progress == nil {
		return func() {}
	}
	began, ended := time.Now(), make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() {
		ticker := time.NewTicker(c.options.Interval)
		defer ticker.Stop()
		for more := true; more; {
			select {
			case <-ticker.C:
			case <-ended:
				more = false
			}
			c.options.Progress(Progress{
				Stage: stage, People: t.peopleTotal.Load(), PeopleDone: t.people.Load(),
				Events: t.eventsTotal.Load(), EventsDone: t.events.Load(), Items: t.items.Load(), Elapsed: time.Since(began),
			})
		}
	})
	return func() {
		close(ended)
		telling.Wait()
	}
}
