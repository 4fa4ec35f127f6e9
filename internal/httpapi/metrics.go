package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sadi"
	"sadi/internal/manifest"
	"sadi/internal/service"
)

// metrics are the figures for Prometheus.
type metrics struct {
	registry *prometheus.Registry
	request  *prometheus.HistogramVec
	ended    *prometheus.CounterVec
	job      *prometheus.HistogramVec
	trial    *prometheus.HistogramVec
	overrun  prometheus.Histogram
}

func newMetrics(s *service.Service) *metrics {
	seconds := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	}
	m := &metrics{registry: prometheus.NewRegistry(),
		request: seconds("sadi_http_request_seconds", "Time to answer a request, streams included.", prometheus.DefBuckets, "route", "method", "code"),
		ended:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sadi_jobs_ended_total", Help: "Jobs that this process saw end, by state."}, []string{"state"}),
		job:     seconds("sadi_job_seconds", "Time from the start of a job to its end.", prometheus.ExponentialBuckets(1, 2, 14), "state"),
		trial:   seconds("sadi_trial_seconds", "Time of a trial over all its folds.", prometheus.ExponentialBuckets(0.01, 3, 12), "model"),
		overrun: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "sadi_budget_overrun_seconds", Help: "Time that a job with a time budget took beyond it.",
			Buckets: []float64{0, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60}})}
	m.registry.MustRegister(m.request, m.ended, m.job, m.trial, m.overrun, state{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s.OnFinish(m.finished)
	return m
}

// finished takes the figures of a job that has ended.
func (m *metrics) finished(j sadi.Job, record *manifest.Manifest) {
	m.ended.WithLabelValues(string(j.State)).Inc()
	if j.Started != nil && j.Finished != nil {
		m.job.WithLabelValues(string(j.State)).Observe(j.Finished.Sub(*j.Started).Seconds())
	}
	if record == nil {
		return
	}
	for i, t := range record.Determined.Trials {
		if i < len(record.Observed.TrialSeconds) {
			m.trial.WithLabelValues(t.Model).Observe(record.Observed.TrialSeconds[i])
		}
	}
	if wall := j.Spec.Params.Budget; wall.Trials == 0 {
		bound := wall.Wall
		if bound == 0 {
			bound = sadi.NamedBudgets["small"]
		}
		m.overrun.Observe(max(0, record.Observed.Seconds-bound.Seconds()))
	}
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// state collects what the module's status tells, when it is asked for.
type state struct{ service *service.Service }

var (
	depthDesc   = prometheus.NewDesc("sadi_queue_depth", "Jobs that wait for a worker.", nil, nil)
	jobsDesc    = prometheus.NewDesc("sadi_jobs", "Jobs by state.", []string{"state"}, nil)
	workersDesc = prometheus.NewDesc("sadi_workers", "Workers that live.", nil, nil)
	slotsDesc   = prometheus.NewDesc("sadi_slots", "Folds that all workers can compute at a time.", nil, nil)
	busyDesc    = prometheus.NewDesc("sadi_slots_busy", "Folds that they compute now.", nil, nil)
	upDesc      = prometheus.NewDesc("sadi_queue_up", "1 when the queue answers.", nil, nil)
)

// Describe implements prometheus.Collector.
func (state) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{depthDesc, jobsDesc, workersDesc, slotsDesc, busyDesc, upDesc} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (s state) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, v int, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	st, err := s.service.Status(ctx)
	if err != nil {
		gauge(upDesc, 0)
		return
	}
	gauge(upDesc, 1)
	gauge(depthDesc, st.QueueDepth)
	gauge(workersDesc, len(st.Workers))
	gauge(slotsDesc, st.Slots)
	gauge(busyDesc, st.Busy)
	for state, n := range st.Jobs {
		gauge(jobsDesc, n, string(state))
	}
}
