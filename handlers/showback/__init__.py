"""Statements: what a month cost each organization, the rule behind it, and closing a month."""
