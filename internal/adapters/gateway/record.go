package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the figures of all traffic. Labels have few values: route patterns, never paths.
type metrics struct {
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	limited  *prometheus.CounterVec
	failures *prometheus.CounterVec
	refused  prometheus.Counter
	// shared and unshared are about a limiter that gateways share.
	shared   prometheus.Gauge
	unshared prometheus.Counter
}

func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "spacey_gateway_requests_total", Help: "Requests answered.",
		}, []string{"route", "method", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "spacey_gateway_request_duration_seconds", Help: "Time from the header of a request to its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"route", "method"}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "spacey_gateway_rate_limited_total", Help: "Requests refused for being too many.",
		}, []string{"route"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "spacey_gateway_upstream_errors_total", Help: "Requests that a service did not answer, by what became of them.",
		}, []string{"service", "kind"}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "spacey_gateway_refused_connections_total", Help: "Connections refused because their client had too many.",
		}),
	}
	m.shared, m.unshared = newSharedMetrics()
	if registry == nil {
		return m, nil
	}
	for _, collector := range []prometheus.Collector{m.requests, m.duration, m.limited, m.failures, m.refused} {
		if err := registry.Register(collector); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// registerShared registers the figures about a limiter that gateways share. It is taken to work until it does not.
func (m *metrics) registerShared(registry prometheus.Registerer) error {
	m.shared.Set(1)
	if registry == nil {
		return nil
	}
	return errors.Join(registry.Register(m.shared), registry.Register(m.unshared))
}

// record counts the request, once it is answered with a status, and writes its line of the log.
func (x *exchange) record(status int) {
	took := time.Since(x.began)
	pattern, method := x.pattern(), methodLabel(x.method)
	x.g.metrics.requests.WithLabelValues(pattern, method, strconv.Itoa(status)).Inc()
	x.g.metrics.duration.WithLabelValues(pattern, method).Observe(took.Seconds())
	level := slog.LevelInfo
	cutOff := x.stream != nil && x.failure != nil
	switch {
	case status >= http.StatusInternalServerError:
		level = slog.LevelError
	case cutOff:
		level = slog.LevelWarn
	}
	ctx := context.Background()
	if !x.g.logger.Enabled(ctx, level) {
		return
	}
	fields := []slog.Attr{
		slog.String("requestID", x.requestID), slog.String("method", method), slog.String("route", pattern),
		slog.Int("status", status), slog.Float64("durationMS", float64(took.Microseconds())/1000),
	}
	if x.caller != nil {
		fields = append(fields, slog.String("userID", string(x.caller.identity.User)))
	}
	if cutOff {
		fields = append(fields, slog.Bool("cutOff", true))
	}
	if x.failure != nil && level != slog.LevelInfo {
		fields = append(fields, slog.String("error", x.failure.Error()))
	}
	x.g.logger.LogAttrs(ctx, level, "request", fields...)
}

// pattern names the route of the request. What has none shares one name, however many paths are tried.
func (x *exchange) pattern() string {
	switch {
	case x.route != nil:
		return x.route.spec.Path
	case x.method == http.MethodOptions:
		return "preflight"
	}
	return "none"
}

// methodLabel keeps made-up methods out of labels and log.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
