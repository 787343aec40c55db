"""Idle capacity, failures and drift on GPUs."""
