"""Which records a question rests on that the company has never loaded."""

from collections.abc import Iterable, Iterator

from core.reply import Status
from core.wording import Lang
from tools.metrics.entries import Catalogue, Dimension
from tools.metrics.frame import Frame, Refused
from tools.metrics.query import MetricQuery, RecordQuery, Refusal

Needs = dict[str, tuple[str, ...]]
Loaded = dict[str, frozenset[str]]


def missing_fields(catalogue: Catalogue, loaded: Loaded, needs: Iterable[Needs]) -> dict[str, list[str]]:
    """Kind of record → its fields never loaded; no field where the whole kind was never loaded."""
    found: dict[str, list[str]] = {}
    for record, fields in (item for one in needs for item in one.items()):
        if record not in loaded:
            found[record] = []
        elif found.get(record) != []:
            missing = [field for field in fields if not _has(catalogue, loaded, record, field)]
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


def _has(catalogue: Catalogue, loaded: Loaded, record: str, field: str) -> bool:
    """Whether a field was loaded, on the record itself or where the catalogue reads it from otherwise."""
    kind = catalogue.records[record]
    paths = kind.fields[field].paths if field in kind.fields else ()
    own = loaded.get(record, frozenset())
    if field in own or f"{field}_id" in own:
        return True
    for path in paths:
        join, _, name = path.partition(".")
        if name and join != field and join in kind.joins:
            other = loaded.get(kind.joins[join][1], frozenset())
            if name in other and (join in own or f"{join}_id" in own):
                return True
    return False


def check_loaded(frame: Frame, question: MetricQuery, lang: Lang) -> None:
    """Refused, naming the records, where what the question rests on was never loaded."""
    missing = missing_fields(frame.catalogue, frame.loaded, _needs(frame.catalogue, question))
    _refuse(frame, missing, frame.catalogue.metrics[question.metrics[0]].labels[lang], lang)


def check_records_loaded(frame: Frame, question: RecordQuery, lang: Lang) -> None:
    """Refused where this kind of record, or what it must never have, was never loaded."""
    kinds = [] if question.record == "person" else [question.record]
    missing: dict[str, list[str]] = {record: [] for record in kinds if record not in frame.loaded}
    if question.never is not None and not missing:
        needs = frame.catalogue.metrics[question.never].needs
        missing = missing_fields(frame.catalogue, frame.loaded, [needs])
    _refuse(frame, missing, frame.catalogue.records[question.record].labels[lang], lang)


def _refuse(frame: Frame, missing: dict[str, list[str]], asked: str, lang: Lang) -> None:
    if missing:
        params = {"metric": asked, "records": in_words(frame.catalogue, missing, lang)}
        raise Refused(Refusal(Status.UNDEFINED, "never_loaded", params))
