"""Colleagues by the names they are called in chat: whole, a part, with a title or a nickname."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.language import alternation
from tools.escalations.cues import Words, cues
from tools.metrics.lexicon import Lexicon
from tools.metrics.lexicon.lexicon import Colleague
from tools.metrics.lexicon.tokens import Token, clean, tokenise, wide, words_of

LONGEST = 5
SHORT = 2
Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Who was named: one colleague, several that fit, or somebody whom nobody knows."""

    one: Colleague | None = None
    offers: tuple[str, ...] = ()
    unknown: str | None = None


def find_person(words: Words, lexicon: Lexicon) -> Person:
    """The colleague the message names; their words are taken out of it. Where somebody is to act, that place counts."""
    placed = [found for cue in cues()["person"] for found in cue.finditer(words.left)]
    spots = [found.span("who") for found in placed]
    named = list(_found(words, lexicon, spots))
    at_place = [one for one in named if any(start <= one[0] < end for start, end in spots)]
    chosen = at_place or named
    if chosen:
        for start, end, _ in named:
            words.take(start, end)
        return _one_of([people for _, _, people in chosen])
    for start, end in spots:
        said = words.left[start:end].strip()
        if said and not cues()["nobody"].search(said) and not words_taken(said):
            return Person(unknown=words.text[start:end].strip())
    return Person()


def words_taken(said: str) -> bool:
    """Whether nothing is left of what stood there."""
    return not any(char.isalnum() for char in said)


def _one_of(found: list[tuple[Colleague, ...]]) -> Person:
    first = found[0]
    for other in found[1:]:
        first = tuple(one for one in first if one in other) or (*first, *other)
    unique = tuple(dict.fromkeys(first))
    if len(unique) == 1:
        return Person(one=unique[0])
    return Person(offers=tuple(one.name for one in unique))


def _found(
    words: Words, lexicon: Lexicon, spots: list[tuple[int, int]]
) -> Iterator[tuple[int, int, tuple[Colleague, ...]]]:
    taken: list[tuple[int, int]] = []
    for start, end, people in (*_called(words, lexicon), *_titled(words, lexicon)):
        whole = end - start > 0 and any(words_of(one.name) == words_of(words.text[start:end]) for one in people)
        sure = whole or wide(words.left[start]) or words.text[start].isupper()
        sure = sure or any(a <= start < b for a, b in spots)
        if sure and not any(start < b and a < end for a, b in taken):
            taken.append((start, end))
            yield start, end, people


def _called(words: Words, lexicon: Lexicon) -> Iterator[tuple[int, int, tuple[Colleague, ...]]]:
    """Whole names and parts of names, the longest first where they begin."""
    known = _ways(lexicon)
    tokens = tokenise(clean(words.left))
    at = 0
    while at < len(tokens):
        size = next((n for n in range(LONGEST, 0, -1) if _run(tokens, at, n) in known), 0)
        if size:
            yield tokens[at].start, tokens[at + size - 1].end, known[_run(tokens, at, size)]
        at += size or 1


def _run(tokens: list[Token], at: int, size: int) -> Run:
    return tuple(token.word for token in tokens[at : at + size]) if at + size <= len(tokens) else ()


def _ways(lexicon: Lexicon) -> dict[Run, tuple[Colleague, ...]]:
    found: defaultdict[Run, dict[Colleague, None]] = defaultdict(dict)
    others = lexicon.facts.company.words.people
    for person in lexicon.people:
        for way in (person.name, *others.get(person.name, ())):
            found[words_of(way)][person] = None
        for part in _parts(words_of(person.name)):
            found[part][person] = None
    return {run: tuple(people) for run, people in found.items() if run}


def _parts(name: Run) -> Iterable[Run]:
    """The names that make up a Latin name; the given name of a Chinese one."""
    if name and wide(name[0][0]):
        return [name[1:]] if len(name) > SHORT else []
    return [(word,) for word in name if len(word) > SHORT] if len(name) > 1 else []


def _titled(words: Words, lexicon: Lexicon) -> Iterator[tuple[int, int, tuple[Colleague, ...]]]:
    """A surname with a title or after a nickname's first part; a leader's title means those who lead, if any do."""
    by_surname: defaultdict[str, list[Colleague]] = defaultdict(list)
    for person in lexicon.people:
        if wide(person.name[0]):
            by_surname[person.name[0]].append(person)
    if not by_surname:
        return
    surnames = alternation([*by_surname])
    leading, anyone = (alternation(cues()["titles"][kind]) for kind in ("manager", "anyone"))
    nicknames = alternation(cues()["nicknames"])
    title, nickname = f"(?P<s>{surnames})(?:(?P<leads>{leading})|(?:{anyone}))", f"(?:{nicknames})(?P<n>{surnames})"
    cue = f"{title}|{nickname}"
    for found in re.finditer(cue, words.left):
        people = by_surname[found["s"] or found["n"]]
        leaders = [one for one in people if one.leads] if found["leads"] else []
        yield *found.span(), tuple(leaders or people)
