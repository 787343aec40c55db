"""Organizations with waste that is known, to hold recommendations against.

Every request is made by itself, with what only its maker knows: whether somebody waits for the
answer, how many of its tokens are needless, how hard it is, whether a loop sent it. What it would
have cost otherwise is reckoned request by request (`otherwise`) from that knowledge and the list's
prices alone: nothing of `analysis.recommendations` has a part in the truth.
"""
