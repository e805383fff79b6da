"""Two people of one name, told apart in a table."""

from collections import Counter
from typing import Any

from tools.metrics.frame import Frame
from tools.metrics.groups import Group

PEOPLE = ("rep", "manager")


def told_apart(frame: Frame, group_by: tuple[str, ...], groups: list[Group]) -> list[tuple[Any, ...]]:
    """The labels of each group; people who share a name bear their region too."""
    places = [place for place, name in enumerate(group_by) if name in PEOPLE]
    shared = {place: _shared(place, groups) for place in places}
    if not any(shared.values()):
        return [tuple(value.label for value in group) for group in groups]
    return [
        tuple(
            _with_region(frame, value.id, value.label) if value.label in shared.get(place, ()) else value.label
            for place, value in enumerate(group)
        )
        for group in groups
    ]


def _shared(place: int, groups: list[Group]) -> set[Any]:
    people = {(group[place].id, group[place].label) for group in groups if group[place].id is not None}
    return {label for label, count in Counter(label for _, label in people).items() if count > 1}


def _with_region(frame: Frame, person_id: int, label: str) -> str:
    person = frame.colleagues.by_id.get(person_id)
    return f"{label} ({person.region or person.id})" if person else label
