"""The gallery: every message template with typical, empty and extreme data, to be looked at."""
