"""Incidents: what is wrong with a series, from the first look to the recovery."""
