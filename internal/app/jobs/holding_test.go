package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/app/jobs"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// short makes leases that are renewed at once. The clock of the world stands still, so that none of them ends.
func short(n *jobs.Needs) { n.Lease = 30 * time.Millisecond }

func TestTheLease(t *testing.T) {
	t.Run("a job that is being done is renewed, so that nobody else takes it", func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "a")
		w.do = func(context.Context, domain.Job) error {
			w.pass(20 * time.Millisecond)
			before := w.count("put off")
			eventually(t, func() bool { return w.count("put off") >= before+2 }, "it is renewed")
			_, found := w.stored(t, noon.Add(45*time.Millisecond))
			assert.False(t, found, "the first lease is over by then")
			return nil
		}
		start(t, w.runner(short))
		require.Equal(t, jobs.Done, w.outcome(t))
		assert.Equal(t, 1, w.count("finish"))
	})
	t.Run("who loses a job stops, and writes nothing more", func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "a")
		times := 0
		w.do = func(ctx context.Context, _ domain.Job) error {
			if times++; times > 1 {
				return nil
			}
			w.add(t, "a") // whoever has it holds it no more
			<-ctx.Done()
			return ctx.Err()
		}
		start(t, w.runner(short))
		require.Equal(t, jobs.Lost, w.outcome(t))
		require.Equal(t, jobs.Done, w.outcome(t))
		assert.Equal(t, 1, w.count("finish"))
	})
	t.Run("who has lost a job does not finish it, though it is done", func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "a")
		var other domain.Job
		w.do = func(ctx context.Context, _ domain.Job) error {
			other, _ = w.stored(t, noon.Add(time.Hour)) // as if this process had slept for long
			<-ctx.Done()
			return nil
		}
		stop := start(t, w.runner(short))
		require.Equal(t, jobs.Lost, w.outcome(t))
		stop()
		assert.Zero(t, w.count("finish"))
		require.NoError(t, w.Jobs.FinishJob(t.Context(), other), "it is the other one's")
	})
	t.Run("who cannot renew a job stops before the lease ends", func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "a")
		w.fail = func(what string) error {
			if what == "put off" {
				return domain.NewError(domain.CodeUnavailable, "no answer")
			}
			return nil
		}
		w.do = func(ctx context.Context, _ domain.Job) error {
			eventually(t, func() bool { return w.count("put off") >= 3 }, "it is tried several times")
			require.NoError(t, ctx.Err(), "there is time left")
			w.pass(25 * time.Millisecond)
			<-ctx.Done()
			return ctx.Err()
		}
		stop := start(t, w.runner(short))
		require.Equal(t, jobs.Lost, w.outcome(t))
		stop()
		assert.Zero(t, w.count("finish"))
	})
}

func TestWhenARunnerStops(t *testing.T) {
	t.Run("it gives back at once what is not done, and no failure is counted", func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "a")
		w.add(t, "b")
		var begun sync.WaitGroup
		begun.Add(2)
		w.do = func(ctx context.Context, _ domain.Job) error {
			begun.Done()
			<-ctx.Done()
			return errors.New("it broke off")
		}
		stop := start(t, w.runner(func(n *jobs.Needs) { n.Workers = 2 }))
		begun.Wait()
		stop()
		for range 2 {
			require.Equal(t, jobs.GivenBack, w.outcome(t))
			job, found := w.stored(t, noon)
			require.True(t, found, "another process may take it now")
			assert.Zero(t, job.Failures)
			assert.Empty(t, job.LastError)
		}
	})
	t.Run("what is done by then is done", func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "a")
		begun := make(chan struct{})
		w.do = func(ctx context.Context, _ domain.Job) error {
			close(begun)
			<-ctx.Done()
			return nil
		}
		stop := start(t, w.runner(nil))
		<-begun
		stop()
		require.Equal(t, jobs.Done, w.outcome(t))
		_, found := w.stored(t, noon.Add(time.Hour))
		assert.False(t, found)
	})
	t.Run("it takes nothing more", func(t *testing.T) {
		w := newWorld(t)
		w.add(t, "a")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w.runner(nil).Run(ctx)
		assert.Zero(t, w.count("take"))
	})
}

func TestStorageThatIsAway(t *testing.T) {
	w := newWorld(t)
	w.add(t, "a")
	away := true
	w.fail = func(string) error {
		if away {
			return domain.NewError(domain.CodeUnavailable, "no answer")
		}
		return nil
	}
	start(t, w.runner(func(n *jobs.Needs) { n.Workers = 3 }))
	eventually(t, func() bool { return w.count("take") > 9 }, "it is tried again")
	w.mu.Lock()
	away = false
	w.mu.Unlock()
	require.Equal(t, jobs.Done, w.outcome(t))
	assert.Equal(t, 1, strings.Count(w.logged(), "level=WARN"), w.logged())
	assert.Equal(t, 1, strings.Count(w.logged(), "jobs can be taken again"), w.logged())
}

func TestAnOutcomeThatCannotBeNoted(t *testing.T) {
	w := newWorld(t)
	w.add(t, "a")
	failures := 1
	w.fail = func(what string) error {
		if what == "finish" && failures > 0 {
			failures--
			return domain.NewError(domain.CodeUnavailable, "no answer")
		}
		return nil
	}
	start(t, w.runner(nil))
	require.Equal(t, jobs.Lost, w.outcome(t))
	w.pass(jobs.DefaultLease)
	assert.Equal(t, jobs.Done, w.outcome(t), "it is done again when its lease has ended")
}
