"""From a question about conversations to what to look for: whose words, when, of what kind, about what."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from core.periods import Period, find_periods
from tools.metrics.lexicon import Lexicon
from tools.metrics.lexicon.names import Found, Name
from tools.metrics.lexicon.tokens import Token, clean, tokenise, wide

Mode = Literal["topic", "kinds", "latest"]
Place = Literal["who", "about", "act"]
FILE = Path(__file__).parent / "asked.yaml"
WHO = ("account", "contact", "rep", "manager", "region", "parent")
CUSTOMERS = ("account", "contact", "parent")
SHORT = 4


@dataclass(frozen=True)
class Asked:
    """What a question asks for. `unknown` is a name in a customer's place that none of the asker's customers bears.

    `doubt` are several customers that one name fits about equally.
    """

    topic: str
    mode: Mode
    names: tuple[Name, ...] = ()
    period: Period | None = None
    kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    ours: bool = False
    unknown: str | None = None
    doubt: tuple[str, ...] = ()

    def named(self, *dimensions: str) -> tuple[str, ...]:
        """The values of these dimensions that were named."""
        return tuple(dict.fromkeys(name.value for name in self.names if name.dimension in dimensions))


@dataclass
class _Text:
    """The question as typed and as matched; what is understood is blanked out of `left`."""

    original: str
    clean: str
    left: str = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.clean

    def blank(self, start: int, end: int) -> None:
        self.left = self.left[:start] + " " * (end - start) + self.left[end:]


def read(question: str, lexicon: Lexicon, today: date, *, place: Place = "who") -> Asked:
    """What the question asks for; names are those in the asker's scope. `place` says where a customer would stand."""
    text = _Text(question, clean(question))
    kinds = _kinds(text, "kinds")
    period = _period(text, lexicon, today)
    names, doubt = _names(text, lexicon)
    unknown = None
    if doubt:
        names, doubt = _slip(text, lexicon, names, doubt, place)
    elif not any(name.dimension in CUSTOMERS for name in names):
        names, doubt, unknown = _placed(text, lexicon, names, place)
    topic, content = _topic(text, kinds)
    return Asked(
        topic=topic,
        mode="topic" if content else "kinds" if kinds else "latest",
        names=names,
        period=period,
        kinds=tuple(dict.fromkeys((*kinds, *_kinds(text, "hints")))),
        channels=tuple(
            name for name, cues in _rules()["channels"].items() if any(cue.search(text.clean) for cue in cues)
        ),
        ours=any(cue.search(text.clean) for cue in _rules()["ours"]),
        unknown=unknown,
        doubt=doubt,
    )


def _kinds(text: _Text, words: Literal["kinds", "hints"]) -> tuple[str, ...]:
    return tuple(kind for kind, cues in _rules()[words].items() if any(cue.search(text.clean) for cue in cues))


def _period(text: _Text, lexicon: Lexicon, today: date) -> Period | None:
    found = find_periods(text.clean, today, fiscal_year_start=lexicon.facts.company.fiscal_year_start)
    for match in found:
        text.blank(match.start, match.end)
    return found[0].period if found else None


def _names(text: _Text, lexicon: Lexicon) -> tuple[tuple[Name, ...], tuple[str, ...]]:
    """The names in the question, and the customers that one of them leaves open."""
    tokens = tokenise(text.clean)
    words = [token.word for token in tokens]
    found: list[Name] = []
    doubt: tuple[str, ...] = ()
    at = 0
    while at < len(tokens):
        end, names = _best(text, lexicon, tokens, words, at)
        if not names:
            at += 1
            continue
        values = tuple(dict.fromkeys(name.value for name in names))
        if len(values) == 1:
            found.append(names[0])
        else:
            doubt = values
        text.blank(tokens[at].start, tokens[end - 1].end)
        at = end
    return tuple(dict.fromkeys(found)), doubt


def _best(
    text: _Text, lexicon: Lexicon, tokens: list[Token], words: list[str], at: int
) -> tuple[int, tuple[Name, ...]]:
    """The longest run from `at` that names someone; whole names before parts of names."""
    runs = lexicon.names.starting_at(words, at)
    for whole in (True, False):
        for end in sorted(runs, reverse=True):
            run = runs[end]
            names = _people(run)
            if run.whole is whole and names and not _is_common(text, lexicon, tokens, (at, end), run):
                return end, names
    squashed = _people_of(lexicon.names.squashed(words[at])) if len(words[at]) >= SHORT else ()
    return at + 1, squashed


def _people(found: Found) -> tuple[Name, ...]:
    return _people_of(found.names)


def _people_of(names: Iterable[Name]) -> tuple[Name, ...]:
    """Customers before contacts before our own people, where a name fits several."""
    fitting = [name for name in names if name.dimension in WHO]
    best = min((WHO.index(name.dimension) for name in fitting), default=0)
    return tuple(name for name in fitting if WHO.index(name.dimension) == best)


def _is_common(text: _Text, lexicon: Lexicon, tokens: list[Token], at: tuple[int, int], found: Found) -> bool:
    """Whether words that are part of a name are rather ordinary words here, or part of a name that nobody bears."""
    if found.whole:
        return False
    run = tokens[at[0] : at[1]]
    written = text.original[run[0].start : run[-1].end]
    if wide(written[0]):
        return len(written) < 2 or tuple(token.word for token in run) in lexicon.terms
    beside = [tokens[place] for place in (at[0] - 1, at[1]) if 0 <= place < len(tokens)]
    if any(_is_strange(text, lexicon, token) for token in beside):
        return True
    ordinary = all(token.word in lexicon.vocabulary or len(token.word) < SHORT for token in run)
    return ordinary and not (written[0].isupper() and run[0].start > 0)


def _is_strange(text: _Text, lexicon: Lexicon, token: Token) -> bool:
    """A Latin word that says nothing by itself nor to the records: next to part of a name, it makes another name."""
    if not token.latin or token.word in lexicon.vocabulary:
        return False
    written = text.clean[token.start : token.end]
    return not any(cue.fullmatch(written) for cue in (*_rules()["empty"], *_kind_cues()))


def _kind_cues() -> list[re.Pattern[str]]:
    return [cue for words in ("kinds", "hints") for cues in _rules()[words].values() for cue in cues]


def _slip(
    text: _Text, lexicon: Lexicon, names: tuple[Name, ...], doubt: tuple[str, ...], place: Place
) -> tuple[tuple[Name, ...], tuple[str, ...]]:
    """Where a part of a name fits several: the one that all of it is, but for a slip of the keyboard."""
    found = next((found for cue in _rules()[place] if (found := cue.search(text.clean))), None)
    near = _people_of(lexicon.names.values_like(found["who"])) if found else ()
    if len({name.value for name in near}) != 1 or found is None:
        return names, doubt
    text.blank(*found.span("who"))
    return (*names, near[0]), ()


def _placed(
    text: _Text, lexicon: Lexicon, names: tuple[Name, ...], place: Place
) -> tuple[tuple[Name, ...], tuple[str, ...], str | None]:
    """Who stands in the customer's place though no name was found.

    A part of a name beside a word that might have been of it, too; a slip of the keyboard; or someone unknown.
    """
    said = _who(text, place)
    if said is None:
        return names, (), None
    words = [token.word for token in tokenise(clean(said))]
    exact = lexicon.names.starting_at(words, 0).get(len(words))
    like = exact.names if exact is not None else lexicon.names.values_like(said)
    near = _people_of(name for name in like if name.dimension in CUSTOMERS)
    values = tuple(dict.fromkeys(name.value for name in near))
    start = text.clean.find(clean(said))
    text.blank(start, start + len(said))
    if len(values) == 1:
        return (*names, near[0]), (), None
    return (names, values, None) if values else (names, (), said)


def _who(text: _Text, place: Place) -> str | None:
    """The words in a customer's place, unless they are nobody in particular or one that is understood already."""
    for cue in _rules()[place]:
        found = cue.search(text.clean)
        if found is None:
            continue
        start, end = found.span("who")
        said = text.left[start:end].strip(" ,.'")
        if not said or any(one.search(said) for one in _rules()["anyone"]):
            return None
        return text.original[start:end].strip(" ,.'") if said == text.clean[start:end].strip(" ,.'") else None
    return None


def _topic(text: _Text, kinds: tuple[str, ...]) -> tuple[str, str]:
    """What to search for, and what of it carries meaning beyond the signals that are asked for."""
    said = content = text.left
    for cue in _rules()["frames"]:
        said = cue.sub(" ", said)
    named = [cue for kind in kinds for cue in _rules()["kinds"][kind]]
    for cue in (*named, *_rules()["frames"], *_rules()["empty"]):
        content = cue.sub(" ", content)
    return " ".join(said.split()).strip(_edges()), "".join(char for char in content if char.isalnum())


def asks_for_latest(question: str) -> bool:
    """Whether the last exchange itself is asked for, whatever it was about."""
    return any(cue.search(clean(question)) for cue in _rules()["latest"])


def facts_asked(question: str) -> tuple[str, ...]:
    """The facts of a customer that the question is about; none when all of them are."""
    text = clean(question)
    return tuple(name for name, cues in _rules()["facts"].items() if any(cue.search(text) for cue in cues))


@cache
def _edges() -> str:
    return str(yaml.safe_load(FILE.read_text(encoding="utf-8"))["edges"])


@cache
def _rules() -> dict[str, Any]:
    tree = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: _compiled(rules) for name, rules in tree.items() if name != "edges"}


def _compiled(rules: Any) -> Any:
    if isinstance(rules, dict):
        return {name: list(_patterns(cues)) for name, cues in rules.items()}
    return list(_patterns(rules))


def _patterns(cues: list[str]) -> Iterator[re.Pattern[str]]:
    return (re.compile(cue) for cue in cues)
