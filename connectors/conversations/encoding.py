"""Bytes as text, whatever they say they are."""

import codecs
import re

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
"""Mail programs say the smaller of two alphabets and write the larger."""

GUESSES = ("utf-8", "gb18030")
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
LONG_RUN = 4
SAMPLE = 100_000
NARROW = frozenset({"us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "windows-1252", "unknown-8bit", "default"})


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of `data`; never an error. What was declared counts where it can be true."""
    for mark, name in BOMS:
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    named = (declared or "").strip().strip("\"'").lower()
    narrow = named in NARROW or not _known(named)
    said = WIDER.get(named, named)
    for name in ("utf-8", "gb18030" if _looks_chinese(data) else "cp1252", "gb18030") if narrow else (said, *GUESSES):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8" if narrow else said, errors="replace")


def _looks_chinese(data: bytes) -> bool:
    """Two characters in a row take four high bytes; in Western text a high byte mostly stands alone."""
    return any(len(run) >= LONG_RUN for run in HIGH_RUN.findall(data[:SAMPLE]))


def _known(name: str) -> bool:
    try:
        "x".encode(name)
    except (LookupError, ValueError):
        return False
    return bool(name)
