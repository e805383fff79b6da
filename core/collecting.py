"""How often Python looks for circles of garbage."""

import gc

SELDOM = (20_000, 20, 50)
"""With a company in memory one look at everything takes a tenth of a second; while modules load it finds nothing."""


def collect_seldom() -> None:
    """Have it look seldom, in this process from now on."""
    gc.set_threshold(*SELDOM)
