"""The Range header: which bytes of a file are asked for."""

import re

# Accepts e.g. bytes=0-, bytes=100-199, bytes=-500; not several ranges
ONE = re.compile(r"bytes=(\d*)-(\d*)")


class BadRange(Exception):
    """The file has no such bytes."""


def span_of(header: str | None, size: int) -> tuple[int, int] | None:
    """The bytes from the first up to the second; None for the whole file, as when several ranges are asked for."""
    found = ONE.fullmatch(header.strip().replace(" ", "").lower()) if header else None
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, end = max(size - int(found[2]), 0), size
    else:
        start, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= end:
        raise BadRange()
    return start, end
