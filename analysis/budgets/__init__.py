"""Budgets as arithmetic: periods, status, forecast, alerts, rollover and overlaps; no I/O."""
