"""Anomalies: found, explained, labelled by people, replayed."""
