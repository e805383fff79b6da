"""How names are compared: what may differ between two spellings of one name."""

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz, process

SPACES = re.compile(r"\s+")
ACCENTS = re.compile("[\u0300-\u036f]")
NEAR = 70


def plain(text: str) -> str:
    """Full width to half width, lower case, single spaces: `ＧＴＸ  Pro` is `gtx pro`."""
    return SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def name_key(text: str) -> str:
    """Letters and digits only, without accents: `José  García-Gil` is `josegarciagil`."""
    words = plain(text)
    letters = unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFKD", words)))
    key = "".join(letter for letter in letters if letter.isalnum() or unicodedata.category(letter)[0] == "M")
    return key or words


def turned(text: str) -> str:
    """`Last, First` as `First Last`; anything else as it is."""
    last, comma, first = plain(text).partition(",")
    return f"{first} {last}" if comma and "," not in first else text


def name_id(record: str, name: str) -> str:
    """The external id of a record that is known by its name alone."""
    return f"name:{name_key(turned(name) if record == 'person' else name)}"


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The known spelling most like `text`, if any is like it at all."""
    found = process.extractOne(text, list(known), scorer=fuzz.ratio, processor=plain, score_cutoff=NEAR)
    return found[0] if found else None
