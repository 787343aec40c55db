"""Users and keys that run away from their own ordinary hours."""
