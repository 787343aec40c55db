"""Prices in bulk: which price applies to each imported request, and what the request costs."""
