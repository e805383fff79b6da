"""The library under durable work, imported when it is first needed: its import takes a second and runs a program."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbos import DBOS


def dbos() -> "type[DBOS]":
    """DBOS, of which there is one a process."""
    from dbos import DBOS  # noqa: PLC0415 (see above)

    return DBOS
