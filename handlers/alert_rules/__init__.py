"""Alert rules: what people want to hear of, and when."""
