"""Requests that a cheaper model could answer."""
