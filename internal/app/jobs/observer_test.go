package jobs_test

import (
	"github.com/moshrank/spacey-backend/internal/adapters/jobmetrics"
	"github.com/moshrank/spacey-backend/internal/app/jobs"
)

// What tells Prometheus knows nothing of this package, but fits.
var _ jobs.Observer = (*jobmetrics.Metrics)(nil)
