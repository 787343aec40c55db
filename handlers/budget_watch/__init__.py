"""All budgets, watched: what they have spent, what has to be told of it, and what is denied."""
