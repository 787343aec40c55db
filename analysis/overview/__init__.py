"""The overview of a report: what a week of costs comes to, in plain sentences with figures."""
