"""After the rows: what the company is, which fields it has ever loaded, and the entry in the audit log."""

from datetime import timedelta

from connectors.records.kinds import ACCOUNT_FROM, OWNER_FROM
from connectors.records.plan import Plan
from connectors.records.run import Run
from db.audit import record
from db.company import load_company, save_company
from db.engine import system_session

INHERITED = {"account": ACCOUNT_FROM, "owner": OWNER_FROM}


def finish(run: Run, plans: list[Plan]) -> None:
    """Save the company with everything this load filled, and log the load."""
    with system_session(run.engine) as session:
        facts = load_company(session)
        loaded = _loaded(run, plans, {kind: set(fields) for kind, fields in facts.loaded.items()})
        later = max(run.now, facts.version + timedelta(microseconds=1))
        save_company(session, run.company, loaded, later)
        counts = {
            feed.feed: {"read": feed.read, "added": feed.added, "updated": feed.updated, "bad": feed.bad}
            for feed in run.report.feeds
        }
        detail = {"mapping": run.report.mapping, "from": run.report.source, "feeds": counts}
        record(session, actor_id=None, action="import", subject=run.mapping.source, detail=detail, now=run.now)


def _loaded(run: Run, plans: list[Plan], known: dict[str, set[str]]) -> dict[str, set[str]]:
    """Kind of record → the fields that this load filled, also those it worked out."""
    loaded: dict[str, set[str]] = {}
    for plan in plans:
        fields = loaded.setdefault(plan.kind.name, set())
        fields |= plan.mapped
        if plan.kind.name == "activity" and "at" in fields:
            fields.add("date")
    for feed in run.report.feeds:
        for kind in feed.created:
            loaded.setdefault(kind, set()).add("name")
    if run.mapping.people:
        block = [extra.model_dump(exclude_none=True) for extra in run.mapping.people]
        loaded.setdefault("person", set()).update(name for extra in block for name in extra)
    if "person" in loaded:
        loaded["person"].add("role")
    priced = "list_price" in loaded.get("product", set()) | known.get("product", set())
    for fields in (loaded.get("deal", set()), loaded.get("quote_line", set())):
        if priced and "product" in fields:
            fields.add("list_price")
    _inherited(loaded, known)
    return loaded


def _inherited(loaded: dict[str, set[str]], known: dict[str, set[str]]) -> None:
    """Owners and accounts that follow from what a record is linked to."""
    for fields in loaded.values():
        for name, places in INHERITED.items():
            for place in places:
                there = loaded.get(place, set()) | known.get(place, set())
                if place in fields and name in there:
                    fields.add(name)
