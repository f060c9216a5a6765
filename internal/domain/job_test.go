package domain

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAJobThatFailsWaitsLongerEachTime(t *testing.T) {
	now := time.UnixMilli(1_772_000_000_123).UTC()
	job := Job{Kind: JobContent, Owner: "ada", Subject: "c1", DueAt: now.Add(time.Hour), Takes: 1, CreatedAt: now, Rev: 4}
	for n, seconds := range []int{5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560} {
		assert.False(t, job.Hopeless(), "after %d failures", n)
		before := job
		job = job.Failed("It broke.", now)
		assert.Equal(t, now.Add(time.Duration(seconds)*time.Second), job.DueAt)
		before.DueAt, before.Failures, before.LastError = job.DueAt, n+1, "It broke."
		assert.Equal(t, before, job, "nothing else changes")
	}
	assert.True(t, job.Hopeless())
	job.Failures = 1_000_000
	assert.True(t, job.Hopeless())
	assert.Equal(t, now.Add(5*1024*time.Second), job.Failed("", now).DueAt, "it does not wait forever")
}

func TestAJobThatIsTakenTooOftenIsHopeless(t *testing.T) {
	assert.False(t, Job{}.Hopeless())
	assert.False(t, Job{Takes: maxJobTakes}.Hopeless())
	assert.True(t, Job{Takes: maxJobTakes + 1}.Hopeless())
	assert.False(t, Job{Takes: maxJobTakes, Failures: maxJobFailures - 1}.Hopeless())
}
