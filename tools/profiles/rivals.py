"""Firms that compete with us for this customer, and those that no longer do."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from core.language import CJK
from tools.profiles.hearing import Claim, Context, Part, Said, clauses, tidy
from tools.profiles.rules import cue, cues, says, tree, written
from tools.profiles.words import is_known, tagged

NAME: Final = "competitors"
HANZI = re.compile(f"[{CJK}]")
AROUND = 30
LONGEST_NAME = 8
LEAST = 2


def rivals(part: Part, said: Said, context: Context) -> Iterator[Claim]:
    """The rivals a sentence names, each held or withdrawn by the words around it."""
    text = part.text
    held = [one for one in context.of(NAME) if one.casefold() in text.casefold()]
    asked = NAME in context.asked
    sure = "competitor" in part.kinds
    out = says("competitors.withdrawn", text)
    if not held and out and context.rival and says("competitors.pronoun", text):
        yield Claim(NAME, context.rival, part.quote, 0.65, withdrawn=True)
        return
    if not (held or asked or sure or says("competitors.gate", text)):
        return
    if says("competitors.integrated", text) and not sure:
        yield from (
            Claim(NAME, one, part.quote, 0.65, withdrawn=True) for one in held if says("competitors.unrelated", text)
        )
        return
    names = dict.fromkeys(
        (
            *held,
            *(
                one
                for one in _names(text, asked=asked, sure=sure)
                if _is_firm(one, said, context) and (asked or not _is_word(one))
            ),
        )
    )
    names = dict.fromkeys(
        one for one in names if one in held or not any(one != it and _within(one, it, held) for it in names)
    )
    for name in names:
        withdrawn = out and _is_out(name, list(names), text)
        yield Claim(NAME, name, part.quote, 0.7 if sure or asked else 0.6, withdrawn=withdrawn)


def _within(one: str, other: str, held: list[str]) -> bool:
    """Whether the other name says it better: it is longer, or it is known."""
    return one in other or (other in held and other in one)


def _names(text: str, *, asked: bool, sure: bool) -> Iterator[str]:
    if HANZI.search(text):
        yield from _hanzi(text)
    else:
        for pattern in cues("competitors.named"):
            for found in _overlapping(pattern, text):
                yield from _latin(found["name"], text, found.start("name"))
                yield from _beside(text, found.start("name"))
    if asked:
        yield from _listed(text)
    elif sure and HANZI.search(text):
        yield from (firm for firm in written("competitors.hanzi.firms") if firm in text)
    elif sure:
        yield from _capitals(text)


def _beside(text: str, start: int) -> Iterator[str]:
    """The name that is linked with the one that begins here: "Mettler and Bizerba"."""
    found = _linked().search(text[:start])
    if found is not None:
        yield from _latin(found["name"], text, found.start("name"))


@cache
def _linked() -> re.Pattern[str]:
    return re.compile(rf"(?P<name>{tree()['parts']['name']})(?:, | and | or | & |, and )$")


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every match, also those that begin within another's name."""
    place = 0
    while found := pattern.search(text, place):
        yield found
        place = found.start("name") + 1


def _latin(words: str, text: str, start: int) -> Iterator[str]:
    """A Latin name without the words that only begin a sentence; not a place or a person."""
    if start and text[start - 1].isalnum():
        return
    if says("competitors.no_firm", text[max(0, start - AROUND) : start]):
        return
    name = _trimmed(words)
    if name:
        yield name


def _trimmed(words: str) -> str:
    kept = [re.sub(r"['’]s?$", "", word) for word in words.split()]
    while kept and says("competitors.nobody", kept[0]):
        kept = kept[1:]
    while kept and says("competitors.nobody", kept[-1]):
        kept = kept[:-1]
    return " ".join(kept)


@cache
def _name() -> re.Pattern[str]:
    return re.compile(tree()["parts"]["name"])


def _capitals(text: str) -> Iterator[str]:
    """Names within a sentence that is surely about a rival."""
    for found in _name().finditer(text):
        if found.start() > 0:
            yield from _latin(found[0], text, found.start())
    first = cue("competitors.first").match(text)
    if first is not None:
        yield from _latin(first["name"], text, first.start("name"))


def _listed(text: str) -> Iterator[str]:
    """An answer that is nothing but names."""
    for clause in clauses(text):
        for piece in map(tidy, cue("competitors.hanzi.listed").split(clause)):
            if HANZI.search(piece):
                if LEAST <= len(piece) <= LONGEST_NAME:
                    yield _cut(piece)
            else:
                for found in _name().finditer(piece):
                    yield from _latin(found[0], piece, found.start())


def _hanzi(text: str) -> Iterator[str]:
    for found in cue("competitors.hanzi.list").finditer(text):
        pieces = [tidy(piece) for piece in cue("competitors.hanzi.listed").split(found["names"])]
        if len(pieces) > 1:
            yield from (_cut(piece) for piece in pieces if LEAST <= len(piece) <= LONGEST_NAME)
    for pattern in cues("competitors.hanzi.named"):
        for found in _overlapping(pattern, text):
            yield _cut(found["name"])


def _cut(name: str) -> str:
    """A name without the small words at its ends."""
    if not HANZI.search(name):
        return name.strip()
    words = tagged(name)
    loose = set(written("competitors.hanzi.loose"))
    while words and (words[0][1] in loose or (words[0][1] == "v" and len(words[0][0]) == 1 and len(words) > 1)):
        words = words[1:]
    while words and words[-1][1] in loose:
        words = words[:-1]
    return "".join(word for word, _ in words)


def _is_firm(name: str, said: Said, context: Context) -> bool:
    folded = name.casefold()
    if len(name) < LEAST or folded in said.known or any(folded in one or one in folded for one in _people(context)):
        return False
    if any(len(one) > LEAST and one in folded for one in said.known):
        return False
    if HANZI.search(name):
        return not says("competitors.nobody", name) and not says("decision_people.rank_end", name)
    return not says("competitors.nobody", name) and not cue("decision_people.role").search(name)


def _is_word(name: str) -> bool:
    """Whether it is a word of every day, and nothing's name."""
    if name in written("competitors.hanzi.firms"):
        return False
    return all(flag not in written("competitors.hanzi.names") and is_known(word) for word, flag in tagged(name))


def _people(context: Context) -> list[str]:
    return [one.casefold() for one in (*context.of("decision_people"), context.contact or "") if one]


def _is_out(name: str, names: list[str], text: str) -> bool:
    """Whether the words that belong to this name say so: from the name before it, or its clause, to the next name."""
    folded = text.casefold()
    start = folded.find(name.casefold())
    others = [folded.find(one.casefold()) for one in names if one != name]
    before = max((place for place in others if place < start), default=-1)
    after = min((place for place in others if place > start), default=len(text))
    cuts = [found.end() for found in cue("competitors.cut").finditer(text)]
    first = 0 if before < 0 else max((cut for cut in cuts if before < cut <= start), default=before)
    last = (
        len(text) if after == len(text) else min((cut for cut in reversed(cuts) if start < cut <= after), default=after)
    )
    if after < len(text):
        last = max((cut for cut in cuts if start < cut <= after), default=after)
    own = text[first:last]
    return says("competitors.withdrawn", own) and not says("competitors.stays", own)
