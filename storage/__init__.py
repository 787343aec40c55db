"""What people decide, in a SQL store: prices, people, and what was heard from Slack."""
