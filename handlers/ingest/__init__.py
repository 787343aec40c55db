"""Usage that is sent over HTTP: taken in, kept, and merged into the mart."""
