"""A Slack workspace on your own machine: a faithful fake of its Web API, and a page to type in."""
