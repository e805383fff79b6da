"""What can be wrong with a catalogue, all of it found at once."""

from collections import defaultdict
from collections.abc import Iterator

from db.tables import RECORDS
from tools.metrics.entries import Catalogue, Dimension, Labels, Metric, RecordKind, columns_of

PERIOD = "period"
"""The date of a metric whose rows have a first and a last day."""


def find_problems(catalogue: Catalogue) -> list[str]:
    """Every name that leads nowhere, every text missing in a language, every word with two meanings."""
    problems: list[str] = []
    for metric in catalogue.metrics.values():
        problems += _metric_problems(catalogue, metric)
    for dimension in catalogue.dimensions.values():
        problems += _dimension_problems(catalogue, dimension)
    for kind in catalogue.records.values():
        problems += _record_problems(catalogue, kind)
    return problems + list(_shared_words("metrics", {m.name: m.words for m in catalogue.metrics.values()}))


def _metric_problems(catalogue: Catalogue, metric: Metric) -> Iterator[str]:
    where = f"metrics.{metric.name}"
    yield from _text_problems(where, metric.labels, metric.words)
    yield from _text_problems(where, metric.definitions, metric.words)
    kind = catalogue.records.get(metric.record)
    if kind is None:
        yield f"{where}.record: there is no record {metric.record!r}"
        return
    if metric.snapshot == (metric.date is not None):
        yield f"{where}: a snapshot has no date, and every other metric has one"
    if metric.date not in (None, PERIOD, *kind.dates):
        yield f"{where}.date: {metric.date!r} is not a date of {metric.record}"
    for field in {name for measure in metric.measures for name in measure.fields} - set(kind.fields):
        yield f"{where}: {metric.record} has no field {field!r}"
    yield from _need_problems(catalogue, where, metric.needs)


def _need_problems(catalogue: Catalogue, where: str, needs: dict[str, tuple[str, ...]]) -> Iterator[str]:
    for record, fields in needs.items():
        columns = columns_of(record) if record in RECORDS else frozenset()
        for field in fields:
            if field not in columns and f"{field}_id" not in columns:
                yield f"{where}.needs: there is no {record}.{field}"


def _dimension_problems(catalogue: Catalogue, dimension: Dimension) -> Iterator[str]:
    where = f"dimensions.{dimension.name}"
    yield from _text_problems(where, dimension.labels, dimension.words)
    if not dimension.grain and not dimension.paths:
        yield f"{where}.paths: at least one is needed"
    for path in dimension.paths:
        if not any(catalogue.path_exists(record, path) for record in catalogue.records):
            yield f"{where}.paths: {path!r} leads nowhere from any record"
    for value in dimension.values:
        record, _, field = value.partition(".")
        if record not in catalogue.records or field not in catalogue.records[record].fields:
            yield f"{where}.values: there is no {value}"
    yield from _need_problems(catalogue, where, dimension.needs)
    yield from _shared_words(where, dimension.value_words)


def _record_problems(catalogue: Catalogue, kind: RecordKind) -> Iterator[str]:
    where = f"records.{kind.record}"
    yield from _text_problems(where, kind.labels, kind.words)
    if kind.record not in RECORDS:
        yield f"{where}: there is no such table"
        return
    for name in (kind.name, kind.date, kind.size, *kind.show):
        if name is not None and name not in kind.fields:
            yield f"{where}: there is no field {name!r}"
    for join, (column, target) in kind.joins.items():
        if column not in columns_of(kind.record) or target not in catalogue.records:
            yield f"{where}.joins.{join}: {column} → {target} does not exist"
    for field in kind.fields.values():
        yield from _text_problems(f"{where}.{field.name}", field.labels, field.words)
        for path in field.paths:
            if not catalogue.path_exists(kind.record, path):
                yield f"{where}.{field.name}: {path!r} leads nowhere"


def _text_problems(where: str, texts: Labels, words: tuple[str, ...]) -> Iterator[str]:
    for lang in ("en", "zh"):
        if not texts.get(lang, "").strip():
            yield f"{where}: a text is missing in {lang!r}"
    if not words or any(not word.strip() for word in words):
        yield f"{where}.words: at least one is needed, and none may be blank"


def _shared_words(where: str, names: dict[str, tuple[str, ...]]) -> Iterator[str]:
    users: defaultdict[str, list[str]] = defaultdict(list)
    for name, words in names.items():
        for word in dict.fromkeys(word.casefold() for word in words):
            users[word].append(name)
    for word, found in users.items():
        if len(found) > 1:
            yield f"{where}: {word!r} is a word of {' and '.join(found)}"
