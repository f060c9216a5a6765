package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

// Jobs stores work that has to be done.
type Jobs struct{ store *Store }

var _ ports.Jobs = (*Jobs)(nil)

const (
	jobColumns       = "user_id, kind, subject, due_at, takes, failures, last_error, created_at, rev"
	insertJob  query = "INSERT INTO jobs (" + jobColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
	addJob     query = insertJob + ` ON CONFLICT (user_id, kind, subject) DO UPDATE SET due_at = min(due_at, excluded.due_at), rev = rev + 1`
	takeJob    query = `UPDATE jobs SET due_at = ?, takes = takes + 1, rev = rev + 1 WHERE rowid =
		(SELECT rowid FROM jobs WHERE kind = ? AND due_at <= ? ORDER BY due_at LIMIT 1) RETURNING ` + jobColumns
	putOffJob query = `UPDATE jobs SET due_at = ?, failures = ?, last_error = ?, rev = rev + 1
		WHERE user_id = ? AND kind = ? AND subject = ? AND rev = ? RETURNING ` + jobColumns
	finishJob query = "DELETE FROM jobs WHERE user_id = ? AND kind = ? AND subject = ? AND rev = ?"
	countJobs query = `SELECT (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE kind = ?1 AND due_at <= ?2 LIMIT ?3)),
		(SELECT count(*) FROM (SELECT 1 FROM jobs WHERE kind = ?1 AND due_at > ?2 LIMIT ?3))`
)

// jobFields returns where jobColumns go.
func jobFields(j *domain.Job) []any {
	return []any{
		(*string)(&j.Owner), (*string)(&j.Kind), &j.Subject, instant{&j.DueAt}, &j.Takes, &j.Failures, &j.LastError,
		instant{&j.CreatedAt}, &j.Rev,
	}
}

// jobValues returns the jobColumns of a job of the owner.
func jobValues(owner domain.UserID, j *domain.Job) []any {
	return []any{owner, j.Kind, j.Subject, j.DueAt.UnixMilli(), j.Takes, j.Failures, j.LastError, millis(j.CreatedAt), j.Rev}
}

// AddJob adds a job, or makes the one that is there due earlier.
func (j *Jobs) AddJob(ctx context.Context, job domain.Job) error {
	_, err := j.store.exec(ctx, "add a job", addJob, jobValues(job.Owner, &job)...)
	return err
}

// TakeJob takes the job of a kind that was due first.
func (j *Jobs) TakeJob(ctx context.Context, kind domain.JobKind, now, until time.Time) (domain.Job, bool, error) {
	return j.change(ctx, "take a job", takeJob, until.UnixMilli(), kind, now.UnixMilli())
}

// PutOffJob prolongs the lease of a job, or gives it back.
func (j *Jobs) PutOffJob(ctx context.Context, job domain.Job) (domain.Job, error) {
	changed, found, err := j.change(ctx, "put off a job", putOffJob,
		job.DueAt.UnixMilli(), job.Failures, job.LastError, job.Owner, job.Kind, job.Subject, job.Rev)
	if err == nil && !found {
		err = errJobLost
	}
	return changed, err
}

var errJobLost = domain.NewError(domain.CodeConflict, "Somebody else holds this job.")

// FinishJob removes a job.
func (j *Jobs) FinishJob(ctx context.Context, job domain.Job) error {
	rows, err := j.store.exec(ctx, "finish a job", finishJob, job.Owner, job.Kind, job.Subject, job.Rev)
	if err == nil && rows == 0 {
		return errJobLost
	}
	return err
}

// CountJobs counts the jobs of a kind.
func (j *Jobs) CountJobs(ctx context.Context, kind domain.JobKind, now time.Time, limit int) (counts domain.JobCounts, err error) {
	_, err = j.store.row(ctx, "count jobs", countJobs, []any{string(kind), now.UnixMilli(), limit}, &counts.Due, &counts.Waiting)
	return counts, err
}

// change runs a statement that changes one job and returns it; false when there is none.
func (j *Jobs) change(ctx context.Context, doing string, q query, args ...any) (job domain.Job, found bool, err error) {
	err = j.store.transact(ctx, doing, func(t *transaction) error {
		err := t.row(q, args, jobFields(&job)...)
		if errors.Is(err, sql.ErrNoRows) {
			found = false
			return nil
		}
		found = err == nil
		return err
	})
	if err != nil || !found {
		return domain.Job{}, false, err
	}
	return job, true, nil
}
