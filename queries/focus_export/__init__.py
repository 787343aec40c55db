"""`costs` as a FOCUS dataset."""
