"""Who decides at the customer, and who no longer does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from core.language import CJK
from tools.profiles.hearing import Claim, Context, Part, tidy
from tools.profiles.rules import cue, cues, says, tree, written
from tools.profiles.words import tag_of

AROUND = 60
LEAST_WORD = 3
HANZI = re.compile(f"[{CJK}]")
NAME: Final = "decision_people"


@dataclass(frozen=True, slots=True)
class Mention:
    """A person or body in a sentence."""

    start: int
    end: int
    value: str


def deciders(part: Part, context: Context) -> Iterator[Claim]:
    """Those a sentence says decide, and those it says no longer do."""
    text = part.text
    asked = NAME in context.asked or "self" in context.asked
    held = [one for one in context.of(NAME) if _known_in(one, text)]
    if not (asked or held or "decision_process" in part.kinds or says("decision_people.gate", text)):
        return
    gone = [one for one in held if _is_gone(one, text)]
    if not gone and says("decision_people.pronoun_gone", text) and context.of(NAME):
        gone = context.of(NAME)[-1:]
    for value in gone:
        yield Claim(NAME, value, part.quote, 0.75, withdrawn=True)
    if part.question:
        return
    mentions = _mentions(text)
    chosen = [one for one in mentions if _decides(one, text)]
    if not chosen and (NAME in context.asked or "decision_process" in part.kinds):
        chosen = [one for one in mentions if not _denied(one, text) and not _greeted(one, text)]
    chosen = _with_linked(chosen, mentions, text)
    for one in chosen:
        if not any(_same(one.value, other) for other in gone):
            yield Claim(NAME, one.value, part.quote, 0.75 if _decides(one, text) else 0.65)
    if context.contact and says("decision_people.self", text) and not says("decision_people.not_self", text):
        yield Claim(NAME, context.contact, part.quote, 0.75)


def contact_in(text: str) -> str | None:
    """Whom a rep's line speaks to."""
    for pattern in _contacts():
        for found in pattern.finditer(text):
            who = _named(found["who"])
            if who:
                return who
    return None


@cache
def _contacts() -> tuple[re.Pattern[str], ...]:
    parts = {**tree()["parts"], **_parts()}
    return tuple(_compiled(one, parts) for one in written("decision_people.contact"))


@cache
def _parts() -> dict[str, str]:
    hanzi = written("decision_people.hanzi")
    after = "|".join(one.removeprefix("^") for one in written("decision_people.after") if HANZI.search(one))
    return {
        "title": written("decision_people.title"),
        "surname": f"(?:{hanzi['surname']})",
        "rank": hanzi["rank"],
        "body": hanzi["role"],
        "stop": f"(?:{hanzi['ends']}|{after})",
    }


def _compiled(pattern: str, parts: dict[str, str]) -> re.Pattern[str]:
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return re.compile(pattern, re.IGNORECASE)


def _mentions(text: str) -> list[Mention]:
    if HANZI.search(text):
        return _hanzi(text)
    found = [Mention(one.start("who"), one.end("who"), one["who"]) for one in _lower(text)]
    return _merged(found + _latin(text), text)


def _lower(text: str) -> Iterator[re.Match[str]]:
    """Names in small letters, where only a name can stand."""
    for pattern in cues("decision_people.lower"):
        for found in pattern.finditer(text):
            if not says("decision_people.nobody", found["who"]) and not cue("decision_people.role").search(
                found["who"]
            ):
                yield found


def _latin(text: str) -> list[Mention]:
    """Names and roles, each on its own; a role inside a name makes a body of it."""
    roles = [found for found in cue("decision_people.role").finditer(text) if _whole(text, found.start())]
    mentions = [Mention(one.start(), one.end(), tidy(one[0])) for one in roles]
    titled = _compiled("(?:{title} )?{name}", {**tree()["parts"], "title": written("decision_people.title")})
    for one in titled.finditer(text):
        name = _named(one[0])
        if not name:
            continue
        start = one.start() + one[0].rindex(name)
        overlapping = [role for role in mentions if role.start < one.end() and start < role.end]
        if overlapping:
            first = min(start, *(role.start for role in overlapping))
            last = max(one.end(), *(role.end for role in overlapping))
            mentions = [role for role in mentions if role not in overlapping]
            mentions.append(Mention(first, last, tidy(text[first:last])))
        else:
            mentions.append(Mention(start, one.end(), name))
    return sorted(mentions, key=lambda one: one.start)


def _whole(text: str, start: int) -> bool:
    return not text[start - 1 : start].isalnum()


def _named(words: str) -> str:
    """A name without the words in front that only begin a sentence; empty if none is left."""
    kept = words.split()
    while kept and says("decision_people.nobody", kept[0].strip(".,")):
        kept = kept[1:]
    return " ".join(kept)


def _merged(mentions: list[Mention], text: str) -> list[Mention]:
    """ "the owner, Gustav Rehn" is one person."""
    merged: list[Mention] = []
    for one in sorted(mentions, key=lambda one: (one.start, -one.end)):
        last = merged[-1] if merged else None
        if last is not None and one.start < last.end:
            continue
        if last is not None and cue("decision_people.joined").match(text[last.end : one.start]):
            roles = [bool(cue("decision_people.role").fullmatch(it.value)) for it in (last, one)]
            if roles[0] != roles[1]:
                name, role = (one, last) if roles[0] else (last, one)
                merged[-1] = Mention(last.start, one.end, f"{name.value}, {role.value}")
                continue
        merged.append(one)
    return merged


@cache
def _hanzi_people() -> re.Pattern[str]:
    forms = written("decision_people.hanzi.people")
    return re.compile("|".join(_compiled(one, _parts()).pattern for one in forms), re.IGNORECASE)


def _hanzi(text: str) -> list[Mention]:
    found: list[Mention] = []
    for one in _hanzi_people().finditer(text):
        name = next((one[key] for key in ("bare",) if one[key]), None)
        if name is None or _is_name(name, text, one.start()):
            found.append(Mention(one.start(), one.end(), tidy(one[0])))
    return found


def _is_name(name: str, text: str, start: int) -> bool:
    """Not a word that only begins like a name; and not the middle of one."""
    tag, before = tag_of(name), text[start - 1 : start]
    return (tag is None or tag.startswith("nr")) and (not HANZI.match(before) or tag_of(before + name[0]) is None)


def _decides(one: Mention, text: str) -> bool:
    if _denied(one, text):
        return False
    before, after = text[max(0, one.start - AROUND) : one.start], text[one.end : one.end + AROUND]
    return any(pattern.match(after) for pattern in cues("decision_people.after")) or says(
        "decision_people.before", before
    )


def _denied(one: Mention, text: str) -> bool:
    before, after = text[max(0, one.start - AROUND) : one.start], text[one.end : one.end + AROUND]
    return says("decision_people.denied", before) or says("decision_people.denied_after", after)


def _greeted(one: Mention, text: str) -> bool:
    return says("decision_people.greeting", text[max(0, one.start - AROUND) : one.start])


def _with_linked(chosen: list[Mention], mentions: list[Mention], text: str) -> list[Mention]:
    """Those who are named in one breath with one who decides."""
    kept = {one.start for one in chosen}
    for _ in range(2):
        for first, second in pairwise(mentions):
            if (
                cue("decision_people.linked").match(text[first.end : second.start])
                and {first.start, second.start} & kept
            ):
                kept |= {one.start for one in (first, second) if not _denied(one, text)}
    return [one for one in mentions if one.start in kept]


def _known_in(value: str, text: str) -> bool:
    return _place_of(value, text) is not None


def _place_of(value: str, text: str) -> tuple[int, int] | None:
    """Where somebody who is known is named again, by all of the name or a part of it."""
    folded = text.casefold()
    for name in (value, *_short_names(value)):
        found = re.search(rf"(?<![a-z]){re.escape(name.casefold())}(?![a-z])", folded)
        if found:
            return found.span()
    return None


def _short_names(value: str) -> Iterator[str]:
    if not HANZI.search(value):
        yield from (word for word in re.findall(r"[\w'’-]+", value) if len(word) >= LEAST_WORD and word[:1].isupper())
        yield from (role for role in value.split(", ")[1:])
        return
    found = _hanzi_name().search(value)
    if found:
        yield found["name"]
        yield from (found["name"][:1] + rank for rank in written("decision_people.hanzi.ranks"))


@cache
def _hanzi_name() -> re.Pattern[str]:
    return _compiled(written("decision_people.hanzi.named"), _parts())


def _is_gone(value: str, text: str) -> bool:
    place = _place_of(value, text)
    if place is None:
        return False
    before, after = text[max(0, place[0] - AROUND) : place[0]], text[place[1] : place[1] + AROUND]
    if any(pattern.match(after) for pattern in cues("decision_people.gone")):
        return True
    return says("decision_people.gone_before", before) or says("decision_people.denied_after", after)


def _same(one: str, other: str) -> bool:
    first, second = one.casefold(), other.casefold()
    return first in second or second in first
