package engine

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
