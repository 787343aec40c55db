"""Showback: a month's infrastructure cost, divided into statements that add up to it."""
