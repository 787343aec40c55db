"""The Slack workspaces that installed costbot: who is admitted, with which token, whose costs."""
