"""What recommendations are drawn from, read from the mart: set-based, for all organizations."""
