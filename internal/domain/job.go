package domain

import "time"

// JobKind is a kind of work that is done in the background.
type JobKind string

// JobContent is the work on a content: it brings what is stored of it to an end, whatever was left half done.
const JobContent JobKind = "content"

// Job is a piece of work that has to be done and survives a restart. A person has one of each kind and subject at most. What does the
// work must be able to do it twice.
type Job struct {
	Kind  JobKind
	Owner UserID
	// Subject is what the work is about, for example the id of a content.
	Subject string
	// DueAt is when somebody may take the job. While it is taken, this is when the lease ends: after that, whoever took it is
	// thought to have died.
	DueAt time.Time
	// Takes is how often the job was taken, Failures how often that ended with an error. Takes without failures are crashes.
	Takes, Failures int
	// LastError says why the job failed last, for the operator.
	LastError string
	CreatedAt time.Time
	// Rev is another one after each write: who holds a job and finds another one holds it no more.
	Rev int64
}

const (
	// maxJobFailures is after how many failures a job is given up, and maxJobTakes after how many takes: then its work brings
	// down whoever does it.
	maxJobFailures = 10
	maxJobTakes    = 15
	// jobPause is how long a job waits after its first failure. It doubles each time.
	jobPause = 5 * time.Second
)

// Hopeless reports whether the job was tried so often that it is to be given up.
func (j Job) Hopeless() bool { return j.Failures >= maxJobFailures || j.Takes > maxJobTakes }

// Failed returns the job as it waits after a failure.
func (j Job) Failed(why string, now time.Time) Job {
	j.DueAt = now.Add(jobPause << min(j.Failures, 10))
	j.Failures++
	j.LastError = why
	return j
}

// JobCounts is how many jobs of a kind there are.
type JobCounts struct {
	// Due jobs wait for somebody to take them, Waiting ones are taken or wait for their time.
	Due, Waiting int
}
