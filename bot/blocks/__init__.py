"""Results as Slack messages: pure functions, built with slackblocks, fitted to Slack's limits."""
