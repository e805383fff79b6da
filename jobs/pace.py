"""How often durable work looks around."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, all of them; the defaults suit a server that also answers people."""

    quiet: float = 6.0
    """After the start, before the engine is loaded, unless there is work: the first answers come first."""
    poll: float = 1.0
    """Between two looks for work that waits."""
    beat: float = 5.0
    """Between two signs of life."""
    silence: float = 25.0
    """Without a sign of life, after which a process counts as dead and its work goes to others."""
    settle: float = 10.0
    """After the start, before the first sweep."""
    sweep: float = 60.0
    """Between two sweeps for what was accepted and never enqueued."""
    rest: float = 4.0
    """Of rest for each second spent on what was said before anybody listened; 0 reads it as fast as it goes."""
    grace: float = 10.0
    """For running steps to end when the process is stopped."""


WORKER = Pace(quiet=0.0, settle=1.0, rest=0.0)
"""For a process that does nothing else."""
