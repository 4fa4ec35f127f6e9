package engine

import "sadi"

// TestScore is the judged score in the metric that decided, as people read it.
func (r *Result) TestScore() float64 {
	return float64(r.Report.Metrics[0].Value)
}

// TestMetrics are all judged metrics that have a value, by name, as people read them.
func (r *Result) TestMetrics() map[string]float64 {
	all := map[string]float64{}
	for _, m := range r.Report.Metrics {
		if m.Reason == "" {
			all[m.Name] = float64(m.Value)
		}
	}
	return all
}

// Outcome is the result in short; dir is the job's folder.
func (r *Result) Outcome(dir string) sadi.Outcome {
	d := &r.Manifest.Determined
	o := sadi.Outcome{JobID: r.Manifest.JobID, Dir: dir, Task: d.Target.Problem, Target: d.Target.Column, Metric: d.Metric.Name,
		Score: r.TestScore(), Test: r.TestMetrics(), Seconds: r.Manifest.Observed.Seconds, Digest: r.Manifest.Digest}
	if id := r.Manifest.MLflowRunID; id != nil {
		o.MLflowRunID = *id
	}
	for _, t := range d.Trials {
		if t.Status == sadi.TrialOK {
			o.Trials++
		}
	}
	return o
}
