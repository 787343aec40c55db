"""Tokens of the REST API: made, listed, revoked, and known again."""
