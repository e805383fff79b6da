"""External ids: the export's own, else one that is the same at every run; and rows that come again."""

import hashlib
from enum import Enum
from typing import Any

from connectors.records.names import name_id, name_key
from connectors.records.plan import Cells, Plan, with_place
from connectors.records.values import BadValue, as_text
from connectors.records.write import Row

KNOWN_BY_NAME = frozenset({"person", "account", "product", "contact"})


class Again(Enum):
    """Whether a row's id came before (or, with `repeats: last`, comes later), and if it says the same."""

    NO = "no"
    SAME = "same"
    DIFFERS = "differs"


class Ids:
    """The ids of one feed's rows, over all its tables."""

    def __init__(self, plans: list[Plan]) -> None:
        self._seen: dict[int, int] = {}
        self._equal: dict[bytes, int] = {}
        self._repeats = plans[0].feed.repeats
        self._last = self._last_places(plans) if self._repeats == "last" else {}

    def id_of(self, plan: Plan, row: Row, cells: Cells) -> str | None:
        """The row's own id; without `id` in the mapping the name, else what the row says."""
        if plan.id is not None:
            found = plan.id(cells)
            return None if found is None else str(found)
        return _name_of(plan, row.values, row.links) or self._content(cells[: len(plan.table.columns)])

    def again(self, plan: Plan, row: Row) -> Again:
        """Whether another row of this feed stands for this one."""
        key = hash(row.external_id)
        if self._repeats == "last":
            place = hash((plan.table.name, row.line))
            return Again.NO if self._last.get(key, place) == place else Again.SAME
        content = hash(tuple(map(str, (*row.values.values(), *row.links.values(), *row.custom.values()))))
        if key not in self._seen:
            self._seen[key] = content
            return Again.NO
        return Again.SAME if self._seen[key] == content else Again.DIFFERS

    def _content(self, cells: Cells) -> str:
        digest = hashlib.sha256("\x1f".join(as_text(cell) for cell in cells).encode()).digest()[:16]
        self._equal[digest] = self._equal.get(digest, 0) + 1
        return f"{digest.hex()}-{self._equal[digest]}"

    def _last_places(self, plans: list[Plan]) -> dict[int, int]:
        places: dict[int, int] = {}
        for plan in plans:
            for found in plan.table.rows():
                cells = with_place(found, plan.table)
                if found.fault or not plan.taken(cells):
                    continue
                try:
                    own = plan.id(cells) if plan.id else self._by_name(plan, cells)
                except BadValue:
                    continue
                places[hash(str(own))] = hash((plan.table.name, found.line))
        return places

    def _by_name(self, plan: Plan, cells: Cells) -> str | None:
        names = {slot.name: slot.read(cells) for slot in plan.fields if slot.name == "name"}
        links = {link.link.name: link.slot.read(cells) for link in plan.links if link.link.name == "account"}
        return _name_of(plan, names, links)


def _name_of(plan: Plan, values: dict[str, Any], links: dict[str, str | None]) -> str | None:
    kind, name = plan.kind.name, values.get("name")
    if kind not in KNOWN_BY_NAME or not name:
        return None
    account = links.get("account") if kind == "contact" else None
    return f"{name_id(kind, name)}@{name_key(account)}" if account else name_id(kind, name)
