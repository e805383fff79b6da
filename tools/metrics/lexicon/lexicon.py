"""All words that mean something to one asker: the catalogue's, the company's, and the names they may see."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import or_, select

from core.identity import Role
from db.company import CompanyFacts
from db.engine import Reader
from db.tables import Account, Base, Contact, Deal, Person, Product
from tools.metrics.entries import Catalogue, Dimension, Metric, RecordKind
from tools.metrics.lexicon.names import Name, Names
from tools.metrics.lexicon.tokens import wide, words_of
from tools.metrics.lexicon.words import (
    Meaning,
    Phrases,
    Sequence,
    common_values,
    cue_phrases,
    deal_states,
    known_phrases,
)
from tools.metrics.loaded import missing_fields

FindDeals = Callable[[str], tuple[str, ...]]
UNNAMED = frozenset({"filler", "cue", "operations", "metrics", "off_topic"})
KEPT = 64
"""How many lexicons are remembered at a time."""


def _no_deals(said: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Colleague:
    """What the reader needs to know of a person: nobody's name is a secret."""

    id: int
    name: str
    role: Role
    region: str | None
    manager_id: int | None
    leads: bool


@dataclass(frozen=True)
class Lexicon:
    """Words and names in one asker's scope. `find_deals` looks a deal up by name or id, within that scope."""

    catalogue: Catalogue
    facts: CompanyFacts
    names: Names
    people: tuple[Colleague, ...]
    everything: bool
    nothing: bool = False
    find_deals: FindDeals = field(default=_no_deals, compare=False)

    @cached_property
    def terms(self) -> Phrases:
        """Every phrase that is not a name, with what it may stand for."""
        return _terms(self.catalogue)

    @cached_property
    def longest(self) -> dict[str, int]:
        """By first word, the number of words of the longest phrase that starts with it."""
        found: dict[str, int] = {}
        for phrase in self.terms:
            found[phrase[0]] = max(found.get(phrase[0], 0), len(phrase))
        return found

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every single word of those phrases."""
        return frozenset(word for phrase in self.terms for word in phrase)

    @cached_property
    def content_words(self) -> frozenset[str]:
        """The words of metrics, dimensions and records."""
        kinds = ("metric", "dimension", "record")
        return frozenset(word for phrase, found in self.terms.items() if found[0][0].kind in kinds for word in phrase)

    @cached_property
    def joined(self) -> dict[str, list[Sequence]]:
        """Phrases of several Latin words, written as one: `winrate`."""
        joined = {("".join(phrase)): found for phrase, found in self.terms.items() if len(phrase) > 1}
        return {word: found for word, found in joined.items() if len(word) > 5 and word.isascii()}

    @cached_property
    def _chinese(self) -> dict[str, list[str]]:
        """Chinese words of three characters or more, by their pattern with one character left out."""
        found: dict[str, list[str]] = {}
        terms = [phrase for phrase, ways in self.terms.items() if len(ways[0]) > 1 or ways[0][0].kind not in UNNAMED]
        said = map("".join, terms)
        names = (name.squashed for name in self.names.names if name.forgiving)
        for word in dict.fromkeys((*said, *names)):
            if 3 <= len(word) <= 7 and all(map(wide, word)):
                for at in range(len(word)):
                    found.setdefault(f"{word[:at]}_{word[at + 1 :]}", []).append(word)
        return found

    def chinese_like(self, window: str) -> str | None:
        """The one Chinese word that differs from `window` in one character."""
        near = {
            word
            for at in range(len(window))
            for word in self._chinese.get(f"{window[:at]}_{window[at + 1 :]}", ())
            if word != window
        }
        return near.pop() if len(near) == 1 else None

    def person(self, person_id: int) -> Colleague | None:
        """The colleague with that id."""
        return next((one for one in self.people if one.id == person_id), None)

    def named(self, name: str) -> list[Colleague]:
        """Everyone with exactly that name."""
        return [one for one in self.people if one.name == name]

    def never_loaded(self, needs: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
        """Which of the needed records, or fields of them, the company has never loaded."""
        return missing_fields(self.catalogue, self.facts.loaded, [needs])

    def with_deals(self, find_deals: FindDeals) -> "Lexicon":
        """The same words, with this way to look deals up."""
        copy = Lexicon(self.catalogue, self.facts, self.names, self.people, self.everything, self.nothing, find_deals)
        # Built on the lexicon that is kept: built on the copy, they would be built for every question.
        copy.__dict__.update({key: getattr(self, key) for key in DERIVED})
        return copy


DERIVED = frozenset({"terms", "longest", "vocabulary", "content_words", "joined", "_chinese"})
TICKETS = ("complaint", "question", "incident", "request")
_TERMS: dict[int, tuple[Catalogue, Phrases]] = {}


def _terms(catalogue: Catalogue) -> Phrases:
    kept = _TERMS.get(id(catalogue))
    if kept is None or kept[0] is not catalogue:
        _TERMS[id(catalogue)] = kept = (catalogue, dict(_all_terms(catalogue)))
    return kept[1]


def _all_terms(catalogue: Catalogue) -> Iterator[tuple[tuple[str, ...], list[tuple[Meaning, ...]]]]:
    cues = cue_phrases()
    found: Phrases = defaultdict(list)
    kinds: dict[str, Mapping[str, Metric | RecordKind | Dimension]] = {
        "metric": catalogue.metrics,
        "record": catalogue.records,
        "dimension": catalogue.dimensions,
    }
    for kind, entries in kinds.items():
        for name, entry in entries.items():
            for word in (*entry.words, *entry.labels.values()):
                phrase = words_of(word)
                meaning: Sequence = (Meaning(kind, name),)
                if phrase and phrase not in cues and kind == "metric" and _names_deals(name, word):
                    meaning = (Meaning("cue", deal_states()["metrics"][name]), Meaning("record", "deal"))
                if phrase and phrase not in cues and meaning not in found[phrase]:
                    found[phrase].append(meaning)
    for record in ("deal", "account", "product", "contact", "person"):
        for name, field_ in catalogue.records[record].fields.items() if record in catalogue.records else ():
            for word in (*field_.words, *field_.labels.values()):
                phrase = words_of(word)
                if phrase and phrase not in cues and phrase not in found:
                    found[phrase] = [(Meaning("field", name),)]
    for phrase, sequences in known_phrases().items():
        if phrase not in found:
            found[phrase] = sequences
    yield from {**{phrase: meanings for phrase, meanings in found.items() if meanings}, **cues}.items()


def _names_deals(metric: str, word: str) -> bool:
    """Whether a word for a count, as `won deals`, is a word for the deals as well."""
    states, words = deal_states(), words_of(word)
    inside = "".join(words)

    def holds(part: str) -> bool:
        return part in inside if wide(part[0]) else words_of(part)[0] in words

    return metric in states["metrics"] and any(map(holds, states["deals"])) and not any(map(holds, states["counts"]))


def names_of(dimension: str, value: str, ways: Iterable[str] = ()) -> Iterator[Name]:
    """Every way to write one value: its own, the company's, and those of common values in both languages."""
    common = common_values().get(dimension, {}).get(words_of(value), ())
    for way in dict.fromkeys((value, *ways, *common)):
        yield Name(dimension, value, words_of(way))


def open_names(people: Iterable[Colleague], catalogue: Catalogue, facts: CompanyFacts) -> Iterator[Name]:
    """Names of colleagues and of regions, in the company's spellings."""
    words = facts.company.words
    for person in people:
        if person.role in (Role.REP, Role.MANAGER, Role.DIRECTOR):
            yield from names_of("manager" if person.leads else "rep", person.name, words.people.get(person.name, ()))
    ways = catalogue.dimensions["region"].value_words
    for region in sorted({person.region for person in people if person.region}):
        yield from names_of("region", region, (*ways.get(region, ()), *words.regions.get(region, ())))
    if "ticket" in facts.loaded:
        for kind in TICKETS:
            yield from names_of("kind", kind)
    for stage, said in catalogue.dimensions["stage"].value_words.items():
        if stage in ("prospecting", "engaging"):
            yield from names_of("stage", stage, (*said, *words.stages.get(stage, ())))


def build_lexicon(reader: Reader, catalogue: Catalogue, facts: CompanyFacts) -> Lexicon:
    """The lexicon of the asker whose reader this is. Costs a few queries; `LexiconCache` remembers it."""
    people = _read_people(reader)
    names = [*open_names(people, catalogue, facts), *_product_names(reader, facts), *_scoped_names(reader, facts)]
    names += _custom_names(reader, catalogue)
    scope = reader.scope
    return Lexicon(catalogue, facts, Names(names), people, scope.everything, scope.nothing)


def _read_people(reader: Reader) -> tuple[Colleague, ...]:
    columns = (Person.id, Person.name, Person.role, Person.region, Person.manager_id)
    rows = reader.execute(select(*columns).where(Person.active).order_by(Person.id)).all()
    leaders = {row.manager_id for row in rows}
    return tuple(
        Colleague(row.id, row.name, row.role, row.region, row.manager_id, row.id in leaders or row.role is Role.MANAGER)
        for row in rows
    )


def _product_names(reader: Reader, facts: CompanyFacts) -> Iterator[Name]:
    words = facts.company.words
    rows = reader.execute(select(Product.name, Product.series).order_by(Product.id)).all()
    for product in dict.fromkeys(row.name for row in rows):
        yield from names_of("product", product, words.products.get(product, ()))
    for series in dict.fromkeys(row.series for row in rows if row.series):
        yield from names_of("series", series, words.series.get(series, ()))


def _scoped_names(reader: Reader, facts: CompanyFacts) -> Iterator[Name]:
    if reader.scope.nothing:
        return
    accounts = reader.scope.rows(Account)
    rows = reader.execute(select(accounts.c.name, accounts.c.sector, accounts.c.country, accounts.c.parent)).all()
    for row in rows:
        yield from names_of("account", row.name, facts.company.words.accounts.get(row.name, ()))
    for dimension in ("sector", "country", "parent"):
        for value in dict.fromkeys(getattr(row, dimension) for row in rows):
            if value:
                yield from names_of(dimension, value)
    contacts = reader.scope.rows(Contact)
    for name in reader.execute(select(contacts.c.name).distinct()).scalars():
        yield from names_of("contact", name)


def _custom_names(reader: Reader, catalogue: Catalogue) -> Iterator[Name]:
    """The values of the company's own text fields on accounts and deals."""
    if reader.scope.nothing:
        return
    models: dict[str, type[Base]] = {"account": Account, "deal": Deal}
    for dimension in catalogue.dimensions.values():
        if dimension.custom and dimension.type == "text":
            for record, column in (source.split(".", 1) for source in dimension.values):
                if record not in models:
                    continue
                rows = reader.scope.rows(models[record])
                values = reader.execute(select(rows.c.custom[column.split(".")[-1]].as_string()).distinct()).scalars()
                for value in values:
                    if value:
                        yield from names_of(dimension.name, value, dimension.value_words.get(value, ()))


def deal_finder(reader: Reader) -> FindDeals:
    """Looks deals up by name or external id among those the reader's asker may see."""

    def find(said: str) -> tuple[str, ...]:
        deals = reader.scope.rows(Deal)
        ways = sorted({said, said.upper(), said.lower(), said.title()})
        fits = deals.c.name.in_(ways) | deals.c.external_id.in_(ways)
        fits |= or_(*(deals.c.name.startswith(f"{way} ", autoescape=True) for way in ways))
        rows = reader.execute(select(deals.c.name, deals.c.external_id).where(fits).limit(3)).all()
        return tuple(row.name or row.external_id for row in rows)

    return find


class LexiconCache:
    """Lexicons by whose rows they are of and the version of the company's data."""

    def __init__(self) -> None:
        self._kept: dict[tuple[bool, frozenset[int], datetime], Lexicon] = {}

    def get(self, reader: Reader, catalogue: Catalogue, facts: CompanyFacts) -> Lexicon:
        """The lexicon of this reader's asker, built at most once for each load of the company's data."""
        scope = reader.scope
        key = (scope.everything, scope.people, facts.version)
        if key not in self._kept:
            while len(self._kept) >= KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = build_lexicon(reader, catalogue, facts)
        return self._kept[key].with_deals(deal_finder(reader))
