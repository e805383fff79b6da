"""What can be asked instead of what was refused, in the asker's language."""

from dataclasses import replace

from core.periods.labels import label_of
from core.reply import Status
from core.wording import Lang, say
from tools.metrics.frame import Frame
from tools.metrics.query import MetricQuery, Question, Refusal

OWN_INSTEAD = ("whole_company", "other_person", "other_team", "not_visible", "team_too_small")


def with_offers(frame: Frame, question: Question, refusal: Refusal, lang: Lang) -> Refusal:
    """The refusal with questions that this asker can ask instead."""
    if refusal.offers or frame.reader.scope.nothing:
        return refusal
    if refusal.status is Status.FORBIDDEN and refusal.reason in OWN_INSTEAD:
        return replace(refusal, offers=(_own(frame, question, lang),))
    if refusal.reason == "snapshot_only":
        metric = frame.catalogue.metrics[refusal.params["metric"]]
        return replace(refusal, offers=(say("metrics.offer.today", lang, metric=metric.labels[lang]),))
    return refusal


def _own(frame: Frame, question: Question, lang: Lang) -> str:
    if not isinstance(question, MetricQuery):
        kind = frame.catalogue.records[question.record]
        return say("metrics.offer.records", lang, records=kind.labels[lang])
    whose = "own" if len(frame.reader.scope.people) == 1 else "team"
    metric = frame.catalogue.metrics[question.metrics[0]].labels[lang]
    if question.period is None:
        return say(f"metrics.offer.{whose}", lang, metric=metric)
    return say(f"metrics.offer.{whose}_period", lang, metric=metric, period=label_of(question.period, lang))
