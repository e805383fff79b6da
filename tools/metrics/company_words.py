"""The company's own words and fields, merged into the catalogue."""

from core.company import Company, CustomField
from core.errors import ProblemList
from tools.metrics.entries import Catalogue, Dimension, Field, Labels, RecordKind


def merge_company(base: Catalogue, company: Company) -> Catalogue:
    """The catalogue as this company speaks; ProblemList with every word or field that fits nothing."""
    problems = _word_problems(base, company)
    fields = [field for field in company.custom_fields if field.record in base.records]
    problems += [
        f"custom_fields.{field.name}: there is no record {field.record!r}"
        for field in company.custom_fields
        if field.record not in base.records
    ]
    if problems:
        raise ProblemList("company", problems)
    records = _with_fields(base.records, fields)
    dimensions = base.dimensions | _new_dimensions(base, fields)
    words = company.words
    return Catalogue(
        metrics={
            name: metric.model_copy(update={"words": _joined(metric.words, words.metrics.get(name))})
            for name, metric in base.metrics.items()
        },
        dimensions={
            name: found.model_copy(update={"words": _joined(found.words, words.dimensions.get(name))})
            for name, found in dimensions.items()
        },
        records=records,
    )


def _joined(words: tuple[str, ...], more: list[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*words, *(more or ()))))


def _word_problems(base: Catalogue, company: Company) -> list[str]:
    custom = {field.name for field in company.custom_fields}
    known = {"metrics": set(base.metrics), "dimensions": set(base.dimensions) | custom}
    return [
        f"words.{part}.{name}: there is no such name"
        for part, names in known.items()
        for name in getattr(company.words, part)
        if name not in names
    ]


def _with_fields(records: dict[str, RecordKind], fields: list[CustomField]) -> dict[str, RecordKind]:
    found = dict(records)
    for field in fields:
        kind = found[field.record]
        if field.name in kind.fields:
            continue
        added = Field(
            name=field.name,
            type=field.type,
            path=f"custom.{field.name}",
            custom=True,
            labels=_labels(field),
            words=_words(field),
        )
        found[field.record] = kind.model_copy(update={"fields": kind.fields | {field.name: added}})
    return found


def _new_dimensions(base: Catalogue, fields: list[CustomField]) -> dict[str, Dimension]:
    found: dict[str, Dimension] = {}
    for field in fields:
        taken = field.name in base.dimensions or field.name in found
        name = f"{field.record}_{field.name}" if taken else field.name
        found[name] = Dimension(
            name=name,
            type=field.type,
            custom=True,
            paths=_paths(field),
            values=(f"{field.record}.{field.name}",),
            labels=_labels(field),
            words=_words(field),
        )
    return found


def _paths(field: CustomField) -> tuple[str, ...]:
    own = f"custom.{field.name}"
    if field.record == "person":
        return (f"owner.{own}",)
    if field.record == "product":
        return tuple(f"{joins}product.{own}" for joins in ("", "deal.", "order.", "invoice.deal.", "invoice.order."))
    return (f"{field.record}.{own}",)


def _words(field: CustomField) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*field.words, field.name.replace("_", " "))))


def _labels(field: CustomField) -> Labels:
    plain = field.name.replace("_", " ")
    other = next((word for word in field.words if not word.isascii()), plain)
    own = next((word for word in field.words if word.isascii()), plain)
    return {"en": own, "zh": other}
