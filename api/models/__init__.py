"""What the calls of the REST surface answer, one module a noun."""
