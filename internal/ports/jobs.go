package ports

import (
	"context"
	"time"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Jobs stores work that has to be done, and who does it: of many processes one at a time takes a job. A job that is not finished or put
// off when its lease ends is taken again.
type Jobs interface {
	// AddJob adds a job. When the owner has one of its kind and subject already, that one stays as it is but for DueAt, which
	// becomes the earlier of the two, and Rev: whoever has taken it holds it no more, and will find that out.
	AddJob(ctx context.Context, job domain.Job) error
	// TakeJob takes a job of the kind that was due before or at now, the one due first, and returns it as stored: with a DueAt of
	// until, Takes and Rev one more. Of several callers at once each gets another one. found is false when none is due.
	TakeJob(ctx context.Context, kind domain.JobKind, now, until time.Time) (job domain.Job, found bool, err error)
	// PutOffJob stores DueAt, Failures and LastError of a job that the caller has taken, and returns it as stored, with another Rev:
	// it prolongs the lease, or gives the job back. CodeConflict when the caller holds the job no more: it is gone, or has another Rev.
	PutOffJob(ctx context.Context, job domain.Job) (domain.Job, error)
	// FinishJob removes a job that the caller has taken. CodeConflict when the caller holds it no more.
	FinishJob(ctx context.Context, job domain.Job) error
	// CountJobs counts the jobs of a kind, each number up to limit.
	CountJobs(ctx context.Context, kind domain.JobKind, now time.Time, limit int) (domain.JobCounts, error)
}
