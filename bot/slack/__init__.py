"""Costbot in Slack: the Bolt app, who is asking, and what hears commands and clicks."""
