package porttest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func jobHeldCases() []testCase {
	return []testCase{
		{"a job is put off by who holds it, who holds it further on", jobPutOff},
		{"a job that was given back can be taken by others", jobGivenBack},
		{"who holds a job no more cannot put it off, and changes nothing", jobPutOffLost},
		{"a job is finished by who holds it, once, and is gone", jobFinish},
		{"who holds a job no more cannot finish it, and it stays", jobFinishLost},
		{"another person's job cannot be put off or finished", jobForeign},
		{"of many who put off or finish a job at once one does", jobHeldRace},
		{"jobs are counted by whether they are due, up to a limit", jobCount},
	}
}

func jobAddCases() []testCase {
	return []testCase{
		{"a job that is there already keeps all but its revision and when it is due", jobAddAgain},
		{"of two times at which a job is due the earlier one counts", jobAddEarlier},
		{"a job that is added again is taken away from who holds it, and stays", jobAddHeld},
		{"many who add one job at once leave one", jobAddRace},
		{"a job that was finished can be added again", jobAddFinished},
	}
}

func requireCounts(t *testing.T, s ports.Storage, kind domain.JobKind, seconds, limit, due, waiting int) {
	t.Helper()
	got, err := s.Jobs.CountJobs(t.Context(), kind, at(seconds), limit)
	require.NoError(t, err)
	require.Equal(t, domain.JobCounts{Due: due, Waiting: waiting}, got)
}

// holdJob adds the nth job of Ada and takes it.
func holdJob(t *testing.T, s ports.Storage, n int) domain.Job {
	t.Helper()
	return requireTaken(t, s, addJob(t, s, newJob(ada, n)), n)
}

// putOff puts a job off and checks that it is stored as given, with another revision.
func putOff(t *testing.T, s ports.Storage, job domain.Job) domain.Job {
	t.Helper()
	got, err := s.Jobs.PutOffJob(t.Context(), job)
	require.NoError(t, err)
	require.NotEqual(t, job.Rev, got.Rev)
	job.Rev = got.Rev
	require.Equal(t, job, got)
	return got
}

// requireLost checks that somebody does not hold a job any more.
func requireLost(t *testing.T, s ports.Storage, job domain.Job) {
	t.Helper()
	job.DueAt, job.LastError = at(0), "It is lost."
	_, err := s.Jobs.PutOffJob(t.Context(), job)
	requireCode(t, domain.CodeConflict, err)
	requireCode(t, domain.CodeConflict, s.Jobs.FinishJob(t.Context(), job))
}

func jobPutOff(t *testing.T, engine Engine) {
	s := engine.Open(t)
	held := holdJob(t, s, 1)
	for n := 1; n <= 3; n++ {
		changed := held
		changed.DueAt, changed.Failures, changed.LastError = at(1000*n), n, "It broke."
		if n == 2 {
			changed.LastError = ""
		}
		held = putOff(t, s, changed)
	}
	requireNoJob(t, s, 2999)
	again := requireTaken(t, s, held, 3000)

	other := again
	other.Takes, other.CreatedAt = 99, at(99)
	got, err := s.Jobs.PutOffJob(t.Context(), other)
	require.NoError(t, err)
	require.Equal(t, again.Takes, got.Takes, "how often it was taken does not change")
	require.Equal(t, again.CreatedAt, got.CreatedAt)
}

func jobGivenBack(t *testing.T, engine Engine) {
	s := engine.Open(t)
	held := holdJob(t, s, 1)
	back := held
	back.DueAt, back.Failures, back.LastError = at(30), 1, "It broke."
	back = putOff(t, s, back)
	requireNoJob(t, s, 29)
	taken := requireTaken(t, s, back, 30)
	requireLost(t, s, held)
	requireLost(t, s, back)
	require.NoError(t, s.Jobs.FinishJob(t.Context(), taken))
}

func jobPutOffLost(t *testing.T, engine Engine) {
	s := engine.Open(t)
	never := newJob(ada, 5)
	requireLost(t, s, never)
	old := holdJob(t, s, 1)
	held := putOff(t, s, old)
	for _, rev := range []int64{old.Rev, held.Rev + 1, 0, -1} {
		changed := held
		changed.Rev, changed.DueAt, changed.Failures, changed.LastError = rev, at(2), 9, "Changed."
		_, err := s.Jobs.PutOffJob(t.Context(), changed)
		requireCode(t, domain.CodeConflict, err)
	}
	requireCounts(t, s, domain.JobContent, 600, 10, 0, 1)
	requireTaken(t, s, held, 601)
}

func jobFinish(t *testing.T, engine Engine) {
	s := engine.Open(t)
	held, other := holdJob(t, s, 1), addJob(t, s, newJob(ada, 2))
	require.NoError(t, s.Jobs.FinishJob(t.Context(), held))
	requireLost(t, s, held)
	requireTaken(t, s, other, 5000)
	requireNoJob(t, s, 5000)
	requireCounts(t, s, domain.JobContent, 5000, 10, 0, 1)
}

func jobFinishLost(t *testing.T, engine Engine) {
	s := engine.Open(t)
	old := holdJob(t, s, 1)
	held := putOff(t, s, old)
	for _, rev := range []int64{old.Rev, held.Rev + 1, 0} {
		lost := held
		lost.Rev = rev
		requireCode(t, domain.CodeConflict, s.Jobs.FinishJob(t.Context(), lost))
	}
	requireTaken(t, s, held, 601)
}

func jobForeign(t *testing.T, engine Engine) {
	s := engine.Open(t)
	held := holdJob(t, s, 1)
	for _, change := range []func(*domain.Job){
		func(j *domain.Job) { j.Owner = bob }, func(j *domain.Job) { j.Kind = otherJob }, func(j *domain.Job) { j.Subject += "0" },
	} {
		other := held
		change(&other)
		requireLost(t, s, other)
	}
	requireTaken(t, s, held, 601)
}

func jobHeldRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	held := holdJob(t, s, 1)
	got := race(racers, func(i int) error {
		if i%2 == 0 {
			return s.Jobs.FinishJob(t.Context(), held)
		}
		changed := held
		changed.DueAt = at(10)
		_, err := s.Jobs.PutOffJob(t.Context(), changed)
		return err
	})
	winner := requireOneWinner(t, got, domain.CodeConflict, domain.CodeBusy)
	_, found := takeJob(t, s, 10)
	require.Equal(t, winner%2 == 1, found, "the job is there when it was put off, and gone when it was finished")
}

func jobCount(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for n := 1; n <= 5; n++ {
		addJob(t, s, newJob([]domain.UserID{ada, bob}[n%2], n))
	}
	other := newJob(ada, 1)
	other.Kind = otherJob
	addJob(t, s, other)
	for _, c := range []struct{ seconds, limit, due, waiting int }{
		{0, 10, 0, 5}, {1, 10, 1, 4}, {3, 10, 3, 2}, {5, 10, 5, 0}, {3, 2, 2, 2}, {3, 1, 1, 1}, {5, 5, 5, 0}, {5, 4, 4, 0}, {0, 4, 0, 4},
	} {
		requireCounts(t, s, domain.JobContent, c.seconds, c.limit, c.due, c.waiting)
	}
	_, found := takeJob(t, s, 3)
	require.True(t, found)
	requireCounts(t, s, domain.JobContent, 3, 10, 2, 3)
	requireCounts(t, s, otherJob, 3, 10, 1, 0)
	requireCounts(t, s, "", 3, 10, 0, 0)
}

func jobAddAgain(t *testing.T, engine Engine) {
	s := engine.Open(t)
	job := newJob(ada, 1)
	job.Takes, job.Failures, job.LastError = 3, 2, "It broke."
	addJob(t, s, job)
	again := newJob(ada, 1)
	again.CreatedAt, again.Rev = at(70), 70
	addJob(t, s, again)
	got, found := takeJob(t, s, 1)
	require.True(t, found)
	require.Equal(t, 4, got.Takes)
	require.Equal(t, 2, got.Failures)
	require.Equal(t, "It broke.", got.LastError)
	require.Equal(t, job.CreatedAt, got.CreatedAt)
	requireNoJob(t, s, 1)
}

func jobAddEarlier(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for _, due := range []int{50, 40, 60} {
		job := newJob(ada, 1)
		job.DueAt = at(due)
		addJob(t, s, job)
	}
	theirs := newJob(bob, 1)
	theirs.DueAt = at(5000)
	addJob(t, s, theirs)
	requireNoJob(t, s, 39)
	got, found := takeJob(t, s, 40)
	require.True(t, found)
	require.Equal(t, ada, got.Owner)
	requireNoJob(t, s, 60)
	requireCounts(t, s, domain.JobContent, 639, 10, 0, 2)
}

func jobAddHeld(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for n, c := range []struct{ due, takenAt int }{{30, 30}, {5000, 602}} { // before the lease ends, and after that
		held := holdJob(t, s, n+1)
		again := newJob(ada, n+1)
		again.DueAt = at(c.due)
		addJob(t, s, again)
		requireLost(t, s, held)
		requireNoJob(t, s, c.takenAt-1)
		got, found := takeJob(t, s, c.takenAt)
		require.True(t, found, "it is still there")
		require.Equal(t, held.Subject, got.Subject)
		require.Equal(t, 2, got.Takes)
		require.NotEqual(t, held.Rev, got.Rev)
		requireLost(t, s, held)
		require.NoError(t, s.Jobs.FinishJob(t.Context(), got))
	}
}

func jobAddRace(t *testing.T, engine Engine) {
	s := engine.Open(t)
	for _, err := range race(racers, func(i int) error {
		job := newJob(ada, 1)
		job.DueAt = at(10 + (i*7+3)%racers)
		return s.Jobs.AddJob(t.Context(), job)
	}) {
		require.NoError(t, err)
	}
	requireCounts(t, s, domain.JobContent, 1000, 10, 1, 0)
	requireNoJob(t, s, 9)
	_, found := takeJob(t, s, 10)
	require.True(t, found, "the earliest time counts")
}

func jobAddFinished(t *testing.T, engine Engine) {
	s := engine.Open(t)
	held := holdJob(t, s, 1)
	require.NoError(t, s.Jobs.FinishJob(t.Context(), held))
	again := newJob(ada, 1)
	again.DueAt = at(700)
	requireTaken(t, s, addJob(t, s, again), 700)
}
