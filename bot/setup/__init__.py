"""From nothing to a Slack app that answers: the steps of `costbot setup`."""
