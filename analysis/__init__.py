"""Arithmetic alone: plain values in and out, no I/O, and no import of any other part."""
