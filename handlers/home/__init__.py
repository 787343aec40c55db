"""App Home: one page for each person, of the same figures that answer questions."""
