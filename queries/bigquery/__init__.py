"""BigQuery through its own client: what is asked, what it may cost, and what went wrong."""
