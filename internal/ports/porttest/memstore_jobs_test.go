package porttest_test

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

func jobRow(job *domain.Job) key { return key{job.Owner, ports.JobKey(job)} }

// keepJob returns a job as the store keeps it.
func (s *memstore) keepJob(j domain.Job) domain.Job {
	j.DueAt, j.CreatedAt, j.LastError = s.at(j.DueAt), s.at(j.CreatedAt), s.text(j.LastError)
	if s.is("a job forgets how often it failed") {
		j.Failures = 0
	}
	return j
}

var errJobLost = domain.NewError(domain.CodeConflict, "Somebody else holds this job.")

func (s *memstore) AddJob(ctx context.Context, job domain.Job) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k := jobRow(&job)
	if s.is("a job is one for all people") {
		k, _, _ = lookup(s.jobs, job.Owner, k.id, true)
	}
	was, there := s.jobs[k]
	s.gap("adding a job that somebody else adds conflicts")
	if _, now := s.jobs[k]; now && !there && s.is("adding a job that somebody else adds conflicts") {
		return s.conflict("job")
	}
	if !there || s.is("AddJob replaces the job that is there") {
		s.jobs[k] = s.keepJob(job)
		return nil
	}
	switch {
	case s.is("AddJob leaves the job that is there"):
		return nil
	case s.is("the later time of a job counts"):
		was.DueAt = later(was.DueAt, s.at(job.DueAt))
	case s.is("AddJob sets when a job is due"):
		was.DueAt = s.at(job.DueAt)
	case job.DueAt.Before(was.DueAt):
		was.DueAt = s.at(job.DueAt)
	}
	if s.is("AddJob sets when a job was created") {
		was.CreatedAt = s.at(job.CreatedAt)
	}
	if !s.is("AddJob leaves a job to who holds it") {
		was.Rev++
	}
	s.jobs[k] = was
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (s *memstore) TakeJob(ctx context.Context, kind domain.JobKind, now, until time.Time) (domain.Job, bool, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Job{}, false, err
	}
	defer s.mu.Unlock()
	due := []domain.Job{}
	for _, job := range s.jobs {
		isDue := !job.DueAt.After(now) || s.is("jobs are taken before they are due")
		if job.DueAt.Equal(now) && s.is("a job is due a millisecond late") || job.Takes > 0 && s.is("a job is taken once") {
			isDue = false
		}
		if isDue && (job.Kind == kind || s.is("jobs of any kind are taken")) {
			due = append(due, job)
		}
	}
	slices.SortFunc(due, func(a, b domain.Job) int {
		if s.is("the job created first is taken first") {
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Subject, b.Subject))
		}
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Subject, b.Subject))
	})
	if len(due) == 0 {
		if s.is("no job is an error") {
			return domain.Job{}, false, s.notFound("job")
		}
		return domain.Job{}, false, nil
	}
	job := due[0]
	s.gap("a job is looked for, then taken")
	s.gap("who is late finds no job")
	if s.jobs[jobRow(&job)].Rev != job.Rev && s.is("who is late finds no job") {
		return domain.Job{}, false, nil
	}
	job.DueAt, job.Takes = s.at(until), job.Takes+1
	switch {
	case s.is("a job is not counted as taken"):
		job.Takes--
	case s.is("a job is taken for no time"):
		job.DueAt = s.at(now)
	}
	job.Rev = s.raised(job.Rev)
	s.jobs[jobRow(&job)] = job
	return job, true, nil
}

// held returns the stored job that a caller holds.
func (s *memstore) held(job *domain.Job, anyRev string) (key, domain.Job, bool) {
	k, was, there := lookup(s.jobs, job.Owner, ports.JobKey(job), s.is("others hold the jobs of a person"))
	return k, was, there && (was.Rev == job.Rev || s.is(anyRev))
}

func (s *memstore) PutOffJob(ctx context.Context, job domain.Job) (domain.Job, error) {
	if err := s.enter(ctx); err != nil {
		return domain.Job{}, err
	}
	defer s.mu.Unlock()
	k, was, held := s.held(&job, "who holds a job no more may put it off")
	if !held {
		if was.Kind == "" && s.is("putting off a job that is gone brings it back") {
			s.jobs[k] = s.keepJob(job)
			return job, nil
		}
		return domain.Job{}, errJobLost
	}
	s.gap("several put off or finish a job")
	was.DueAt, was.Failures, was.LastError = job.DueAt, job.Failures, job.LastError
	switch {
	case s.is("putting off a job forgets why it failed"):
		was.LastError = ""
	case s.is("putting off a job stores how often it was taken"):
		was.Takes = job.Takes
	}
	if !s.is("putting off a job leaves its revision") {
		was.Rev = job.Rev + 1
	}
	was = s.keepJob(was)
	s.jobs[k] = was
	return was, nil
}

func (s *memstore) FinishJob(ctx context.Context, job domain.Job) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	k, _, held := s.held(&job, "who holds a job no more may finish it")
	if !held {
		if s.is("finishing a job that is held no more is no error") {
			return nil
		}
		return errJobLost
	}
	s.gap("several put off or finish a job")
	if !s.is("FinishJob does nothing") {
		delete(s.jobs, k)
	}
	return nil
}

func (s *memstore) CountJobs(ctx context.Context, kind domain.JobKind, now time.Time, limit int) (domain.JobCounts, error) {
	if err := s.enter(ctx); err != nil {
		return domain.JobCounts{}, err
	}
	defer s.mu.Unlock()
	var counts domain.JobCounts
	for _, job := range s.jobs {
		switch {
		case job.Kind != kind && !s.is("CountJobs forgets the kind"):
		case !job.DueAt.After(now):
			counts.Due++
		default:
			counts.Waiting++
		}
	}
	if s.is("CountJobs ignores its limit") {
		return counts, nil
	}
	if s.is("the limit of CountJobs is that of both numbers") {
		return domain.JobCounts{Due: min(counts.Due, limit), Waiting: min(counts.Waiting, limit-min(counts.Due, limit))}, nil
	}
	return domain.JobCounts{Due: min(counts.Due, limit), Waiting: min(counts.Waiting, limit)}, nil
}

func (s *memstore) jobShelf() *memshelf[domain.Job] {
	shelf := shelfOf(s, s.jobs, func(j domain.Job) string { return ports.JobKey(&j) }, s.keepJob)
	shelf.rev = func(j *domain.Job) *int64 { return &j.Rev }
	return shelf
}
