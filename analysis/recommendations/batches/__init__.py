"""Requests that can wait, at the price of the batch interface."""
