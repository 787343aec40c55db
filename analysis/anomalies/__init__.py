"""Anomalies in daily series: which days are unlike what went before, and how sure that is."""
