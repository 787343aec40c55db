"""What to do about cost: recommendations with their evidence, and what they would save."""
