"""Attainment: what owners reached of their targets."""

from tools.metrics.components import Ask
from tools.metrics.frame import Frame
from tools.metrics.groups import Group
from tools.metrics.parts import Parts


def add_up_targets(frame: Frame, ask: Ask) -> dict[Group, Parts]:
    """Actual and target of each group."""
    return {}
