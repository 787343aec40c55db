"""Block Kit as Slack's servers check it: shapes, limits, surfaces and unique ids."""
