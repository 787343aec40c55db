"""Alert rules: what people want to hear of, and what the figures of a day say to that."""
