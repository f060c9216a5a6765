package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/sqlite"
	"github.com/moshrank/spacey-backend/internal/app/jobs"
	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

const ada domain.UserID = "0190a000-0000-7000-8000-000000000001"

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// world is storage with jobs, a clock that stands still, and what a runner is seen doing.
type world struct {
	ports.Jobs
	mu     sync.Mutex
	now    time.Time
	log    bytes.Buffer
	counts []domain.JobCounts
	ended  chan string
	// writes are what the runner asked of storage; fail makes it fail.
	writes []string
	fail   func(what string) error
	// do and giveUp are what the handler does.
	do     func(ctx context.Context, job domain.Job) error
	giveUp func(ctx context.Context, job domain.Job, why error) error
}

func newWorld(t *testing.T) *world {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "spacey.db"), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	require.NoError(t, store.Migrate(t.Context()))
	return &world{
		Jobs: store.Ports().Jobs, now: noon, ended: make(chan string, 1000), fail: func(string) error { return nil },
		do:     func(context.Context, domain.Job) error { return nil },
		giveUp: func(context.Context, domain.Job, error) error { return nil },
	}
}

func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) Do(ctx context.Context, job domain.Job) error { return w.do(ctx, job) }

func (w *world) GiveUp(ctx context.Context, job domain.Job, why error) error {
	return w.giveUp(ctx, job, why)
}

func (w *world) Ended(_ domain.JobKind, outcome string, _ time.Duration) { w.ended <- outcome }

func (w *world) Counted(_ domain.JobKind, counts domain.JobCounts) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts = append(w.counts, counts)
}

// Write is where the log goes.
func (w *world) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(line)
}

func (w *world) logged() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

// watched is the storage as the runner has it.
type watched struct{ *world }

func (s watched) note(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes = append(s.writes, what)
	return s.fail(what)
}

func (s watched) TakeJob(ctx context.Context, kind domain.JobKind, now, until time.Time) (domain.Job, bool, error) {
	if err := s.note("take"); err != nil {
		return domain.Job{}, false, err
	}
	return s.Jobs.TakeJob(ctx, kind, now, until)
}

func (s watched) PutOffJob(ctx context.Context, job domain.Job) (domain.Job, error) {
	if err := s.note("put off"); err != nil {
		return domain.Job{}, err
	}
	return s.Jobs.PutOffJob(ctx, job)
}

func (s watched) FinishJob(ctx context.Context, job domain.Job) error {
	if err := s.note("finish"); err != nil {
		return err
	}
	return s.Jobs.FinishJob(ctx, job)
}

// count returns how often the runner asked for something.
func (w *world) count(what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, write := range w.writes {
		if write == what {
			n++
		}
	}
	return n
}

// runner returns a runner that looks often.
func (w *world) runner(change func(*jobs.Needs)) *jobs.Runner {
	needs := jobs.Needs{
		Jobs: watched{w}, Clock: w, Observer: w, Workers: 1, Poll: time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(w, nil)),
	}
	if change != nil {
		change(&needs)
	}
	return jobs.New(needs, map[domain.JobKind]jobs.Handler{domain.JobContent: w})
}

// start runs a runner, until the function that it returns is called or the test ends.
func start(t *testing.T, r *jobs.Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	t.Cleanup(stop)
	return stop
}

func (w *world) add(t *testing.T, subject string) {
	t.Helper()
	require.NoError(t, w.Jobs.AddJob(context.Background(), domain.Job{
		Kind: domain.JobContent, Owner: ada, Subject: subject, DueAt: w.Now(), CreatedAt: w.Now(), Rev: 1,
	}))
}

// outcome waits until a job has ended, and returns how.
func (w *world) outcome(t *testing.T) string {
	t.Helper()
	select {
	case outcome := <-w.ended:
		return outcome
	case <-time.After(20 * time.Second):
		require.FailNow(t, "nothing was done", w.logged())
		return ""
	}
}

// runOnce runs a runner until it has done one job.
func (w *world) runOnce(t *testing.T) string {
	t.Helper()
	stop := start(t, w.runner(nil))
	defer stop()
	return w.outcome(t)
}

// stored takes the job that is due first at a time, if there is one.
func (w *world) stored(t *testing.T, at time.Time) (domain.Job, bool) {
	t.Helper()
	job, found, err := w.Jobs.TakeJob(t.Context(), domain.JobContent, at, at.Add(time.Minute))
	require.NoError(t, err)
	return job, found
}

func eventually(t *testing.T, holds func() bool, what string) {
	t.Helper()
	require.Eventually(t, holds, 20*time.Second, time.Millisecond, what)
}

var errLater = domain.NewError(domain.CodeUnavailable, "The page answers 503 Service Unavailable.")

func TestJobsAreDone(t *testing.T) {
	t.Run("of two processes one does a job, once", func(t *testing.T) {
		w := newWorld(t)
		const many = 40
		done := map[string]int{}
		w.do = func(_ context.Context, job domain.Job) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			done[job.Subject]++
			return nil
		}
		for i := range many {
			w.add(t, fmt.Sprint(i))
		}
		for range 2 {
			start(t, w.runner(func(n *jobs.Needs) { n.Workers = 3 }))
		}
		for range many {
			require.Equal(t, jobs.Done, w.outcome(t))
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		require.Len(t, done, many)
		for subject, times := range done {
			assert.Equal(t, 1, times, subject)
		}
	})
	t.Run("what is done is gone", func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "a")
		require.Equal(t, jobs.Done, w.runOnce(t))
		_, found := w.stored(t, noon.Add(time.Hour))
		assert.False(t, found)
	})
	t.Run("what is added anew meanwhile is done again", func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "a")
		times := 0
		w.do = func(context.Context, domain.Job) error {
			if times++; times == 1 {
				w.add(t, "a")
			}
			return nil
		}
		start(t, w.runner(nil))
		require.Equal(t, jobs.Lost, w.outcome(t))
		require.Equal(t, jobs.Done, w.outcome(t))
		assert.NotContains(t, w.logged(), "WARN")
	})
	t.Run("a runner that is woken looks at once", func(t *testing.T) {
		w := newWorld(t)
		r := w.runner(func(n *jobs.Needs) { n.Poll = time.Hour })
		start(t, r)
		eventually(t, func() bool { return w.count("take") == 1 }, "it looks when it starts")
		w.add(t, "a")
		for range 10 {
			r.Wake() // nobody waits however often it is called
		}
		require.Equal(t, jobs.Done, w.outcome(t))
	})
	t.Run("how many jobs there are is told", func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "a")
		w.add(t, "b")
		w.do = func(ctx context.Context, _ domain.Job) error {
			<-ctx.Done()
			return ctx.Err()
		}
		start(t, w.runner(nil))
		eventually(t, func() bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			return len(w.counts) > 0 && w.counts[0].Due+w.counts[0].Waiting == 2
		}, "they are counted")
	})
}

func TestJobsThatFail(t *testing.T) {
	t.Run("one that fails is tried again, later each time, and given up after the tenth", func(t *testing.T) {
		w := newWorld(t)
		w.do = func(context.Context, domain.Job) error { return errLater }
		var why []error
		w.giveUp = func(_ context.Context, job domain.Job, err error) error {
			assert.Equal(t, "a", job.Subject)
			why = append(why, err)
			return nil
		}
		w.add(t, "a")
		for try := range 9 {
			pause := 5 * time.Second << try
			require.Equal(t, jobs.Failed, w.runOnce(t))
			w.pass(pause - time.Millisecond)
			_, due := w.stored(t, w.Now())
			require.False(t, due, "it waits for %s", pause)
			w.pass(time.Millisecond)
		}
		require.Empty(t, why)
		require.Equal(t, jobs.GivenUp, w.runOnce(t))
		assert.Equal(t, []error{errLater}, why)
		_, found := w.stored(t, w.Now().Add(24*time.Hour))
		assert.False(t, found, "it is gone")
	})
	t.Run("one that cannot be given up is given up later, and is not done again", func(t *testing.T) {
		w := newWorld(t)
		times := 0
		w.do = func(context.Context, domain.Job) error { times++; return errLater }
		var why []string
		w.giveUp = func(_ context.Context, _ domain.Job, err error) error {
			if why = append(why, err.Error()); len(why) < 3 {
				return errors.New("no answer")
			}
			return nil
		}
		w.add(t, "a")
		for range 11 {
			require.Equal(t, jobs.Failed, w.runOnce(t))
			w.pass(2 * time.Hour)
		}
		require.Equal(t, jobs.GivenUp, w.runOnce(t))
		assert.Equal(t, 10, times)
		assert.Equal(t, []string{errLater.Error(), errLater.Error(), errLater.Error()}, why)
		_, found := w.stored(t, w.Now().Add(24*time.Hour))
		assert.False(t, found)
	})
	t.Run("one that brings down whoever does it is given up, and not done", func(t *testing.T) {
		w := newWorld(t)
		w.do = func(context.Context, domain.Job) error { return errors.New("it was done") }
		called := false
		w.giveUp = func(_ context.Context, _ domain.Job, why error) error {
			called = true
			return why
		}
		w.add(t, "a")
		for range 15 {
			_, found := w.stored(t, w.Now())
			require.True(t, found)
			w.pass(time.Hour)
		}
		require.Equal(t, jobs.GivenUp, w.runOnce(t))
		assert.True(t, called)
	})
	t.Run("one that fails keeps a reason for the operator, without what people wrote", func(t *testing.T) {
		for reason, err := range map[string]error{
			"unavailable: The page answers 503 Service Unavailable.": fmt.Errorf("fetch https://secret.example.org: %w", errLater),
			"busy: Try again.": domain.WrapError(domain.CodeBusy, "Try again.", errors.New("secret")),
			"internal":         errors.New("secret"),
		} {
			w := newWorld(t)
			w.do = func(context.Context, domain.Job) error { return err }
			w.add(t, "a")
			require.Equal(t, jobs.Failed, w.runOnce(t))
			job, found := w.stored(t, w.Now().Add(time.Hour))
			require.True(t, found)
			assert.Equal(t, reason, job.LastError)
			assert.Equal(t, 1, job.Failures)
		}
	})
	t.Run("a panic is a failure, and brings nobody down", func(t *testing.T) {
		w := newWorld(t)
		w.do = func(_ context.Context, job domain.Job) error {
			if job.Subject == "bad" {
				panic("index out of range")
			}
			return nil
		}
		w.add(t, "bad")
		stop := start(t, w.runner(nil))
		require.Equal(t, jobs.Failed, w.outcome(t))
		w.add(t, "good")
		require.Equal(t, jobs.Done, w.outcome(t))
		stop()
		assert.Contains(t, w.logged(), "index out of range")
		assert.Contains(t, w.logged(), "jobs_test.go", "the log says where it was")
		job, found := w.stored(t, w.Now().Add(time.Hour))
		require.True(t, found)
		assert.Equal(t, "panic", job.LastError)
	})
	t.Run("a panic while giving up is one, too", func(t *testing.T) {
		w := newWorld(t)
		w.do = func(context.Context, domain.Job) error { return errLater }
		w.giveUp = func(context.Context, domain.Job, error) error { panic("no") }
		w.add(t, "a")
		for range 7 {
			require.Equal(t, jobs.Failed, w.runOnce(t))
			w.pass(24 * time.Hour)
		}
	})
}
