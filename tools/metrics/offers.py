"""What can be asked instead of what was refused, in the asker's language."""

from collections.abc import Iterator
from dataclasses import replace

from core.periods.labels import label_of
from core.reply import Status
from core.wording import Lang, say
from tools.metrics.frame import Frame
from tools.metrics.query import MetricQuery, Question, Refusal
from tools.metrics.receipts import scope_words

OWN_INSTEAD = ("whole_company", "other_person", "other_team", "not_visible", "team_too_small")


def with_offers(frame: Frame, question: Question, refusal: Refusal, lang: Lang) -> Refusal:
    """The refusal in the asker's words, with questions that this asker can ask instead."""
    metric = refusal.params.get("metric", "")
    refusal = replace(refusal, params=_in_words(frame, refusal.params, lang))
    if refusal.offers or frame.reader.scope.nothing:
        return refusal
    if refusal.status is Status.FORBIDDEN and refusal.reason in OWN_INSTEAD:
        return replace(refusal, offers=(_own(frame, question, lang),))
    if metric in frame.catalogue.metrics and refusal.reason == "no_history":
        label = frame.catalogue.metrics[metric].labels[lang]
        return replace(refusal, offers=(say("metrics.offer.today", lang, metric=label),))
    if refusal.reason == "which_part":
        return replace(refusal, offers=tuple(_shares(frame, refusal.params, lang)))
    return refusal


def _shares(frame: Frame, params: dict[str, str], lang: Lang) -> Iterator[str]:
    for field in dict.fromkeys(params["fields"].split()):
        known = frame.catalogue.dimensions.get(field)
        if known is not None:
            yield say("metrics.offer.share", lang, metric=params["metric"], field=known.labels[lang])


def _in_words(frame: Frame, params: dict[str, str], lang: Lang) -> dict[str, str]:
    """The labels of metrics, records and fields in place of their names, and what the asker may see."""
    catalogue = frame.catalogue
    found = params | {"scope": scope_words(frame.reader.scope, lang)}
    if params.get("metric") in catalogue.metrics:
        found["metric"] = catalogue.metrics[params["metric"]].labels[lang]
    kind = catalogue.records.get(params.get("record", ""))
    if kind is not None:
        found["record"] = kind.labels[lang]
    field = params.get("field", "")
    known = catalogue.dimensions.get(field) or (kind.fields.get(field) if kind else None)
    if known is not None:
        found["field"] = known.labels[lang]
    names = params.get("names")
    if names is not None:
        found["names"] = ", ".join(catalogue.metrics[name].labels[lang] for name in names.split(", "))
    return found


def _own(frame: Frame, question: Question, lang: Lang) -> str:
    if not isinstance(question, MetricQuery):
        kind = frame.catalogue.records[question.record]
        return say("metrics.offer.records", lang, records=kind.labels[lang])
    whose = "own" if len(frame.reader.scope.people) == 1 else "team"
    metric = frame.catalogue.metrics[question.metrics[0]].labels[lang]
    if question.period is None:
        return say(f"metrics.offer.{whose}", lang, metric=metric)
    return say(f"metrics.offer.{whose}_period", lang, metric=metric, period=label_of(question.period, lang))
