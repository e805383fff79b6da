"""Whether a word that could name a period does: may, march, sat, a bare 2025, 3/4."""

import re
from datetime import date
from typing import NamedTuple

from core.periods.lexicon import tree


class Candidate(NamedTuple):
    """A phrase where it stands in the folded text."""

    form: str
    lang: str
    found: re.Match[str]


def certain(candidate: Candidate, text: str, folded: str, today: date) -> bool:
    """False for a word that is a period only in company, and stands without it."""
    form, found = candidate.form, candidate.found
    if form in ("bare_year", "shy_slash"):
        plain = form == "bare_year" and today.year - 20 <= int(found[0]) <= today.year + 2
        return _in_company(form, folded[: found.start()], folded[found.end() :], plain=plain)
    if form == "nearby":
        return _after_this(found, text, folded)
    if form not in ("shy", "bare_weekday") or not _matches("word", found[0], whole=True):
        return True
    return _named(text, folded, found.start(), found.end())


def _in_company(form: str, head: str, tail: str, *, plain: bool) -> bool:
    if _matches(f"{form}.not_before", head) or _matches(f"{form}.not_after", tail):
        return False
    return plain or _matches(f"{form}.before", head) or _matches(f"{form}.after", tail)


def _after_this(found: re.Match[str], text: str, folded: str) -> bool:
    """`this may` is the month when it is written May, or when no verb can follow."""
    word = found.groupdict().get("month")
    if word is None or not _matches("verb", word, whole=True) or text[found.start("month")].isupper():
        return True
    return _matches("no_verb", folded[found.end() :])


def _named(text: str, folded: str, start: int, end: int) -> bool:
    head, tail = folded[:start], folded[end:]
    first = not head.strip()
    if _matches("never_after", tail):
        return False
    if not first and _matches("before", head):
        return True
    if _matches("near_before", head) or _matches("near_after", tail):
        return True
    return (first or text[start].isupper()) and not _matches("not_after", tail)


def _matches(path: str, text: str, *, whole: bool = False) -> bool:
    rule = tree()["en"]["shy"]
    for key in path.split("."):
        rule = rule[key]
    # The module `re` keeps what it has compiled.
    return (re.fullmatch if whole else re.search)(rule, text) is not None
