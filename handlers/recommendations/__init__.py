"""What to do about cost: drawn from evidence, kept, decided upon, listed."""
