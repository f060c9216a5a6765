package porttest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func testJobs(t *testing.T, engine Engine) {
	runCases(t, engine, []testCase{
		{"a job that is taken comes back as it was added, and says until when it is taken", jobRoundTrip},
		{"times of a job come back in UTC to the millisecond", jobTimes},
		{"texts of a job come back byte for byte", jobTexts},
		{"jobs are taken when they are due, the one due first before the others", jobDueOrder},
		{"only jobs of the kind are taken", jobKinds},
		{"a job that is taken can be taken again when its lease ends", jobLease},
		{"without jobs none is found", jobNone},
		{"of many who take the only job one gets it", jobTakeRaceOne},
		{"many who take at once get different jobs, and all of them", jobTakeRaceMany},
		{"jobs of a person, a kind and a subject are one, and others are others", jobSubjects},
		{"a cancelled context adds, takes, changes, finishes and counts no job", jobCancelled},
	})
	runCases(t, engine, jobHeldCases())
	runCases(t, engine, jobAddCases())
}

func jobRoundTrip(t *testing.T, engine Engine) {
	s := engine.Open(t)
	job := newJob(ada, 1)
	job.Takes, job.Failures, job.LastError, job.Rev = 3, 2, "It broke.", 7
	addJob(t, s, job)
	requireTaken(t, s, job, 1)
	other := newJob(ada, 2)
	other.CreatedAt = time.Time{}
	addJob(t, s, other)
	requireTaken(t, s, other, 2)
}

func jobTimes(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for i, instant := range instants() {
		job := newJob(ada, i)
		job.Kind, job.DueAt, job.CreatedAt = domain.JobKind(fmt.Sprint("kind", i)), instant, instant
		addJob(t, s, job)
		_, found, err := s.Jobs.TakeJob(t.Context(), job.Kind, instant.Add(-time.Millisecond), at(0))
		require.NoError(t, err)
		require.False(t, found, "a millisecond before it is due")
		got, found, err := s.Jobs.TakeJob(t.Context(), job.Kind, instant, instant)
		require.NoError(t, err)
		require.True(t, found, "in the millisecond in which it is due")
		job.DueAt, job.CreatedAt, job.Takes, job.Rev = instant.UTC(), instant.UTC(), 1, 2
		require.Equal(t, job, got)

		got.DueAt = instant
		got, err = s.Jobs.PutOffJob(t.Context(), got)
		require.NoError(t, err)
		require.Equal(t, instant.UTC(), got.DueAt)
		require.Equal(t, instant.UTC(), got.CreatedAt)
	}
}

func jobTexts(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for _, text := range append(texts(), strings.ToValidUTF8(longText()[:10_000], "")) {
		job := newJob(ada, 1)
		job.LastError = text
		if len(text) < 100 {
			job.Subject = text
		}
		addJob(t, s, job)
		got := requireTaken(t, s, job, 1)
		got.LastError = text + "."
		got, err := s.Jobs.PutOffJob(t.Context(), got)
		require.NoError(t, err)
		require.Equal(t, text+".", got.LastError)
		require.NoError(t, s.Jobs.FinishJob(t.Context(), got))
	}
}

func jobDueOrder(t *testing.T, engine Engine) {
	s := engine.Open(t)
	jobs := map[int]domain.Job{}
	for i, n := range []int{40, 10, 30, 20, 50} {
		job := newJob([]domain.UserID{ada, bob}[i%2], n)
		job.Subject, job.CreatedAt = uuid(1, i), at(100-n)
		jobs[n] = addJob(t, s, job)
	}
	requireNoJob(t, s, 9)
	requireTaken(t, s, jobs[10], 10)
	requireNoJob(t, s, 19)
	for _, n := range []int{20, 30, 40} {
		requireTaken(t, s, jobs[n], 49)
	}
	requireNoJob(t, s, 49)
	requireTaken(t, s, jobs[50], 50)
}

func jobKinds(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first, second := newJob(ada, 1), newJob(ada, 2)
	first.Kind = otherJob
	addJob(t, s, first)
	requireNoJob(t, s, 5)
	addJob(t, s, second)
	requireTaken(t, s, second, 5)
	requireNoJob(t, s, 5)
	got, found, err := s.Jobs.TakeJob(t.Context(), otherJob, at(5), at(60))
	require.NoError(t, err)
	require.True(t, found)
	first.DueAt, first.Takes, first.Rev = at(60), 1, 2
	require.Equal(t, first, got)
}

func jobLease(t *testing.T, engine Engine) {
	s := engine.Open(t)
	first := requireTaken(t, s, addJob(t, s, newJob(ada, 1)), 1)
	requireNoJob(t, s, 600)
	second := requireTaken(t, s, first, 601)
	_, err := s.Jobs.PutOffJob(t.Context(), first)
	requireCode(t, domain.CodeConflict, err)
	requireCode(t, domain.CodeConflict, s.Jobs.FinishJob(t.Context(), first))
	requireNoJob(t, s, 1200)
	require.NoError(t, s.Jobs.FinishJob(t.Context(), second))
	requireNoJob(t, s, 9000)
}

func jobNone(t *testing.T, engine Engine) {
	s := engine.Open(t)
	requireNoJob(t, s, 5)
	job, found, err := s.Jobs.TakeJob(t.Context(), domain.JobContent, at(5), at(6))
	require.NoError(t, err)
	require.False(t, found)
	require.Zero(t, job)
	requireCounts(t, s, domain.JobContent, 5, 10, 0, 0)
}

// errNoJob is what a racer gets who finds no job.
var errNoJob = errors.New("there is no job")

// takeRace takes jobs from many goroutines at once. It returns those that were taken by their subjects, each once, and how many found none.
func takeRace(t *testing.T, s ports.Storage, takers int) (taken map[string]domain.Job, none int) {
	t.Helper()
	jobs := make([]domain.Job, takers)
	got := race(takers, func(i int) error {
		job, found, err := s.Jobs.TakeJob(t.Context(), domain.JobContent, at(100), at(700))
		if err == nil && !found {
			return errNoJob
		}
		jobs[i] = job
		return err
	})
	taken = map[string]domain.Job{}
	for i, err := range got {
		switch {
		case err == nil:
			require.NotContains(t, taken, jobs[i].Subject, "two have taken one job")
			taken[jobs[i].Subject] = jobs[i]
		case errors.Is(err, errNoJob):
			none++
		default:
			requireCode(t, domain.CodeBusy, err)
		}
	}
	return taken, none
}

func jobTakeRaceOne(t *testing.T, engine Engine) {
	s := engine.Open(t)
	job := addJob(t, s, newJob(ada, 1))
	taken, _ := takeRace(t, s, racers)
	require.Len(t, taken, 1)
	require.Equal(t, 1, taken[job.Subject].Takes)
	requireNoJob(t, s, 100)
}

func jobTakeRaceMany(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for n := range 8 {
		addJob(t, s, newJob([]domain.UserID{ada, bob}[n%2], n))
	}
	taken, none := takeRace(t, s, 8)
	require.Zero(t, none, "there is one for each")
	for range 8 - len(taken) { // those that were busy come again
		job, found := takeJob(t, s, 100)
		require.True(t, found, "there is one for each")
		require.NotContains(t, taken, job.Subject)
		taken[job.Subject] = job
	}
	requireNoJob(t, s, 100)
}

func jobSubjects(t *testing.T, engine Engine) {
	s := engine.Open(t)
	mine, theirs, another, kind := newJob(ada, 1), newJob(bob, 1), newJob(ada, 1), newJob(ada, 1)
	theirs.DueAt, another.DueAt, kind.DueAt = at(2), at(3), at(4)
	another.Subject, kind.Kind = mine.Subject+"0", otherJob
	for _, job := range []domain.Job{mine, theirs, another, kind} {
		addJob(t, s, job)
	}
	held := requireTaken(t, s, mine, 10)
	require.NoError(t, s.Jobs.FinishJob(t.Context(), held))
	requireTaken(t, s, theirs, 10)
	requireTaken(t, s, another, 10)
	requireNoJob(t, s, 10)
	requireCounts(t, s, otherJob, 10, 10, 1, 0)
}

func jobCancelled(t *testing.T, engine Engine) {
	s := engine.Open(t)
	addJob(t, s, newJob(ada, 1))
	held := requireTaken(t, s, newJob(ada, 1), 1)
	waits := addJob(t, s, newJob(ada, 2))
	ctx, changed := cancelled(t), held
	changed.DueAt = at(3)
	_, _, take := s.Jobs.TakeJob(ctx, domain.JobContent, at(5), at(6))
	_, putOff := s.Jobs.PutOffJob(ctx, changed)
	_, count := s.Jobs.CountJobs(ctx, domain.JobContent, at(5), 10)
	requireCancelled(t, map[string]error{
		"AddJob": s.Jobs.AddJob(ctx, newJob(ada, 3)), "TakeJob": take, "PutOffJob": putOff, "FinishJob": s.Jobs.FinishJob(ctx, held),
		"CountJobs": count,
	})
	requireCounts(t, s, domain.JobContent, 5, 10, 1, 1)
	requireTaken(t, s, waits, 5)
	require.NoError(t, s.Jobs.FinishJob(t.Context(), held))
}
