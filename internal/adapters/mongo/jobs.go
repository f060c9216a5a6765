package mongo

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/moshrank/spacey-backend/internal/domain"
	"github.com/moshrank/spacey-backend/internal/ports"
)

var _ ports.Jobs = (*Store)(nil)

// jobRecord is a job. Its _id ends with ports.JobKey. Each has a time when it is due: no time is the beginning of time.
type jobRecord struct {
	Key       string         `bson:"_id"`
	Owner     domain.UserID  `bson:"user_id"`
	Kind      domain.JobKind `bson:"kind"`
	Subject   string         `bson:"subject"`
	DueAt     bson.DateTime  `bson:"due_at"`
	Takes     int            `bson:"takes"`
	Failures  int            `bson:"failures"`
	LastError string         `bson:"last_error"`
	CreatedAt *bson.DateTime `bson:"created_at"`
	Rev       int64          `bson:"rev"`
}

func newJobRecord(j domain.Job) jobRecord {
	return jobRecord{
		key(j.Owner, ports.JobKey(&j)), j.Owner, j.Kind, j.Subject, bson.NewDateTimeFromTime(j.DueAt), j.Takes, j.Failures, j.LastError,
		date(j.CreatedAt), j.Rev,
	}
}

func (r jobRecord) job() domain.Job {
	return domain.Job{
		Kind: r.Kind, Owner: r.Owner, Subject: r.Subject, DueAt: r.DueAt.Time().UTC(), Takes: r.Takes, Failures: r.Failures,
		LastError: r.LastError, CreatedAt: instant(r.CreatedAt), Rev: r.Rev,
	}
}

// held returns the filter for a job as somebody has taken it.
func held(job domain.Job) bson.D {
	return append(ownKey(job.Owner, ports.JobKey(&job)), bson.E{Key: "rev", Value: job.Rev})
}

var errJobLost = domain.NewError(domain.CodeConflict, "Somebody else holds this job.")

// AddJob adds a job, or makes the one that is there due earlier.
func (s *Store) AddJob(ctx context.Context, job domain.Job) error {
	record := newJobRecord(job)
	for range putTries {
		result, err := s.jobs.UpdateOne(ctx, ownKey(job.Owner, ports.JobKey(&job)), bson.D{
			{Key: "$min", Value: bson.D{{Key: "due_at", Value: record.DueAt}}}, {Key: "$inc", Value: bson.D{{Key: "rev", Value: int64(1)}}},
		})
		if err == nil && result.MatchedCount == 1 {
			return nil
		}
		if err == nil {
			_, err = s.jobs.InsertOne(ctx, record)
		}
		if !driver.IsDuplicateKeyError(err) {
			return failure(ctx, "adding a job", err)
		}
	}
	return domain.NewError(domain.CodeBusy, "Others add and finish this job at the same time. Try again.")
}

// TakeJob takes the job of a kind that was due first.
func (s *Store) TakeJob(ctx context.Context, kind domain.JobKind, now, until time.Time) (domain.Job, bool, error) {
	filter := bson.D{{Key: "kind", Value: kind}, {Key: "due_at", Value: bson.D{{Key: "$lte", Value: bson.NewDateTimeFromTime(now)}}}}
	return s.changeJob(ctx, "taking a job", filter, bson.D{
		{Key: "$set", Value: bson.D{{Key: "due_at", Value: bson.NewDateTimeFromTime(until)}}},
		{Key: "$inc", Value: bson.D{{Key: "takes", Value: 1}, {Key: "rev", Value: int64(1)}}},
	}, options.FindOneAndUpdate().SetSort(bson.D{{Key: "due_at", Value: 1}}))
}

// PutOffJob prolongs the lease of a job, or gives it back.
func (s *Store) PutOffJob(ctx context.Context, job domain.Job) (domain.Job, error) {
	changed, done, err := s.changeJob(ctx, "putting off a job", held(job), bson.D{
		{Key: "$set", Value: bson.D{
			{Key: "due_at", Value: bson.NewDateTimeFromTime(job.DueAt)}, {Key: "failures", Value: job.Failures}, {Key: "last_error", Value: job.LastError},
		}},
		{Key: "$inc", Value: bson.D{{Key: "rev", Value: int64(1)}}},
	}, options.FindOneAndUpdate())
	if err == nil && !done {
		err = errJobLost
	}
	return changed, err
}

// changeJob changes one job and returns it; false when there is none.
func (s *Store) changeJob(
	ctx context.Context, doing string, filter, update bson.D, how *options.FindOneAndUpdateOptionsBuilder,
) (domain.Job, bool, error) {
	var record jobRecord
	err := s.jobs.FindOneAndUpdate(ctx, filter, update, how.SetReturnDocument(options.After)).Decode(&record)
	if errors.Is(err, driver.ErrNoDocuments) {
		return domain.Job{}, false, nil
	}
	if err != nil {
		return domain.Job{}, false, failure(ctx, doing, err)
	}
	return record.job(), true, nil
}

// FinishJob removes a job.
func (s *Store) FinishJob(ctx context.Context, job domain.Job) error {
	result, err := s.jobs.DeleteOne(ctx, held(job))
	if err == nil && result.DeletedCount == 0 {
		return errJobLost
	}
	return failure(ctx, "finishing a job", err)
}

// CountJobs counts the jobs of a kind.
func (s *Store) CountJobs(ctx context.Context, kind domain.JobKind, now time.Time, limit int) (domain.JobCounts, error) {
	at := bson.NewDateTimeFromTime(now)
	count := func(operator string) (int, error) {
		n, err := s.jobs.CountDocuments(ctx, bson.D{{Key: "kind", Value: kind}, {Key: "due_at", Value: bson.D{{Key: operator, Value: at}}}},
			options.Count().SetLimit(int64(limit)))
		return int(n), failure(ctx, "counting jobs", err)
	}
	due, err := count("$lte")
	if err != nil {
		return domain.JobCounts{}, err
	}
	waiting, err := count("$gt")
	return domain.JobCounts{Due: due, Waiting: waiting}, err
}
