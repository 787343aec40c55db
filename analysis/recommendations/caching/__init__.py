"""Input that was sent before, and answers that were given before."""
