"""Whether a mapping fits its source and our records: every problem is found before anything is written."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import Engine
from yaml import YAMLError

from connectors.records.check_feed import check_feed
from connectors.records.company import company_of
from connectors.records.kinds import record_kinds
from connectors.records.mapping import Feed, Mapping
from connectors.records.parse import Parsed, Problems, parse
from connectors.records.source import BadSource, Source, SourceTable, open_source
from connectors.records.tree import Path_, read_tree
from connectors.records.values import good_date_format
from core.company import Company
from core.errors import ProblemList
from core.wording import Lang

SHOWN_TABLES = 20


class MappingProblems(ProblemList):
    """A mapping does not fit its source; all its problems are in `problems`, and nothing was loaded."""


class ReadyFeed(NamedTuple):
    """One feed with the table it reads."""

    label: str
    feed: Feed
    table: SourceTable
    number: int


@dataclass(frozen=True)
class Ready:
    """A mapping without problems."""

    mapping: Mapping
    company: Company
    feeds: list[ReadyFeed]
    source: Source


def checked(source: str, file: Path, engine: Engine, lang: Lang) -> Ready:
    """The mapping of `file` if it fits `source`; MappingProblems with everything that does not otherwise."""
    problems = Problems(lang)
    parsed = parse(file, problems)
    opened = _open(source, parsed, problems)
    said = _said(parsed.mapping, file, problems)
    feeds = _feeds(parsed, opened, problems)
    if parsed.mapping is not None:
        for index, form in enumerate(parsed.mapping.date_format):
            if not good_date_format(form):
                problems.add(("date_format", index), "bad_date_format", format=form)
    if problems.found or parsed.mapping is None or opened is None:
        raise MappingProblems(file.name, problems.found)
    return Ready(parsed.mapping, company_of(parsed.mapping, said, engine), feeds, opened)


def _open(source: str, parsed: Parsed, problems: Problems) -> Source | None:
    formats = parsed.mapping.files if parsed.mapping else {}
    try:
        opened = open_source(source, formats)
    except BadSource as error:
        problems.add((), f"source.{error.reason}", **error.params)
        return None
    for problem in opened.problems:
        problems.add((), f"source.{problem.reason}", **problem.params)
    for name in formats:
        if opened.find(name) is None and name not in opened.files:
            near = problems.near(name, opened.files | set(opened.tables))
            problems.add(("files", name), "unknown_table", name=name, near=near)
    return opened


def _said(mapping: Mapping | None, file: Path, problems: Problems) -> Company | None:
    """What the mapping, or the file it names, says of the company."""
    if mapping is None:
        return None
    if mapping.company is not None and mapping.company_file is not None:
        problems.add(("company_file",), "two_companies")
    if mapping.company_file is None:
        return mapping.company
    try:
        return Company.model_validate(read_tree(file.parent / mapping.company_file).data)
    except (OSError, UnicodeDecodeError, YAMLError, ValidationError) as error:
        detail = " ".join(str(error).split())
        problems.add(("company_file",), "bad_company_file", file=mapping.company_file, detail=detail)
        return None


def _feeds(parsed: Parsed, opened: Source | None, problems: Problems) -> list[ReadyFeed]:
    ready: list[ReadyFeed] = []
    seen: dict[str, int] = {}
    filled: set[str] = set()
    for index, feed in parsed.feeds:
        at: Path_ = ("records", index)
        if feed.record not in record_kinds():
            near = problems.near(feed.record, record_kinds())
            problems.add((*at, "record"), "unknown_record", name=feed.record, near=near)
            continue
        first = seen.setdefault(feed.model_dump_json(include={"record", "from_", "id", "when"}), index)
        if first != index:
            problems.add(at, "duplicate_feed", first=first + 1)
        tables = _tables(feed, at, opened, problems)
        partial = index in parsed.broken or feed.record in filled
        check_feed(feed, at, tables, problems, opened=opened, partial=partial)
        filled.add(feed.record)
        for table in tables:
            ready.append(ReadyFeed(f"{index + 1} {feed.record} < {table.name}", feed, table, index))
    _agree(parsed, problems)
    return ready


def _tables(feed: Feed, at: Path_, opened: Source | None, problems: Problems) -> list[SourceTable]:
    """The tables a feed reads; one that is not there is a problem."""
    if opened is None:
        return []
    if not feed.from_:
        only = opened.find(None)
        if only is None:
            problems.add(at, "which_table", tables=", ".join(opened.tables))
        return [only] if only else []
    tables: dict[str, SourceTable] = {}
    for name in feed.from_:
        found = opened.matching(name)
        if not found:
            known = ", ".join(list(opened.tables)[:SHOWN_TABLES])
            near = problems.near(name, opened.tables)
            problems.add((*at, "from"), "missing_table", name=name, near=near, tables=known)
        tables |= {table.name: table for table in found}
    return list(tables.values())


def _agree(parsed: Parsed, problems: Problems) -> None:
    """One custom field has one type, in all feeds and in the company's own list."""
    types: dict[tuple[str, str], str] = {}
    company = parsed.mapping.company if parsed.mapping else None
    for one in company.custom_fields if company else []:
        types[(one.record, one.name)] = one.type
    for index, feed in parsed.feeds:
        for name, custom in feed.custom.items():
            before = types.setdefault((feed.record, name), custom.type)
            if before != custom.type:
                at: Path_ = ("records", index, "custom", name, "type")
                problems.add(at, "two_types", name=name, type=custom.type, before=before)
