"""Loads one feed: reads its rows, finds what they point to, works out what follows, and writes them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from connectors.records.alike import Spellings
from connectors.records.directory import Directory, Hit
from connectors.records.ids import Again, Ids
from connectors.records.kinds import ACCOUNT_FROM, OWNER_FROM
from connectors.records.people import PeopleRun
from connectors.records.plan import Cells, LinkSlot, Plan, Slot, with_place
from connectors.records.report import FeedReport
from connectors.records.run import Run
from connectors.records.source import SourceRow
from connectors.records.values import BadValue, as_text
from connectors.records.write import Row, Writer
from core.identity import Role

Fault = tuple[str, str, str]
LONGEST_ID = 500
CATEGORIES = frozenset({"sector", "series", "region", "country", "parent", "status", "outcome", "channel", "campaign"})
"""Text fields that people group by, where a second spelling would split a group."""
WORKED_OUT = {"activity": ("date",), "target": ("start_date", "end_date")}
"""Fields a row needs that may come from another of its fields."""


class FeedRun:
    """One feed on its way in; `load` is called with batch after batch."""

    def __init__(self, run: Run, plan: Plan, report: FeedReport, people: PeopleRun, ids: Ids) -> None:
        self.run = run
        self.plan = plan
        self.report = report
        self._people = people
        self._link_slots = [link.slot for link in plan.links]
        self._linked = {link.link.name for link in plan.links}
        self._ids = ids
        texts = [slot for slot in plan.fields if slot.name in CATEGORIES]
        texts += [slot for slot in plan.custom if plan.feed.custom[slot.name].type == "text"]
        self._categories = texts
        self._spellings = {slot.name: Spellings() for slot in texts}
        defaults = {"role": Role.REP} if plan.kind.name == "person" else {}
        self._writer = Writer(plan.kind, run.mapping.source, run.now, defaults)

    def load(self, session: Session, batch: list[SourceRow]) -> None:
        """Load a batch in the session's transaction."""
        rows = [row for found in batch if (row := self._row(found)) is not None]
        self._prepare(session, rows)
        ready = [row for row in rows if self._link(session, row)]
        written = self._writer.write(session, ready)
        for row, lacking in written.missing:
            self._bad(row.line, [(lacking.removesuffix("_id"), "", self._why(BadValue("needed")))])
        self.report.added += written.added
        self.report.updated += written.updated
        self.report.unchanged += written.unchanged

    def finish(self) -> None:
        """Once all rows are read: say which values look like two spellings of one."""
        for slot in self._categories:
            for alike in self._spellings[slot.name].alike():
                why = self._why(BadValue("looks_like", common=alike.common, times=alike.times))
                self.run.report.add_warning(self.report, alike.line, slot.shown, alike.rare, why)

    def _why(self, problem: BadValue) -> str:
        return self.run.words(problem)

    def _bad(self, line: int, faults: list[Fault]) -> None:
        self.run.report.add_bad(self.report, line, faults)

    def _warn(self, row: Row, column: str, value: str, problem: BadValue) -> None:
        self.run.report.add_warning(self.report, row.line, column, value, self._why(problem))

    def _row(self, found: SourceRow) -> Row | None:
        """The row's values, or None if it is not taken, repeated or bad."""
        self.report.read += 1
        if found.fault:
            self._bad(found.line, [("", "", self._why(BadValue(found.fault, count=len(found.cells))))])
            return None
        cells = with_place(found, self.plan.table)
        if not self.plan.taken(cells):
            self.report.skipped += 1
            return None
        faults: list[Fault] = []
        values = self._values(self.plan.fields, cells, faults)
        links = self._values(self._link_slots, cells, faults)
        custom = self._values(self.plan.custom, cells, faults)
        self._require(values, links, faults)
        row = Row(found.line, "", values, custom, links)
        if not faults:
            self._identify(row, cells, faults)
        if not faults and self._repeated(row, faults):
            return None
        if faults:
            self._bad(found.line, faults)
            return None
        return row

    def _values(self, slots: Iterable[Slot], cells: list[Any], faults: list[Fault]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for slot in slots:
            try:
                values[slot.name] = slot.read(cells)
            except BadValue as problem:
                faults.append((slot.shown, as_text(slot.pick(cells)), self._why(problem)))
                values[slot.name] = None
        return values

    def _require(self, values: dict[str, Any], links: dict[str, Any], faults: list[Fault]) -> None:
        told = {fault[0] for fault in faults}
        kind = self.plan.kind
        if "period" in values:
            values["start_date"], values["end_date"] = values.pop("period") or (None, None)
        if kind.name == "activity" and values.get("at") is not None and values.get("date") is None:
            values["date"] = self.run.day_of(values["at"])
        for name in WORKED_OUT.get(kind.name, ()):
            if values.get(name) is None and not faults:
                faults.append((name, "", self._why(BadValue("empty"))))
        for slot in self.plan.fields:
            field = kind.fields[slot.name]
            if field.required and values.get(slot.name) is None and slot.shown not in told:
                faults.append((slot.shown, "", self._why(BadValue("empty"))))
        for link in self.plan.links:
            if link.required and links[link.link.name] is None and link.slot.shown not in told:
                faults.append((link.slot.shown, "", self._why(BadValue("empty"))))

    def _identify(self, row: Row, cells: Cells, faults: list[Fault]) -> None:
        own = self._ids.id_of(self.plan, row, cells)
        if own is None:
            faults.append(("id", "", self._why(BadValue("no_own_id"))))
        elif len(own) > LONGEST_ID:
            faults.append(("id", own, self._why(BadValue("too_long"))))
        else:
            row.external_id = own

    def _repeated(self, row: Row, faults: list[Fault]) -> bool:
        """Whether another row with the same id stands for this one."""
        again = self._ids.again(self.plan, row)
        if again is Again.NO:
            return False
        if self.plan.feed.repeats == "bad":
            faults.append(("id", row.external_id, self._why(BadValue("repeated"))))
            return False
        self.report.repeated += 1
        if again is Again.DIFFERS:
            self._warn(row, "id", row.external_id, BadValue("repeated_differs"))
        return True

    def _prepare(self, session: Session, rows: list[Row]) -> None:
        for link in self.plan.links:
            if link.match == "id" and link.link.target != self.plan.kind.name:
                texts = {text for row in rows if (text := row.links[link.link.name]) is not None}
                self.run.directory(link.link.target).prepare(session, texts, link.value.source)

    def _link(self, session: Session, row: Row) -> bool:
        """Fill in what the row points to and what follows from it; False if it is bad."""
        hits: dict[str, Hit] = {}
        for link in self.plan.links:
            name, text = link.link.name, row.links[link.link.name]
            if link.link.target == self.plan.kind.name:
                self._people.point(row.external_id, text, link, row.line, self.report)
                continue
            row.values[link.link.column] = None
            if text is None:
                continue
            try:
                hits[name] = self._find(session, link, text)
            except BadValue as problem:
                if link.required:
                    self._bad(row.line, [(link.slot.shown, text, self._why(problem))])
                    return False
                self._warn(row, link.slot.shown, text, problem)
                continue
            row.values[link.link.column] = hits[name].id
        for slot in self._categories:
            said = row.values.get(slot.name) or row.custom.get(slot.name)
            if said is not None:
                self._spellings[slot.name].add(said, row.line)
        self._derive(row, hits)
        self._doubt(row)
        return True

    def _find(self, session: Session, link: LinkSlot, text: str) -> Hit:
        directory: Directory = self.run.directory(link.link.target)
        try:
            if link.match == "id":
                return directory.by_id(text, link.value.source)
            return directory.by_email(session, text) if link.match == "email" else directory.by_name(session, text)
        except BadValue as problem:
            if not link.create or problem.reason == "two_names":
                raise
            self.report.created[link.link.target] += 1
            return directory.create(session, text, link.match, self.run.now)

    def _derive(self, row: Row, hits: dict[str, Hit]) -> None:
        """Owner and account from the nearest record that has one; a list price from the product."""
        kind, values = self.plan.kind, row.values
        sources = (
            ("owner_id", "owner" in kind.links, OWNER_FROM, "owner_id"),
            ("account_id", "account" in kind.links, ACCOUNT_FROM, "account_id"),
            ("list_price", "list_price" in kind.fields and kind.name != "product", ("product",), "list_price"),
        )
        for name, has, places, carried in sources:
            if not has or values.get(name) is not None or name in self.plan.mapped_elsewhere:
                continue
            if any(place in self._linked for place in places):
                found = (getattr(hits[place], carried) for place in places if place in hits)
                values[name] = next((one for one in found if one is not None), None)

    def _doubt(self, row: Row) -> None:
        values = row.values
        if self.plan.kind.name == "deal":
            if values.get("stage") in ("won", "lost") and "close_date" in values and values["close_date"] is None:
                self._warn(row, "close_date", "", BadValue("closed_without_date"))
            opened, closed = values.get("engage_date"), values.get("close_date")
            if opened and closed and closed < opened:
                self._warn(row, "close_date", closed.isoformat(), BadValue("closed_before_opened"))
        if self.plan.kind.name == "person":
            self._people.take(row)
