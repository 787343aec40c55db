"""The methods of Slack's Web API, one module a family."""
