"""A Slack workspace on your own machine: a faithful fake of the Web API, and a page to type into."""
