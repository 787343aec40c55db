"""What operators see of a serving costbot: metrics, traces, probes."""
