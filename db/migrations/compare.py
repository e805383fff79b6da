"""Which tables of a database are ours to compare: not the saver's, nor those of full-text search."""

from typing import Any

SAVER_PREFIX = "checkpoint"
WORDS = "remembered_words"
"""SQLite's full-text table and its own tables; the index of that name on PostgreSQL."""


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Whether Alembic looks at this reflected thing, e.g. not at the table `checkpoint_writes`."""
    if name is None or kind not in ("table", "index"):
        return True
    return not name.startswith((SAVER_PREFIX, WORDS))
