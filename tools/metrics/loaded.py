"""Which records a question rests on that the company has never loaded."""

from collections.abc import Iterator

from core.reply import Status
from core.wording import Lang
from tools.metrics.entries import Catalogue, Dimension
from tools.metrics.frame import Frame, Refused
from tools.metrics.query import MetricQuery, RecordQuery, Refusal

Needs = dict[str, tuple[str, ...]]


def never_loaded(frame: Frame, question: MetricQuery) -> dict[str, list[str]]:
    """Kind of record → its missing fields; no field where the whole kind was never loaded."""
    found: dict[str, list[str]] = {}
    for needs in _needs(frame.catalogue, question):
        for record, fields in needs.items():
            if record not in frame.loaded:
                found[record] = []
            elif found.get(record) != []:
                missing = [field for field in fields if not _has(frame, record, field)]
                if missing:
                    found[record] = list(dict.fromkeys((*found.get(record, ()), *missing)))
    return found


def in_words(catalogue: Catalogue, missing: dict[str, list[str]], lang: Lang) -> str:
    """The missing records, with the fields where only those are missing."""
    found = []
    for record, fields in missing.items():
        label = _label(catalogue, record, None, lang)
        named = ", ".join(_label(catalogue, record, name, lang) for name in fields)
        found.append(f"{label} ({named})" if named else label)
    return ", ".join(found)


def _label(catalogue: Catalogue, record: str, field: str | None, lang: Lang) -> str:
    kind = catalogue.records[record]
    if field is None:
        return kind.labels[lang]
    return kind.fields[field].labels[lang] if field in kind.fields else field


def _needs(catalogue: Catalogue, question: MetricQuery) -> Iterator[Needs]:
    for name in (*question.metrics, *(one.metric for one in question.having)):
        yield catalogue.metrics[name].needs
    filtered = (one.field for one in question.filters)
    for name in (*question.group_by, *filtered, *((question.distinct,) if question.distinct else ())):
        dimension: Dimension | None = catalogue.dimensions.get(name)
        if dimension is not None:
            yield dimension.needs


def _has(frame: Frame, record: str, field: str) -> bool:
    kind = frame.catalogue.records[record]
    paths = kind.fields[field].paths if field in kind.fields else (field,)
    return any(_loaded(frame, record, path) for path in (field, *paths))


def _loaded(frame: Frame, record: str, path: str) -> bool:
    *steps, name = path.split(".")
    joins = frame.catalogue.records[record].joins
    if steps and steps[0] in joins and len(steps) == 1 and steps[0] != name:
        other = joins[steps[0]][1]
        by_join = _any(frame.loaded.get(record, frozenset()), steps[0])
        return by_join and (name == "name" or _any(frame.loaded.get(other, frozenset()), name))
    return not steps and _any(frame.loaded.get(record, frozenset()), name)


def _any(loaded: frozenset[str], field: str) -> bool:
    return field in loaded or f"{field}_id" in loaded


def check_loaded(frame: Frame, question: MetricQuery, lang: Lang) -> None:
    """Refused, naming the records, where what the question rests on was never loaded."""
    _refuse(frame, never_loaded(frame, question), lang)


def check_records_loaded(frame: Frame, question: RecordQuery, lang: Lang) -> None:
    """Refused where this kind of record, or what it must never have, was never loaded."""
    kinds = [] if question.record == "person" else [question.record]
    missing: dict[str, list[str]] = {record: [] for record in kinds if record not in frame.loaded}
    if question.never is not None and not missing:
        missing = never_loaded(frame, MetricQuery((question.never,)))
    _refuse(frame, missing, lang)


def _refuse(frame: Frame, missing: dict[str, list[str]], lang: Lang) -> None:
    if missing:
        params = {"records": in_words(frame.catalogue, missing, lang)}
        raise Refused(Refusal(Status.UNDEFINED, "never_loaded", params))
