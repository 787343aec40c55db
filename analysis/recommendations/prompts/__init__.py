"""Prompts that are longer than others'."""
