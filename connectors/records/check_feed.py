"""Whether one feed fits its table and its kind of record."""

from connectors.records.kinds import Field, Link, RecordKind, record_kinds
from connectors.records.mapping import PLACES, CustomValue, Feed, FieldValue, LinkValue, Mapping, Value
from connectors.records.parse import Problems
from connectors.records.plan import TO_CANONICAL, Planner
from connectors.records.source import Source, SourceTable
from connectors.records.tree import Path_
from connectors.records.values import BadValue, good_date_format
from core.company import Company

DATES = ("date", "moment")
NUMBERS = ("money", "whole", "number")


class FeedCheck:
    """Checks one feed; what it finds goes to `problems`."""

    def __init__(
        self, feed: Feed, at: Path_, tables: list[SourceTable], problems: Problems, opened: Source | None
    ) -> None:
        self._feed = feed
        self._at = at
        self._tables = tables
        self._opened = opened
        self._problems = problems
        self._kind: RecordKind = record_kinds()[feed.record]

    def _add(self, path: Path_, problem: str, **params: object) -> None:
        self._problems.add((*self._at, *path), problem, **params)

    def columns(self, path: Path_, names: list[str]) -> None:
        """Every column is there, once, in every table of the feed."""
        for table in self._tables:
            self._columns_of(table, path, [name for name in names if name not in PLACES])

    def _columns_of(self, table: SourceTable, path: Path_, names: list[str]) -> None:
        for name in (one.strip() for one in names):
            times = table.columns.count(name)
            if times == 1:
                continue
            near = self._problems.near(name, table.columns)
            key = "column_twice" if times else "missing_column"
            self._add(path, key, column=name, table=table.name, near=near)

    def origin(self, path: Path_, value: Value) -> None:
        """The columns a value reads are there, and the table it is looked up in."""
        self.columns(path, value.columns)
        if value.lookup is None or self._opened is None:
            return
        table = self._opened.find(value.lookup.from_)
        if table is None:
            name = value.lookup.from_
            known = ", ".join(self._opened.tables)
            near = self._problems.near(name, self._opened.tables)
            self._add((*path, "lookup", "from"), "missing_table", name=name, near=near, tables=known)
            return
        self._columns_of(table, (*path, "lookup", "by"), [value.lookup.by])
        self._columns_of(table, (*path, "lookup", "take"), [value.lookup.take])

    def fields(self) -> None:
        """Every field exists, and is read in a way its kind has."""
        for name, value in self._feed.fields.items():
            path: Path_ = ("fields", name)
            field = self._kind.fields.get(name)
            if field is None:
                key = "field_is_link" if name in self._kind.links else "unknown_field"
                near = self._problems.near(name, [*self._kind.fields, *self._kind.links])
                self._add(path, key, name=name, record=self._kind.name, near=near)
                self.origin(path, value)
                continue
            if value.from_reports and (self._kind.name, name) != ("person", "role"):
                self._add(path, "from_reports")
            self.value(path, field, value)

    def value(self, path: Path_, field: Field, value: FieldValue) -> None:
        """One value: its columns, its formats, and what it can turn into."""
        self.origin(path, value)
        if value.date_format and field.kind not in DATES:
            self._add((*path, "date_format"), "not_a_date_field", name=field.name, kind=field.kind)
        if value.number is not None and field.kind not in NUMBERS:
            self._add((*path, "number"), "not_a_number_field", name=field.name, kind=field.kind)
        bad_formats = [form for form in value.date_format if not good_date_format(form)]
        for form in bad_formats:
            self._add((*path, "date_format"), "bad_date_format", format=form)
        if not bad_formats:
            self._outcomes(path, field, value)

    def _outcomes(self, path: Path_, field: Field, value: FieldValue) -> None:
        """What a constant, a default or a value map gives must be a value of the field."""
        bare = Mapping.model_validate({"source": "x", "records": [{"record": "person"}]})
        convert = Planner(bare, Company(), Source("")).converter(field, value)
        outcomes = [((*path, "values", spelling), to) for spelling, to in value.values.items() if to is not None]
        outcomes += [((*path, key), text) for key in ("constant", "default") if (text := getattr(value, key))]
        for place, text in outcomes:
            if field.name in TO_CANONICAL and field.kind == "text":
                continue
            if value.constant == text and text in value.values:
                continue
            try:
                convert(text)
            except BadValue:
                choices = ", ".join(field.choices) or field.kind
                near = self._problems.near(text, field.choices)
                self._add(place, "bad_outcome", value=text, name=field.name, choices=choices, near=near)

    def custom(self) -> None:
        """Custom fields have good names and readable types."""
        for name, value in self._feed.custom.items():
            path: Path_ = ("custom", name)
            if not name.isidentifier() or name != name.lower() or not name.isascii() or name.startswith("_"):
                self._add(path, "custom_name", name=name)
            if name in self._kind.fields or name in self._kind.links:
                self._add(path, "custom_taken", name=name, record=self._kind.name)
            self._check_custom(path, value)

    def _check_custom(self, path: Path_, value: CustomValue) -> None:
        if value.from_reports:
            self._add(path, "from_reports")
        self.value(path, Field(str(path[-1]), value.type), value)

    def links(self) -> None:
        """Links exist, and are looked up in a way their target can be found."""
        for name, value in self._feed.links.items():
            path: Path_ = ("links", name)
            self.origin(path, value)
            link = self._kind.links.get(name)
            if link is None:
                key = "link_is_field" if name in self._kind.fields else "unknown_link"
                near = self._problems.near(name, [*self._kind.links, *self._kind.fields])
                known = ", ".join(self._kind.links)
                self._add(path, key, name=name, record=self._kind.name, near=near, links=known)
                continue
            self._link(path, link, value)

    def _link(self, path: Path_, link: Link, value: LinkValue) -> None:
        target = record_kinds()[link.target]
        match = value.match or link.match
        if (match == "email" and link.target != "person") or (match == "name" and not target.named):
            self._add((*path, "match"), "bad_match", match=match, target=link.target)
        if value.create and (match == "email" or link.target not in ("person", "account", "product")):
            self._add((*path, "create"), "bad_create", target=link.target)
        if value.source is not None and match != "id":
            self._add((*path, "source"), "source_needs_id")

    def needed(self) -> None:
        """Whatever the kind can't do without is mapped."""
        filled = set(self._feed.fields)
        wanted = {name for name, field in self._kind.fields.items() if field.required}
        wanted |= {name for name, link in self._kind.links.items() if link.required}
        alternatives = {"activity": [{"date"}, {"at"}], "target": [{"period"}, {"start_date", "end_date"}]}
        for name in sorted(wanted - filled - set(self._feed.links)):
            part = "links" if name in self._kind.links else "fields"
            self._add((), "not_mapped", name=f"{part}.{name}", record=self._kind.name)
        options = alternatives.get(self._kind.name, [])
        if options and not any(option <= filled for option in options):
            names = " / ".join(" + ".join(sorted(option)) for option in options)
            self._add((), "not_mapped", name=names, record=self._kind.name)

    def rest(self) -> None:
        """The id and the conditions read columns that are there."""
        if self._feed.id is not None:
            self.origin(("id",), self._feed.id)
        for index, condition in enumerate(self._feed.when):
            self.columns(("when", index, "column"), [condition.column])


def check_feed(
    feed: Feed, at: Path_, tables: list[SourceTable], problems: Problems, *, opened: Source | None, partial: bool
) -> None:
    """Add every problem of one feed; `partial` where another feed already fills the same records."""
    check = FeedCheck(feed, at, tables, problems, opened)
    check.fields()
    check.links()
    check.custom()
    check.rest()
    if not partial:
        check.needed()
