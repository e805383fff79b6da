"""Whether a recording is encrypted or protected against copying, told from its bytes."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

HEAD = 1 << 16
MOST_INDEX = 1 << 26
PGP = b"-----BEGIN PGP MESSAGE-----"
ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
ASF_LOCKED = (bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"), bytes.fromhex("14e68a292226174cb935dae07ee9289c"))
"""The two "content encryption" objects of Windows media."""
MP4_LOCKED = (b"enca", b"drms", b"drmi", b"aavd")
"""How MP4 names a protected sound in its index."""


def is_locked(path: Path) -> bool:
    """Whether the file says that its sound is encrypted."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if head.startswith(ASF):
            return any(mark in head for mark in ASF_LOCKED)
        if head[4:8] == b"ftyp":
            return any(mark in index for index in _indexes(file, path.stat().st_size) for mark in MP4_LOCKED)
    return head.startswith(PGP)


def promised_bytes(path: Path) -> int:
    """How many bytes a RIFF file says it has; 0 for others, and where the writer did not know."""
    with path.open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:8], "little")
    return size + 8 if head[:4] == b"RIFF" and size < 0x7FFF0000 else 0


def _indexes(file: BinaryIO, size: int) -> Iterator[bytes]:
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        length = int.from_bytes(head[8:16], "big") if length == 1 else length or size - at
        if head[4:8] == b"moov":
            yield file.read(min(length, MOST_INDEX))
        if length < 8:
            return
        at += length
