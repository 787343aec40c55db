"""Bringing the mart up to date from BigQuery: which days, their rows, and their publication."""
