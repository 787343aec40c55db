"""The calls of the REST surface, one module a noun."""
