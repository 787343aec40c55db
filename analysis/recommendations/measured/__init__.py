"""What was really saved, against what would have been spent."""
