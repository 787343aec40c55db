"""The playground's page: a Slack workspace in the browser, drawn on the server.

Blocks and mrkdwn become escaped HTML (`blocks`, `mrkdwn`); templates put them into channels,
threads, the App Home tab and modals (`screens`); a small script swaps in what the server has drawn
anew (`live`). Without the script everything still works, as plain forms.
"""
