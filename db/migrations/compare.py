"""Which tables of a database are ours to compare: the agent's thread tables are its saver's."""

from typing import Any

SAVER_PREFIX = "checkpoint"


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Whether Alembic looks at this reflected thing, e.g. not at the table `checkpoint_writes`."""
    return kind != "table" or name is None or not name.startswith(SAVER_PREFIX)
