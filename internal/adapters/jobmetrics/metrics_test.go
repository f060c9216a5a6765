package jobmetrics_test

import (
	"io"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/moshrank/spacey-backend/internal/adapters/jobmetrics"
	"github.com/moshrank/spacey-backend/internal/domain"
)

// scrape returns what Prometheus reads.
func scrape(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	text, err := io.ReadAll(recorder.Body)
	require.NoError(t, err)
	return string(text)
}

func TestWhatPrometheusReads(t *testing.T) {
	registry := prometheus.NewRegistry()
	metrics, err := jobmetrics.New(registry)
	require.NoError(t, err)
	metrics.Ended(domain.JobContent, "done", 2*time.Second)
	metrics.Ended(domain.JobContent, "done", 20*time.Second)
	metrics.Ended(domain.JobContent, "given_up", 0)
	metrics.Counted(domain.JobContent, domain.JobCounts{Due: 9, Waiting: 9})
	metrics.Counted(domain.JobContent, domain.JobCounts{Due: 3, Waiting: 1})
	text := scrape(t, registry)
	for _, line := range []string{
		`spacey_jobs_ended_total{kind="content",outcome="done"} 2`,
		`spacey_jobs_ended_total{kind="content",outcome="given_up"} 1`,
		`spacey_job_duration_seconds_count{kind="content"} 3`,
		`spacey_job_duration_seconds_sum{kind="content"} 22`,
		`spacey_job_duration_seconds_bucket{kind="content",le="2.5"} 2`,
		`spacey_jobs{kind="content",state="due"} 3`,
		`spacey_jobs{kind="content",state="waiting"} 1`,
	} {
		assert.Contains(t, text, line+"\n")
	}
	_, err = jobmetrics.New(registry)
	assert.Error(t, err, "two of them would count half each")
}
