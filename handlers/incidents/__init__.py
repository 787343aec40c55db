"""Incidents: kept, one open record a series, and told to whom they concern."""
