"""What becomes of recommendations and opportunities once they are there."""
