"""Forecasts: made, kept, and held against what came."""
