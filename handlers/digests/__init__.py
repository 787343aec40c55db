"""Digests: what a team wants to know each morning, on their schedule."""
