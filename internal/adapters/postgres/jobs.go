package postgres

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Jobs stores work that has to be done.
type Jobs struct{ store *Store }

var _ ports.Jobs = (*Jobs)(nil)

const (
	jobColumns       = "user_id, kind, subject, due_at, takes, failures, last_error, created_at, rev"
	insertJob  query = "INSERT INTO jobs (" + jobColumns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	addJob     query = insertJob + ` ON CONFLICT (user_id, kind, subject) DO UPDATE
		SET due_at = least(jobs.due_at, excluded.due_at), rev = jobs.rev + 1`
	// A job that somebody else is just taking is passed over: nobody waits for another, and none is taken twice.
	takeJob query = `UPDATE jobs SET due_at = $3, takes = takes + 1, rev = rev + 1 WHERE (user_id, kind, subject) = (
			SELECT user_id, kind, subject FROM jobs WHERE kind = $1 AND due_at <= $2 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
		) RETURNING ` + jobColumns
	putOffJob query = `UPDATE jobs SET due_at = $5, failures = $6, last_error = $7, rev = rev + 1
		WHERE user_id = $1 AND kind = $2 AND subject = $3 AND rev = $4 RETURNING ` + jobColumns
	finishJob query = "DELETE FROM jobs WHERE user_id = $1 AND kind = $2 AND subject = $3 AND rev = $4"
	countJobs query = `SELECT (SELECT count(*) FROM (SELECT FROM jobs WHERE kind = $1 AND due_at <= $2 LIMIT $3) AS due),
		(SELECT count(*) FROM (SELECT FROM jobs WHERE kind = $1 AND due_at > $2 LIMIT $3) AS waiting)`
)

// errJobLost is a job that is gone, or somebody else's.
var errJobLost = domain.NewError(domain.CodeConflict, "Somebody else holds this job.")

// jobFields returns where jobColumns go.
func jobFields(j *domain.Job) []any {
	return []any{
		(*string)(&j.Owner), (*string)(&j.Kind), &j.Subject, instant{&j.DueAt}, &j.Takes, &j.Failures, &j.LastError,
		instant{&j.CreatedAt}, &j.Rev,
	}
}

// jobValues returns the jobColumns of a job of the owner.
func jobValues(owner domain.UserID, j *domain.Job) []any {
	return []any{
		string(owner), string(j.Kind), j.Subject, stored(j.DueAt), j.Takes, j.Failures, j.LastError, moment(j.CreatedAt), j.Rev,
	}
}

// AddJob adds a job, or makes the one that is there due earlier.
func (j *Jobs) AddJob(ctx context.Context, job domain.Job) error {
	_, err := j.store.exec(ctx, "add a job", addJob, jobValues(job.Owner, &job)...)
	return err
}

// TakeJob takes the job of a kind that was due first.
func (j *Jobs) TakeJob(ctx context.Context, kind domain.JobKind, now, until time.Time) (job domain.Job, found bool, err error) {
	found, err = j.store.write(ctx, "take a job", takeJob, []any{string(kind), stored(now), stored(until)}, jobFields(&job)...)
	if err != nil || !found {
		return domain.Job{}, false, err
	}
	return job, true, nil
}

// PutOffJob prolongs the lease of a job, or gives it back.
func (j *Jobs) PutOffJob(ctx context.Context, job domain.Job) (domain.Job, error) {
	var changed domain.Job
	found, err := j.store.write(ctx, "put off a job", putOffJob, []any{
		string(job.Owner), string(job.Kind), job.Subject, job.Rev, stored(job.DueAt), job.Failures, job.LastError,
	}, jobFields(&changed)...)
	if err == nil && !found {
		err = errJobLost
	}
	if err != nil {
		return domain.Job{}, err
	}
	return changed, nil
}

// FinishJob removes a job.
func (j *Jobs) FinishJob(ctx context.Context, job domain.Job) error {
	rows, err := j.store.exec(ctx, "finish a job", finishJob, string(job.Owner), string(job.Kind), job.Subject, job.Rev)
	if err == nil && rows == 0 {
		return errJobLost
	}
	return err
}

// CountJobs counts the jobs of a kind.
func (j *Jobs) CountJobs(ctx context.Context, kind domain.JobKind, now time.Time, limit int) (counts domain.JobCounts, err error) {
	_, err = j.store.row(ctx, "count jobs", countJobs, []any{string(kind), stored(now), limit}, &counts.Due, &counts.Waiting)
	return counts, err
}
