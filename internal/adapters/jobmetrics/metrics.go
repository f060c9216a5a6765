// Package jobmetrics tells Prometheus what becomes of background jobs.
package jobmetrics

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/moshrank/spacey-backend/internal/domain"
)

// Metrics are the figures of the jobs of a process. Make them with New.
type Metrics struct {
	ended    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	stored   *prometheus.GaugeVec
}

// New returns figures that are registered.
func New(registry prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "spacey_jobs_ended_total", Help: "Background jobs taken by this process, by what became of them.",
		}, []string{"kind", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "spacey_job_duration_seconds", Help: "Time from taking a background job until it was done or put off.",
			Buckets: []float64{.01, .05, .1, .5, 1, 2.5, 5, 10, 30, 60, 120},
		}, []string{"kind"}),
		stored: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "spacey_jobs", Help: "Background jobs in storage: due, or waiting, which are taken or wait for their time.",
		}, []string{"kind", "state"}),
	}
	return m, errors.Join(registry.Register(m.ended), registry.Register(m.duration), registry.Register(m.stored))
}

// Ended counts a job by what became of it.
func (m *Metrics) Ended(kind domain.JobKind, outcome string, took time.Duration) {
	m.ended.WithLabelValues(string(kind), outcome).Inc()
	m.duration.WithLabelValues(string(kind)).Observe(took.Seconds())
}

// Counted sets how many jobs there are.
func (m *Metrics) Counted(kind domain.JobKind, counts domain.JobCounts) {
	m.stored.WithLabelValues(string(kind), "due").Set(float64(counts.Due))
	m.stored.WithLabelValues(string(kind), "waiting").Set(float64(counts.Waiting))
}
