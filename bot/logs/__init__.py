"""What is written of what happens: one line each, with its id, without secrets."""
