"""One feed made ready: which cells become which values of a row, so that each row is read by plain calls."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connectors.records.kinds import Field, Link, RecordKind, record_kinds
from connectors.records.mapping import (
    PLACEHOLDER,
    PLACES,
    Condition,
    CustomValue,
    Feed,
    FieldValue,
    LinkValue,
    Lookup,
    Mapping,
    Value,
)
from connectors.records.names import plain
from connectors.records.source import Source, SourceRow, SourceTable
from connectors.records.values import (
    BadValue,
    Convert,
    DateReader,
    NumberReader,
    as_text,
    read_boolean,
    read_choice,
    read_period,
    read_text,
)
from core.company import Company

Cells = list[Any]
Read = Callable[[Cells], Any]
MEMO = 20_000
OTHERS = "*"
TO_CANONICAL = {"region": "regions", "series": "series", "stage": "stages"}
"""Fields whose values are brought to the company's canonical word for them."""


@dataclass(frozen=True)
class Slot:
    """One value of a row: its name, the column shown in reports, how to pick the raw value and how to read it."""

    name: str
    shown: str
    pick: Read
    read: Read


@dataclass(frozen=True)
class LinkSlot:
    """One link of a row: the text to look up, and how."""

    link: Link
    slot: Slot
    value: LinkValue

    @property
    def match(self) -> str:
        """How the other record is found."""
        return self.value.match or self.link.match

    @property
    def create(self) -> bool:
        """Whether a record that is not found is made; managers are unless the mapping says no."""
        if self.value.create is None:
            return self.link.name == "manager"
        return self.value.create

    @property
    def required(self) -> bool:
        """Whether a row without it is bad."""
        return self.value.required or self.link.required


@dataclass(eq=False)
class Plan:
    """A feed made ready to read its table."""

    label: str
    feed: Feed
    kind: RecordKind
    table: SourceTable
    fields: list[Slot] = field(default_factory=list)
    custom: list[Slot] = field(default_factory=list)
    links: list[LinkSlot] = field(default_factory=list)
    tests: list[Callable[[Cells], bool]] = field(default_factory=list)
    id: Read | None = None
    feed_number: int = 0
    mapped_elsewhere: frozenset[str] = frozenset()
    """Columns that another feed of the same kind maps and this one does not."""

    def taken(self, cells: Cells) -> bool:
        """Whether the row meets every condition of `when`."""
        return all(test(cells) for test in self.tests)

    @property
    def columns(self) -> frozenset[str]:
        """The table's columns this feed fills."""
        return frozenset({slot.name for slot in self.fields} | {link.link.column for link in self.links})

    @property
    def mapped(self) -> set[str]:
        """The names this feed loads: fields, links and custom fields."""
        names = {slot.name for slot in (*self.fields, *self.custom)} | {link.link.name for link in self.links}
        return names | ({"start_date", "end_date"} if "period" in names else set()) - {"period"}


class Planner:
    """Makes plans of a checked mapping's feeds."""

    def __init__(self, mapping: Mapping, company: Company, source: Source) -> None:
        self._mapping = mapping
        self._source = source
        self._lookups: dict[Lookup, dict[str, Any]] = {}
        self._company = company
        self._empty = {plain(word) for word in mapping.empty} | {""}
        self._longest = max(len(word) for word in self._empty) + 2

    def plan(self, feed: Feed, table: SourceTable, label: str) -> Plan:
        """The plan of one feed over its table."""
        kind = record_kinds()[feed.record]
        columns = {name: index for index, name in enumerate((*table.columns, *PLACES))}
        plan = Plan(label, feed, kind, table)
        for name, value in feed.fields.items():
            if not value.from_reports:
                convert = self.converter(kind.fields[name], value)
                plan.fields.append(self._slot(name, value, columns, convert, self._known_words(name)))
        for name, custom in feed.custom.items():
            plan.custom.append(self._slot(name, custom, columns, self._custom_converter(custom), {}))
        for name, link in feed.links.items():
            plan.links.append(LinkSlot(kind.links[name], self._slot(name, link, columns, read_text, {}), link))
        plan.tests = [self._test(condition, columns) for condition in feed.when]
        if feed.id is not None:
            plan.id = self._slot("id", feed.id, columns, read_text, {}).read
        return plan

    def _slot(
        self, name: str, value: Value, columns: dict[str, int], convert: Convert, words: dict[str, str | None]
    ) -> Slot:
        pick = self._picker(value, columns)
        known = words | {plain(spelling): to for spelling, to in value.values.items()}
        memo: dict[str, Any] = {}

        lookup = self._lookup(value.lookup) if value.lookup else None

        def full(raw: Any) -> Any:
            if raw is not None and lookup is not None:
                raw = lookup(raw)
            if raw is not None and known:
                key = plain(as_text(raw))
                raw = known[key] if key in known else known.get(OTHERS, raw)
            if raw is None:
                raw = value.default
            return None if raw is None else convert(raw)

        def read(cells: Cells) -> Any:
            raw = pick(cells)
            if type(raw) is not str:
                return full(raw)
            if raw not in memo:
                if len(memo) >= MEMO:
                    memo.clear()
                memo[raw] = full(raw)
            return memo[raw]

        return Slot(name, ", ".join(value.columns) or name, pick, read)

    def _lookup(self, lookup: Lookup) -> Convert:
        """What another table says in the row where one of its columns has the value."""
        if lookup not in self._lookups:
            table = self._source.find(lookup.from_)
            assert table is not None
            by, take = table.columns.index(lookup.by), table.columns.index(lookup.take)
            found: dict[str, Any] = {}
            for row in table.rows():
                if not row.fault and self._clean(row.cells[by]) is not None:
                    found.setdefault(plain(as_text(row.cells[by])), self._clean(row.cells[take]))
            self._lookups[lookup] = found
        known = self._lookups[lookup]

        def look_up(raw: Any) -> Any:
            key = plain(as_text(raw))
            if key not in known:
                raise BadValue("not_in_lookup", table=lookup.from_, column=lookup.by)
            return known[key]

        return look_up

    def _clean(self, raw: Any) -> Any:
        """The cell, or None where it says nothing."""
        if not isinstance(raw, str):
            return None if isinstance(raw, float) and math.isnan(raw) else raw
        text = raw.strip()
        return None if len(text) < self._longest and plain(text) in self._empty else text

    def _picker(self, value: Value, columns: dict[str, int]) -> Read:
        if value.constant is not None:
            return lambda cells: value.constant
        if value.template is not None:
            return self._template(value.template, columns)
        clean = self._clean
        indexes = [columns[name] for name in value.column]
        if len(indexes) == 1:
            only = indexes[0]
            return lambda cells: clean(cells[only])

        def first(cells: Cells) -> Any:
            return next((found for index in indexes if (found := clean(cells[index])) is not None), None)

        return first

    def _template(self, template: str, columns: dict[str, int]) -> Read:
        parts = PLACEHOLDER.split(template)
        literals, indexes = parts[::2], [columns[name.strip()] for name in parts[1::2]]

        def fill(cells: Cells) -> str | None:
            found = [self._clean(cells[index]) for index in indexes]
            if all(value is None for value in found):
                return None
            texts = ["" if value is None else as_text(value) for value in found]
            joined = literals[0] + "".join(text + after for text, after in zip(texts, literals[1:], strict=True))
            return " ".join(joined.split())

        return fill

    def converter(self, of: Field, value: FieldValue) -> Convert:
        """How a value of that field is read from what a cell says."""
        number = NumberReader(value.number or self._mapping.number)
        dates = DateReader(value.date_format or self._mapping.date_format, self._company.timezone)
        converters: dict[str, Convert] = {
            "text": read_text,
            "money": number.money,
            "whole": number.whole,
            "number": number.json,
            "date": dates.date,
            "moment": dates.moment,
            "boolean": read_boolean,
            "period": read_period,
        }
        return read_choice(of) if of.kind == "choice" else converters[of.kind]

    def _custom_converter(self, value: CustomValue) -> Convert:
        convert = self.converter(Field("custom", value.type), value)
        return (lambda raw: convert(raw).isoformat()) if value.type == "date" else convert

    def _known_words(self, name: str) -> dict[str, str | None]:
        if name not in TO_CANONICAL:
            return {}
        words: dict[str, list[str]] = getattr(self._company.words, TO_CANONICAL[name])
        return {plain(one): canonical for canonical, ways in words.items() for one in (canonical, *ways)}

    def _test(self, condition: Condition, columns: dict[str, int]) -> Callable[[Cells], bool]:
        index = columns[condition.column]
        wanted = {plain(word) for word in condition.in_} if condition.in_ is not None else None
        unwanted = {plain(word) for word in condition.not_in or []}
        number = NumberReader(self._mapping.number)

        def test(cells: Cells) -> bool:
            found = self._clean(cells[index])
            text = "" if found is None else plain(as_text(found))
            if (wanted is not None and text not in wanted) or text in unwanted:
                return False
            if condition.empty is not None and condition.empty != (found is None):
                return False
            if condition.above is None and condition.below is None:
                return True
            try:
                amount = number.number(found) if found is not None else None
            except BadValue:
                amount = None
            return amount is not None and _between(amount, condition)

        return test


def _between(amount: Decimal, condition: Condition) -> bool:
    return (condition.above is None or amount > condition.above) and (
        condition.below is None or amount < condition.below
    )


def with_place(found: SourceRow, table: SourceTable) -> Cells:
    """A row's cells with its line and file after them, as `_line` and `_file`."""
    return [*found.cells, found.line, table.name]
