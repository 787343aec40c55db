"""The process and the Slack surface: settings, assembly, Bolt app, listeners, blocks, CLI."""
