"""One question to one query, or to the right refusal. Nothing that was said is passed over."""

from datetime import date

from core.identity import Identity
from core.reply import Status
from core.wording import Lang
from tools.metrics.frame import Refused
from tools.metrics.lexicon.lexicon import Lexicon
from tools.metrics.lexicon.tokens import clean
from tools.metrics.loaded import in_words
from tools.metrics.query import Question, Refusal
from tools.metrics.reader.amounts import read_amounts, settle_numbers
from tools.metrics.reader.draft import Draft
from tools.metrics.reader.followup import amend, continues
from tools.metrics.reader.grouping import TIMES, read_distinct, read_groups, read_ranking, read_shape
from tools.metrics.reader.measure import read_default, read_metrics
from tools.metrics.reader.offers import offers_for
from tools.metrics.reader.periods import read_periods
from tools.metrics.reader.records import read_records
from tools.metrics.reader.scan import scan
from tools.metrics.reader.scope import read_scope
from tools.metrics.reader.spelling import correct, correct_chinese
from tools.metrics.reader.unknown import call_by_surname, mend_names, refuse_unsupported, settle_unknown, unknown_model
from tools.metrics.reader.values import read_comparison, read_values, resolve_names

LONGEST = 400
HARD_CUES = (
    *("share", "compare", "growth", "average", "average_of_team", "average_of_region", "average_of_company"),
    "nobody",
    *("except", "except_after", "over", "at_least", "under", "at_most", "never", "distinct", "cumulative", "trend"),
    *("most", "least", "best", "worst", "longest", "shortest", "rank", "rank_up", "own", "manage", "report", "boss"),
    *(
        "when",
        "opposite",
        "remove",
        "open",
        "opened",
        "lost",
        "closed",
        "respectively",
        "newest",
        "add",
        "big",
        "owe",
        "distribution",
        "rank_best",
        "rank_worst",
        "dearest",
        "cheapest",
        "subsidiary",
    ),
)
HARD_KINDS = frozenset({"number", "metric", "period", "grain", "comparison", "deal", "name", "record", "field"})
SOFT_FIELDS = frozenset({"name", "close_value"})


def read(
    text: str,
    lexicon: Lexicon,
    *,
    today: date,
    identity: Identity,
    lang: Lang,
    last: Question | None = None,
) -> Question | Refusal:
    """The query a question stands for, or why it gets no number. `last` is what a follow-up amends."""
    if lexicon.nothing:
        return Refusal(Status.FORBIDDEN, "no_records_for_role", {"role": identity.role.value})
    try:
        return _read(text, lexicon, today=today, identity=identity, lang=lang, last=last)
    except Refused as refused:
        refusal = refused.refusal
        return refusal if refusal.offers else _with_offers(refusal, lang)


def _with_offers(refusal: Refusal, lang: Lang) -> Refusal:
    return Refusal(refusal.status, refusal.reason, refusal.params, offers_for(refusal.reason, lang))


def _read(
    text: str, lexicon: Lexicon, *, today: date, identity: Identity, lang: Lang, last: Question | None
) -> Question:
    if len(text) > LONGEST:
        raise Refused(Refusal(Status.UNDEFINED, "too_long"))
    draft = _scanned(text, lexicon, today=today, identity=identity, lang=lang, last=last)
    if not any(not item.filler for item in draft.line):
        raise draft.refuse(Status.UNDEFINED, "not_about_records")
    refuse_unsupported(draft)
    settle_numbers(draft.line)
    mend_names(draft)
    call_by_surname(draft)
    resolve_names(draft)
    settle_unknown(draft)
    resolve_names(draft)
    return _understand(draft)


def _scanned(
    text: str, lexicon: Lexicon, *, today: date, identity: Identity, lang: Lang, last: Question | None
) -> Draft:
    original, cleaned = correct(text, clean(text), lexicon)
    line = scan(original, cleaned, lexicon, today)
    for _ in range(2):
        corrected = correct_chinese(cleaned, line, lexicon)
        if corrected is None:
            break
        original = cleaned = corrected
        line = scan(original, cleaned, lexicon, today)
    return Draft(line, lexicon, identity, lang, today, last)


def _understand(draft: Draft) -> Question:
    read_periods(draft)
    read_values(draft)
    read_scope(draft)
    read_amounts(draft)
    read_metrics(draft)
    read_comparison(draft)
    _explain(draft)
    if continues(draft):
        return _follow(draft)
    found = read_records(draft)
    if found is not None:
        _nothing_left(draft)
        return found
    read_default(draft)
    if not draft.metrics:
        raise _without_metric(draft)
    return _counted(draft)


def _explain(draft: Draft) -> None:
    """A question for what a metric means is answered with its definition."""
    line = draft.line
    if len(draft.metrics) == 1 and line.has("define") and not (draft.filters or draft.period or draft.having):
        name = draft.metrics[0]
        definition = draft.lexicon.catalogue.metrics[name].definitions[draft.lang]
        raise draft.refuse(Status.ANSWERED, "definition", metric=draft.label(name), definition=definition)


def _counted(draft: Draft) -> Question:
    read_distinct(draft)
    read_shape(draft)
    read_groups(draft)
    if draft.inverse and (draft.having or draft.line.places("growth")):
        raise draft.refuse(Status.UNDEFINED, "unsupported_operation", word=draft.line.text)
    growing = draft.line.has("growth") and draft.compare is not None
    if growing and draft.line.places("most", "least", "best", "worst", "shortest"):
        raise draft.refuse(Status.UNDEFINED, "unsupported_operation", word=draft.line.text)
    read_ranking(draft)
    _use_rest(draft)
    if draft.compare_values is False and draft.line.places("compare") and draft.group_by:
        draft.line.use("compare")
    _check(draft)
    _nothing_left(draft)
    return draft.metric_query()


def _use_rest(draft: Draft) -> None:
    """Words that a counted question may hold without meaning more by them."""
    line = draft.line
    if draft.group_by:
        line.use("distribution")
    for at in line.of("number"):
        if any(len(one.values) == line[at].value for one in draft.filters if one.op == "is"):
            line[at].use()
    if len(draft.metrics) > 1:
        line.use("respectively")
    line.use(
        "closed", "now", "how_many", "how_any", "how_much", "and", "or", "doing", "newest" if draft.limit else "now"
    )
    for at in line.of("dimension"):
        if line[at].get("dimension") in TIMES:
            line[at].use()
    for at in line.of("record"):
        if line[at].get("record") in ("deal", "account", "person"):
            line[at].use()


def _check(draft: Draft) -> None:
    """What a snapshot, a threshold and the future can't do."""
    _read_targets(draft)
    for one in draft.filters:
        if one.op == "is_not" and draft.filtered(one.field) is not None:
            raise draft.refuse(Status.UNDEFINED, "unsupported_operation", word=" / ".join(map(str, one.values)))
    metrics = draft.lexicon.catalogue.metrics
    snapshots = [name for name in draft.metrics if metrics[name].snapshot]
    for name in draft.metrics:
        missing = draft.lexicon.never_loaded(metrics[name].needs)
        if missing:
            records = in_words(draft.lexicon.catalogue, missing, draft.lang)
            raise draft.refuse(Status.UNDEFINED, "never_loaded", metric=draft.label(name), records=records)
    if snapshots and draft.period is not None:
        if draft.period.start <= draft.today <= draft.period.end and draft.compare is None:
            draft.period = None
        else:
            raise draft.refuse(Status.UNDEFINED, "no_history", metric=draft.label(snapshots[0]))
    if snapshots and (draft.compare is not None or TIMES & set(draft.group_by)):
        raise draft.refuse(Status.UNDEFINED, "no_history", metric=draft.label(snapshots[0]))
    if draft.period is not None and draft.period.start > draft.today:
        raise draft.refuse(Status.UNDEFINED, "future", period=draft.period.name)
    if draft.having and not draft.group_by:
        raise draft.refuse(Status.CLARIFY, "rank_what", word=draft.line.text)
    if draft.cumulative and not TIMES & set(draft.group_by):
        draft.cumulative = False


def _read_targets(draft: Draft) -> None:
    """`against its visit target`: attainment of the metric that is named with it."""
    line = draft.line
    targets = [at for at in line.of("record") if line[at].get("record") == "target"]
    if targets and draft.metrics and draft.compare is None:
        for at in targets:
            line[at].use("record")
        line.use("compare", "doing")
        draft.metrics.append("attainment")
    others = [name for name in draft.metrics if name != "attainment"]
    if "attainment" not in draft.metrics or not others or _listed(draft):
        return
    metric = draft.lexicon.catalogue.metrics[others[0]]
    if len(others) > 1 or not metric.additive or metric.snapshot:
        raise draft.refuse(Status.UNDEFINED, "unsupported_operation", word=draft.label("attainment"))
    draft.metrics[:] = ["attainment"]
    draft.filter("metric", "is", others[0])


def _listed(draft: Draft) -> bool:
    """Whether metrics are named side by side, rather than one of the other."""
    return draft.line.has("and") or "," in draft.line.text


def _follow(draft: Draft) -> Question:
    read_distinct(draft)
    if draft.line.places("average") or draft.line.has("share", "cumulative"):
        _shape_of_follow(draft)
    read_groups(draft)
    last_groups = getattr(draft.last, "group_by", ())
    borrowed = not draft.group_by and bool(last_groups)
    if draft.line.places("most", "least", "best", "worst") and not draft.group_by:
        draft.group_by = list(last_groups)
    counted = bool(draft.line.of("number"))
    read_ranking(draft)
    if draft.order is not None and not counted:
        draft.limit = getattr(draft.last, "limit", None) or draft.limit
    if borrowed:
        draft.group_by = []
    _use_rest(draft)
    found = amend(draft)
    draft.line.use("compare", "growth", "comparative")
    _nothing_left(draft)
    return found


def _shape_of_follow(draft: Draft) -> None:
    named = list(draft.metrics)
    draft.metrics = named or list(getattr(draft.last, "metrics", ()))
    read_shape(draft)
    draft.metrics = named


def _without_metric(draft: Draft) -> Refused:
    line = draft.line
    if any(item.get("record") == "deal" for item in line):
        return draft.refuse(Status.CLARIFY, "bare_deals")
    for item in line:
        if not item.used and item.kind in ("field", "dimension") and item.name not in SOFT_FIELDS:
            return draft.refuse(Status.UNDEFINED, "unknown_metric", word=item.text)
    if draft.filters or draft.period or draft.group_by or line.has("how_much", "how_many", "how_any", "my", "my_team"):
        return draft.refuse(Status.CLARIFY, "which_metric")
    return draft.refuse(Status.UNDEFINED, "not_about_records")


def _nothing_left(draft: Draft) -> None:
    """Refuse when a word that could change the answer has not served."""
    for at, item in enumerate(draft.line):
        if item.used or item.filler:
            continue
        if item.kind == "field" and item.name in SOFT_FIELDS:
            continue
        if item.kind in HARD_KINDS or item.cue(*HARD_CUES):
            raise unknown_model(draft, at) or draft.refuse(Status.UNDEFINED, "unsupported_operation", word=item.text)
        if item.kind == "dimension" and item.name not in TIMES:
            raise draft.refuse(Status.UNDEFINED, "unsupported_operation", word=item.text)
