package postgres

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/domain"
)

func TestTakersThatMeet(t *testing.T) {
	store := freshStore(t)
	jobs := store.Ports().Jobs
	for n := range 2 {
		require.NoError(t, jobs.AddJob(t.Context(), domain.Job{
			Kind: domain.JobContent, Owner: owner, Subject: fmt.Sprint(n), DueAt: start.Add(time.Duration(n) * time.Second), CreatedAt: start, Rev: 1,
		}))
	}
	now, until := start.Add(time.Minute), start.Add(time.Hour)
	tx, err := store.pool.Begin(t.Context())
	require.NoError(t, err)
	defer tx.Rollback(context.Background()) //nolint:errcheck // it is committed, or has failed
	require.NoError(t, run(t.Context(), takeJob, domain.JobContent, now, until)(tx))
	t.Run("while one takes the first job another one takes the next, and waits for nobody", func(t *testing.T) {
		job, found, err := jobs.TakeJob(t.Context(), domain.JobContent, now, until)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, "1", job.Subject)
	})
	t.Run("a third one finds none", func(t *testing.T) {
		_, found, err := jobs.TakeJob(t.Context(), domain.JobContent, now, until)
		require.NoError(t, err)
		require.False(t, found)
	})
	t.Run("what was being taken by one who failed is there again", func(t *testing.T) {
		require.NoError(t, tx.Rollback(t.Context()))
		job, found, err := jobs.TakeJob(t.Context(), domain.JobContent, now, until)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, "0", job.Subject)
		require.Equal(t, 1, job.Takes)
	})
}
