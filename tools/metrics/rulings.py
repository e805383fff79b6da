"""Who may ask what: refusals that are decided before any row is read."""

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches

from sqlalchemy import ColumnElement, func, select

from core.reply import Status
from db.tables import Account, Contact, Deal, Product, Stage
from tools.metrics.colleagues import Colleague
from tools.metrics.filters import no_such_field
from tools.metrics.frame import Frame, Refused
from tools.metrics.query import Filter, MetricQuery, Question, RecordQuery, Refusal

FORBIDDEN, UNDEFINED = Status.FORBIDDEN, Status.UNDEFINED


def rule(frame: Frame, question: Question) -> None:
    """Refused where the asker may not ask this, or names someone or something that they may not see."""
    if frame.reader.scope.nothing:
        raise Refused(Refusal(FORBIDDEN, "no_records_for_role", {"role": frame.identity.role.value}))
    if question.whole_company and not frame.reader.scope.everything:
        raise Refused(Refusal(FORBIDDEN, "whole_company"))
    _check_names(frame, question)
    for one in question.filters:
        for record in _records(frame, question):
            _check_filter(frame, record, one, lacking=isinstance(question, RecordQuery) and question.never is not None)


def _records(frame: Frame, question: Question) -> list[str]:
    if isinstance(question, RecordQuery):
        return [question.record]
    return list(dict.fromkeys(frame.catalogue.metrics[name].record for name in question.metrics))


def _check_names(frame: Frame, question: Question) -> None:
    if isinstance(question, RecordQuery):
        if question.record not in frame.catalogue.records:
            raise Refused(Refusal(UNDEFINED, "unknown_record", {"word": question.record}))
        asked: Iterable[str] = (question.never,) if question.never else ()
    else:
        asked = (*question.metrics, *(one.metric for one in question.having))
        if not question.metrics:
            raise Refused(Refusal(UNDEFINED, "unknown_metric", {"word": ""}))
    for name in asked:
        if name not in frame.catalogue.metrics:
            raise Refused(Refusal(UNDEFINED, "unknown_metric", {"word": name}))
    if isinstance(question, MetricQuery):
        _check_breakdowns(frame, question)


def _check_breakdowns(frame: Frame, question: MetricQuery) -> None:
    for name in (*question.group_by, *((question.distinct,) if question.distinct else ())):
        if name not in frame.catalogue.dimensions:
            raise Refused(no_such_field(frame, frame.catalogue.metrics[question.metrics[0]].record, name))


def _check_filter(frame: Frame, record: str, wanted: Filter, *, lacking: bool) -> None:
    """`lacking`: what somebody has not done is asked, which says as much of their records as what they have."""
    if frame.field_of(record, wanted.field) is None:
        raise Refused(no_such_field(frame, record, wanted.field))
    if wanted.op not in ("is", "is_not"):
        return
    naming = wanted.field
    if wanted.field == "name" and record in ("account", "deal", "contact", "product", "person"):
        naming = "rep" if record == "person" else record
    checks: dict[str, Callable[[Frame, str, bool], None]] = {
        "rep": _check_person,
        "manager": _check_team,
        "region": _check_region,
        "stage": _check_stage,
    }
    if (record != "person" or lacking) and naming in checks:
        for value in wanted.values:
            checks[naming](frame, str(value), wanted.op == "is")
    elif naming in NAMED_COLUMNS:
        _check_visible(frame, naming, [str(value) for value in wanted.values])


NAMED_COLUMNS = {
    "account": (Account, "name"),
    "parent": (Account, "parent"),
    "deal": (Deal, "name"),
    "contact": (Contact, "name"),
    "product": (Product, "name"),
    "series": (Product, "series"),
}


def _unknown(value: str, known: Iterable[str], reason: str = "unknown_value") -> Refused:
    near = get_close_matches(value, sorted(set(known)), n=3, cutoff=0)
    if not near:
        return Refused(Refusal(UNDEFINED, "unknown_name", {"word": value}))
    return Refused(Refusal(UNDEFINED, reason, {"word": value, "nearest": ", ".join(near)}))


def _check_person(frame: Frame, name: str, only: bool) -> None:
    people = _one_person(frame, name)
    if only and not _sees(frame, people):
        raise Refused(Refusal(FORBIDDEN, "other_person", {"word": name}))


def _one_person(frame: Frame, name: str) -> list[Colleague]:
    people = frame.people_named(name)
    if not people:
        raise _unknown(name, frame.colleagues.names, "unknown_person")
    if len(people) > 1:
        values = ", ".join(f"{person.name} ({person.region or person.id})" for person in people)
        raise Refused(Refusal(Status.CLARIFY, "two_values", {"word": name, "values": values}))
    return people


def _check_team(frame: Frame, name: str, only: bool) -> None:
    people = _one_person(frame, name)
    reports = [report for person in people for report in frame.colleagues.reports(person.id)]
    if only and not _sees(frame, [report for report in reports if report.active] or people):
        raise Refused(Refusal(FORBIDDEN, "other_team", {"word": name}))


def _check_region(frame: Frame, name: str, only: bool) -> None:
    everyone = frame.colleagues
    if name not in everyone.regions:
        deals = frame.reader.scope.rows(Deal)
        if frame.reader.execute(select(deals.c.id).where(deals.c.region == name).limit(1)).first() is None:
            raise _unknown(name, everyone.regions)
        return
    above = everyone.above(frame.identity.person_id)
    sellers = [person for person in everyone.sellers_of(name) if person.id not in above]
    if only and not _sees(frame, sellers):
        raise Refused(Refusal(FORBIDDEN, "other_team", {"word": name}))


def _check_stage(frame: Frame, value: str, only: bool) -> None:
    if value not in set(Stage):
        raise _unknown(value, set(Stage))


def _sees(frame: Frame, people: list[Colleague]) -> bool:
    scope = frame.reader.scope
    return scope.everything or (bool(people) and all(person.id in scope.people for person in people))


def _check_visible(frame: Frame, field: str, values: list[str]) -> None:
    """Names of customers and deals are secret: a name not among the asker's is refused whether it exists or not."""
    for value in _missing(frame, field, values):
        if field in ("product", "series") or frame.reader.scope.everything:
            raise _unknown(value, () if field == "deal" else _known(frame, field))
        raise Refused(Refusal(FORBIDDEN, "not_visible", {"word": value}))


def _missing(frame: Frame, field: str, values: list[str]) -> Iterator[str]:
    column = _names(frame, field)
    found = set(frame.reader.execute(select(column).where(column.in_(values))).scalars())
    return (value for value in values if value not in found)


def _known(frame: Frame, field: str) -> list[str]:
    column = _names(frame, field)
    return list(frame.reader.execute(select(column).where(column.is_not(None)).distinct()).scalars())


def _names(frame: Frame, field: str) -> ColumnElement[str]:
    model, column = NAMED_COLUMNS[field]
    rows = Product.__table__ if model is Product else frame.reader.scope.rows(model)
    return func.coalesce(rows.c.name, rows.c.external_id) if model is Deal else rows.c[column]
