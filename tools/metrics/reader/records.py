"""Questions for the records themselves: which deals, whose customer, who is on a team."""

from dataclasses import dataclass

from core.reply import Status
from tools.metrics.query import Filter, RecordQuery
from tools.metrics.reader.draft import Draft, on_open_deals
from tools.metrics.reader.grouping import SUPERLATIVES
from tools.metrics.reader.items import Item
from tools.metrics.reader.lacking import RECORD_OF, subject_of, use_objects

STAGES = {
    "won": ("won",),
    "signed_money": ("won",),
    "lost": ("lost",),
    "open": ("prospecting", "engaging"),
    "closed": ("won", "lost"),
}
WANTED = {
    "when": "close_date",
    "own": "rep",
    "who": "rep",
    "whose": "rep",
    "amount": "close_value",
    "how_much": "close_value",
}
ASKING = ("list", "which", "how_many", "all", "how_any", "who", "my")
SERVED = (
    "list",
    "which",
    "who",
    "all",
    "ever",
    "distinct",
    "how_any",
    "my",
    "doing",
    "now",
    "total",
    "whose",
    "follow",
)


@dataclass(slots=True)
class Lookup:
    """A RecordQuery while it is being read."""

    record: str
    fields: tuple[str, ...] = ()
    never: str | None = None

    def query(self, draft: Draft, filters: list[Filter]) -> RecordQuery:
        """The query, with order, number and period as the question has them."""
        line = draft.line
        line.use(*SERVED)
        counting = line.use("how_many") and not self.fields
        line.use("subsidiary")
        order_by, order, limit = _ordered(draft, self.record)
        kind = draft.lexicon.catalogue.records[self.record]
        dated = draft.period is not None and (self.never is not None or bool(kind.dates))
        return RecordQuery(
            record=self.record,
            fields=self.fields,
            filters=tuple(on_open_deals(filters)),
            period=draft.period,
            date_field=_date_field(draft, self.record) if dated and self.never is None else None,
            order_by=order_by,
            order=order,  # type: ignore[arg-type]
            limit=limit,
            never=self.never,
            count=counting,
            whole_company=draft.whole_company,
        )


def read_records(draft: Draft) -> RecordQuery | None:
    """The look-up that the question is; None when it asks for a number."""
    for pattern in (_one_deal, _never, _owner, _boss, _one_thing, _colleagues, _listed_deals, _listed):
        found = pattern(draft)
        if found is not None:
            return found
    return None


def _one_deal(draft: Draft) -> RecordQuery | None:
    item = draft.line.first("deal")
    if item is None:
        return None
    item.use("deal")
    fields = _wanted(draft, "deal")
    for cue, field in WANTED.items():
        if draft.line.use(cue) and field not in fields:
            fields.append(field)
    draft.line.use("closed", "won", "lost", "open", "opened", "signed_money", "company")
    _use(draft, "record", "deal")
    return Lookup("deal", ("name", *fields) if fields else ()).query(draft, [Filter("name", "is", (item.name,))])


def _wanted(draft: Draft, record: str) -> list[str]:
    """The fields of a record that are asked for by name."""
    known = draft.lexicon.catalogue.records[record].fields
    found: list[str] = []
    for item in draft.line:
        for kind in ("field", "dimension"):
            name = item.get(kind)
            if not item.used and name in known and name != "name" and name not in found:
                item.use(kind, name)
                found.append(name)
    return found


def _use(draft: Draft, kind: str, name: str) -> bool:
    found = [at for at in draft.line.of(kind) if draft.line[at].get(kind) == name]
    for at in found:
        draft.line[at].use(kind, name)
    return bool(found)


def _never(draft: Draft) -> RecordQuery | None:
    """`which accounts have we never won`, `没有赢单的销售`."""
    line = draft.line
    if not line.places("never"):
        return None
    dimension = subject_of(line)
    metric = draft.metrics[0] if draft.metrics else None
    if metric is None:
        metric = "deals_lost" if line.has("lost") else "open_deals" if line.has("open") else None
    if metric is None and line.has("won", "sell", "buy", "signed_money", "deal_with"):
        metric = "deals_won"
    if dimension is None or metric is None:
        return None
    for at in line.of("metric"):
        line[at].use("metric")
    use_objects(line, dimension)
    line.use("never", "won", "lost", "sell", "buy", "signed_money", "deal_with", "open", "and", "closed")
    _use(draft, "dimension", dimension)
    _use(draft, "record", "deal")
    role = [Filter("role", "is", (dimension,))] if dimension in ("rep", "manager") else []
    draft.metrics.clear()
    metric = "deals_won" if metric == "revenue" else metric
    return Lookup(RECORD_OF[dimension], never=metric).query(draft, [*draft.filters, *role])


def _owner(draft: Draft) -> RecordQuery | None:
    """`who owns Acme`, `which accounts does Anna handle`."""
    line = draft.line
    account, rep = draft.filtered("account"), draft.filtered("rep")
    others = {line[one].get("dimension") for one in line.of("dimension")} - {"rep", "account"}
    if not line.has("own", "whose") or draft.metrics or others:
        return None
    if account is not None and (line.has("who", "own", "whose", "which") or line.of("dimension")):
        line.use("own", "which", "whose", "who")
        for dimension in ("rep", "account"):
            _use(draft, "dimension", dimension)
        rest = [Filter("name", one.op, one.values) if one is account else one for one in draft.filters]
        return Lookup("account", ("name", "rep")).query(draft, rest)
    if rep is not None or line.has("my"):
        listed = _use(draft, "dimension", "account")
        if listed:
            line.use("own", "which")
            mine = [Filter("rep", "is", (draft.identity.name,))] if rep is None else []
            return Lookup("account").query(draft, [*draft.filters, *mine])
    return None


def _boss(draft: Draft) -> RecordQuery | None:
    """`who manages Ben`, `who reports to Dustin`."""
    line = draft.line
    person = draft.filtered("rep") or draft.filtered("manager")
    places = line.places("manage", "report", "boss")
    asked = _possessed_manager(draft)
    if draft.metrics or (person is None and not line.has("my")) or not (places or asked):
        return None
    name_at = next((at for at, item in enumerate(line) if item.names), -1)
    up = asked
    if places:
        item, first = line[places[0]], places[0] < name_at
        up = asked or item.cue("boss") or (item.cue("manage") == first)
    line.use("manage", "report", "boss")
    for dimension in ("manager", "rep"):
        _use(draft, "dimension", dimension)
    who = person.values if person is not None else (draft.identity.name,)
    if up:
        return Lookup("person", ("name", "manager")).query(draft, [Filter("name", "is", who)])
    return Lookup("person").query(draft, [Filter("manager", "is", who)])


def _possessed_manager(draft: Draft) -> bool:
    """`Anna's manager`: a name, then the word."""
    line = draft.line
    for at in line.of("dimension"):
        before = line.before(at)
        if line[at].get("dimension") != "manager" or before is None:
            continue
        if (line[before].names and line[before].names[0].dimension in ("rep", "manager")) or line[before].cue("my"):
            return True
    return False


def _one_thing(draft: Draft) -> RecordQuery | None:
    """A field of one product, customer or colleague: its price, sector, region."""
    line = draft.line
    if draft.metrics or (line.first("record") is not None and line.first("record").get("dimension") is None):  # type: ignore[union-attr]
        return None
    for dimension, record in RECORD_OF.items():
        named = draft.filtered(dimension)
        if named is None or len(draft.filters) != 1:
            continue
        fields = _wanted(draft, record)
        if record == "product" and line.use("amount", "how_much"):
            fields = list(dict.fromkeys((*fields, "list_price")))
        elif record == "product" and not fields and line.has("how_much"):
            fields = ["list_price"]
        if fields:
            line.use("how_any", "and", "own")
            return Lookup(record, ("name", *fields)).query(draft, [Filter("name", "is", named.values)])
    return None


def _colleagues(draft: Draft) -> RecordQuery | None:
    """`who is on Dustin's team`, `which managers are in the West`."""
    line = draft.line
    allowed = {"region", "manager"}
    if draft.metrics or any(one.field not in allowed for one in draft.filters) or line.places(*SUPERLATIVES):
        return None
    roles = [name for at in line.of("dimension") if (name := line[at].get("dimension")) in ("rep", "manager")]
    person = line.first("record")
    people = person is not None and person.get("record") == "person"
    asked = line.has("who", "which", "list", "how_many", "team", "all", "my_team", "how_any") or people
    if not asked or not (roles or people or (line.has("who", "which", "list", "how_many") and draft.filters)):
        return None
    if not draft.filters and not roles and not people:
        return None
    for role in roles:
        _use(draft, "dimension", role)
    _use(draft, "record", "person")
    line.use("team", "group", "my_team", "my", "manage", "report")
    filters = list(draft.filters)
    if roles and not draft.filtered("manager"):
        filters.append(Filter("role", "is", tuple(dict.fromkeys(roles))))
    if line.has("my_team") and draft.me is not None and not draft.filtered("manager"):
        filters.append(Filter("manager", "is", (draft.identity.name,)))
    return Lookup("person").query(draft, filters)


def _listed_deals(draft: Draft) -> RecordQuery | None:
    line = draft.line
    named = any(line[at].get("record") == "deal" for at in line.of("record"))
    if draft.metrics or not (named or (line.has("newest") and line.has("won", "lost"))):
        return None
    if line.places("who", "group", "compare") or line.of("dimension"):
        raise draft.refuse(Status.CLARIFY, "bare_deals")
    stages = tuple(dict.fromkeys(stage for cue, values in STAGES.items() if line.has(cue) for stage in values))
    staged = draft.filtered("stage") is not None
    if line.has("open"):
        stages = STAGES["open"]
    opened = line.has("opened")
    if not stages and not staged and not opened and (draft.period is not None or not _plain_list(draft)):
        raise draft.refuse(Status.CLARIFY, "bare_deals")
    if opened and not stages and line.has("how_many"):
        return None
    line.use(*STAGES, "opened", "big")
    _use(draft, "record", "deal")
    fields = _wanted(draft, "deal")
    shown = draft.lexicon.catalogue.records["deal"].show
    filters = list(draft.filters)
    if stages and not staged:
        filters.append(Filter("stage", "is", stages))
    line.use("amount")
    return Lookup("deal", tuple(dict.fromkeys((*shown, *fields))) if fields else ()).query(draft, filters)


def _plain_list(draft: Draft) -> bool:
    """Deals of any stage are a fair answer where they are listed, ranked or all counted."""
    line = draft.line
    return line.has("list", "which", "how_many", "all", *SUPERLATIVES, "newest") or any(
        one.field in ("close_value", "list_price") for one in draft.filters
    )


def _listed(draft: Draft) -> RecordQuery | None:
    """`contacts at Acme`, `products in the GTX series`, `accounts in retail`, `how many tickets last month`."""
    line = draft.line
    if draft.metrics or line.places("share", "trend", "growth", "cumulative", "compare", "group"):
        return None
    record = _record_meant(draft)
    if record is None or record == "deal":
        return None
    for kind in ("record", "dimension"):
        for at in line.of(kind):
            if line[at].get("record") == record or RECORD_OF.get(line[at].get("dimension") or "") == record:
                line[at].use(kind)
    kinds = draft.lexicon.catalogue
    filters = [_as_field(record, one) for one in draft.filters]
    known = kinds.records[record].fields
    for one in filters:
        if one.field not in known and not (one.field in kinds.dimensions and kinds.reachable(record, one.field)):
            raise draft.refuse(Status.UNDEFINED, "no_such_breakdown", record=record, field=one.field)
    if line.has("open") and record == "ticket":
        filters.append(Filter("status", "is", ("open",)))
        line.use("open")
    fields = _wanted(draft, record) if not line.places(*SUPERLATIVES) else []
    shown = kinds.records[record].show
    line.use("own", "company", "team")
    return Lookup(record, tuple(dict.fromkeys((*shown, *fields))) if fields else ()).query(draft, filters)


def _as_field(record: str, one: Filter) -> Filter:
    return Filter("name", one.op, one.values) if one.field == record else one


def _record_meant(draft: Draft) -> str | None:
    line = draft.line
    for at in line.of("record"):
        if line[at].get("dimension") is None:
            return line[at].get("record")
    asked = bool(draft.filters) or line.has(*ASKING, "dearest", "cheapest")
    for at in line.of("dimension"):
        name = line[at].get("dimension")
        if asked and name in ("account", "product"):
            return RECORD_OF[name]
    return None


def _date_field(draft: Draft, record: str) -> str | None:
    if record != "deal":
        return draft.lexicon.catalogue.records[record].date
    return "engage_date" if any(item.cue("opened") for item in draft.line) else "close_date"


def _ordered(draft: Draft, record: str) -> tuple[str | None, str, int | None]:
    """By size or by date, and how many."""
    line = draft.line
    kind = draft.lexicon.catalogue.records[record]
    places = line.places(*SUPERLATIVES)
    if places:
        at = places[0]
        if kind.size is None or line[at].cue("best", "worst", "longest", "shortest"):
            raise draft.refuse(Status.CLARIFY, "rank_what", word=line[at].text)
        limit = _count_near(draft, at)
        line[at].use("cue")
        line.use("rank")
        size = "expected_value" if record == "deal" and line.has("open") else kind.size
        return size, "asc" if line[at].cue("least") else "desc", limit or _one_or_all(line[at], draft)
    if line.places("newest"):
        at = line.places("newest")[0]
        limit = _count_near(draft, at)
        line[at].use("cue")
        return _date_field(draft, record), "desc", limit or _one_or_all(line[at], draft)
    for cue, order in (("dearest", "desc"), ("cheapest", "asc")):
        if record == "product" and line.places(cue):
            at = line.places(cue)[0]
            limit = _count_near(draft, at)
            line[at].use("cue")
            return "list_price", order, limit or _one_or_all(line[at], draft)
    if line.use("rank"):
        return kind.size, "desc", None
    return None, "desc", _count_near(draft, None)


def _count_near(draft: Draft, at: int | None) -> int | None:
    line = draft.line
    numbers = [place for place in line.of("number") if line[place].unit is None]
    near = [place for place in numbers if at is None or abs(place - at) <= 3]
    if not near or line[near[0]].value != int(line[near[0]].value) or not 0 < line[near[0]].value <= 1000:
        return None
    line[near[0]].use()
    return int(line[near[0]].value)


def _one_or_all(item: Item, draft: Draft) -> int | None:
    """`the biggest deal` is one, `the biggest deals` several."""
    for other in draft.line:
        if other.get("record") is not None and other.start >= item.start:
            return 10 if other.text.lower().endswith("s") else 1
    return 1
