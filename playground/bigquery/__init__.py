"""A stand-in for BigQuery, for the real client over HTTP on the loopback."""
