"""Several workspaces under one address, in which people install an app by themselves (OAuth v2).

What it does not imitate: user tokens, incoming webhooks, approval by admins, optional scopes, and
the removal of an app from one workspace of a grid alone. Ids of events are given by each workspace
by itself, where Slack's are unique.
"""
