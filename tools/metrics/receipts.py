"""Where a number came from, in the asker's language."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.periods import Period
from core.periods.labels import label_of
from core.reply import Receipt, ReceiptPeriod
from core.wording import Lang, say
from db.scope import Scope
from tools.metrics.frame import Frame
from tools.metrics.query import Filter, MetricQuery, Question, RecordQuery

SIGNS = {"is": "", "is_not": "≠ ", "over": "> ", "at_least": "≥ ", "under": "< ", "at_most": "≤ "}


@dataclass(frozen=True)
class Freshness:
    """`version` of the records, and the moment they are as of."""

    version: datetime
    as_of: str


def freshness(frame: Frame, version: datetime, now: datetime) -> Freshness:
    """As of the newest load, or of now where nothing was ever loaded; in the company's time zone."""
    moment = version if frame.loaded else now
    return Freshness(version, moment.astimezone(ZoneInfo(frame.company.timezone)).isoformat(timespec="seconds"))


def metric_receipts(
    frame: Frame, question: MetricQuery, rows: dict[str, int], fresh: Freshness, lang: Lang
) -> tuple[Receipt, ...]:
    """One receipt a metric."""
    receipts = (_receipt(frame, question, name, fresh, lang) for name in question.metrics)
    return tuple(
        receipt.model_copy(update={"id": f"r{place}", "rows": rows.get(receipt.metric, 0)})
        for place, receipt in enumerate(receipts, 1)
    )


def _receipt(frame: Frame, question: MetricQuery, name: str, fresh: Freshness, lang: Lang) -> Receipt:
    metric = frame.catalogue.metrics[name]
    period = None if metric.snapshot else question.period
    return Receipt(
        id="",
        metric=name,
        definition=metric.definitions[lang],
        period=period_of(period, lang),
        compared_with=period_of(question.compare, lang),
        filters=filters_of(question.filters),
        group_by=question.group_by,
        scope=scope_words(frame.reader.scope, lang),
        rows=0,
        as_of=fresh.as_of,
        query_id=query_id(question, frame.reader.scope, fresh, name),
    )


def record_receipt(frame: Frame, question: RecordQuery, rows: int, fresh: Freshness, lang: Lang) -> Receipt:
    """The receipt of a look-up."""
    kind = frame.catalogue.records[question.record]
    return Receipt(
        id="r1",
        metric=question.record,
        definition=say("metrics.lookup", lang, records=kind.labels[lang]),
        period=period_of(question.period, lang),
        filters=filters_of(question.filters) | ({question.never: ["= 0"]} if question.never else {}),
        group_by=(),
        scope=scope_words(frame.reader.scope, lang),
        rows=rows,
        as_of=fresh.as_of,
        query_id=query_id(question, frame.reader.scope, fresh, question.record),
    )


def period_of(period: Period | None, lang: Lang) -> ReceiptPeriod | None:
    """The period with its label."""
    if period is None:
        return None
    return ReceiptPeriod(from_=period.start.isoformat(), to=period.end.isoformat(), label=label_of(period, lang))


def filters_of(filters: tuple[Filter, ...]) -> dict[str, list[str]]:
    """Field → values, each with its sign where it is not equality."""
    found: dict[str, list[str]] = {}
    for one in filters:
        found.setdefault(one.field, []).extend(f"{SIGNS[one.op]}{value}" for value in one.values)
    return found


def scope_words(scope: Scope, lang: Lang) -> str:
    """Whose records were looked at."""
    if scope.everything:
        return say("metrics.scope.all", lang)
    if len(scope.people) == 1:
        return say("metrics.scope.own", lang)
    return say("metrics.scope.team", lang, count=len(scope.people))


def query_id(question: Question, scope: Scope, fresh: Freshness, name: str) -> str:
    """The same for the same question, scope and records."""
    whose = "all" if scope.everything else ",".join(map(str, sorted(scope.people)))
    text = "\n".join((name, repr(question), whose, fresh.version.isoformat(), fresh.as_of))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
