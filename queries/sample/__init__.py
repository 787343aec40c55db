"""The sample: generated GPU and LLM traffic of a made-up company, with its truth beside it."""
