"""Which queue each workflow waits in, and how many of each one process works on together."""

CALLS, TALKS, BACKLOG = "calls", "talks", "backlog"
QUEUE_OF = {"call": CALLS, "heard": TALKS}
AT_ONCE = {CALLS: 1, TALKS: 2, BACKLOG: 10}
"""Of the backlog, those that are taken together are read one after the other."""
NAMES = ",".join(AT_ONCE)
