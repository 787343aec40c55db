"""Alert rules: terms, judging, evaluation, the commands."""
