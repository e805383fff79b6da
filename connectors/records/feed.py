"""Loads one feed: reads its rows, finds what they point to, works out what follows, and writes them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from connectors.records.directory import Directory, Hit
from connectors.records.kinds import ACCOUNT_FROM, OWNER_FROM
from connectors.records.people import PeopleRun
from connectors.records.plan import ContentIds, LinkSlot, Plan, Slot, natural_id
from connectors.records.report import FeedReport
from connectors.records.run import Run
from connectors.records.source import SourceRow
from connectors.records.values import BadValue, as_text
from connectors.records.write import Row, Writer
from core.identity import Role

Fault = tuple[str, str, str]
LONGEST_ID = 500


class FeedRun:
    """One feed on its way in; `load` is called with batch after batch."""

    def __init__(self, run: Run, plan: Plan, report: FeedReport, people: PeopleRun) -> None:
        self._run = run
        self._plan = plan
        self._report = report
        self._people = people
        self._linked = {link.link.name for link in plan.links}
        self._seen: dict[int, int] = {}
        self._content = ContentIds()
        self._last = self._last_lines() if plan.feed.repeats == "last" else {}
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
        self._report.added += written.added
        self._report.updated += written.updated
        self._report.unchanged += written.unchanged

    def _why(self, problem: BadValue) -> str:
        return self._run.words(problem)

    def _bad(self, line: int, faults: list[Fault]) -> None:
        self._run.report.add_bad(self._report, line, faults)

    def _warn(self, row: Row, column: str, value: str, problem: BadValue) -> None:
        self._run.report.add_warning(self._report, row.line, column, value, self._why(problem))

    def _row(self, found: SourceRow) -> Row | None:
        """The row's values, or None if it is not taken, repeated or bad."""
        self._report.read += 1
        if found.fault:
            self._bad(found.line, [("", "", self._why(BadValue(found.fault, count=len(found.cells))))])
            return None
        if not self._plan.taken(found.cells):
            self._report.skipped += 1
            return None
        faults: list[Fault] = []
        values = self._values(self._plan.fields, found.cells, faults)
        links = self._values([link.slot for link in self._plan.links], found.cells, faults)
        custom = self._values(self._plan.custom, found.cells, faults)
        self._require(values, links, faults)
        row = Row(found.line, "", values, {name: value for name, value in custom.items() if value is not None}, links)
        if not faults:
            row.external_id = self._id(row, found.cells, faults)
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
        kind = self._plan.kind
        if "period" in values:
            values["start_date"], values["end_date"] = values.pop("period") or (None, None)
        if kind.name == "activity" and values.get("date") is None and values.get("at") is not None:
            values["date"] = self._run.day_of(values["at"])
        for slot in self._plan.fields:
            field = kind.fields[slot.name]
            if field.required and values.get(slot.name) is None and slot.shown not in told:
                faults.append((slot.shown, "", self._why(BadValue("empty"))))
        for link in self._plan.links:
            if link.required and links[link.link.name] is None and link.slot.shown not in told:
                faults.append((link.slot.shown, "", self._why(BadValue("empty"))))

    def _id(self, row: Row, cells: list[Any], faults: list[Fault]) -> str:
        if self._plan.id is None:
            return natural_id(self._plan.kind, row.values, row.links) or self._content.next(cells)
        found = self._plan.id(cells)
        if found is None:
            faults.append(("id", "", self._why(BadValue("no_own_id"))))
        elif len(found) > LONGEST_ID:
            faults.append(("id", found, self._why(BadValue("too_long"))))
        return str(found)

    def _repeated(self, row: Row, faults: list[Fault]) -> bool:
        """Whether an earlier (or, with `repeats: last`, a later) row has the same id and stands for this one."""
        key = hash(row.external_id)
        if self._plan.feed.repeats == "last":
            stands = self._last.get(key, row.line) == row.line
            self._report.repeated += not stands
            return not stands
        content = hash(tuple(map(str, (*row.values.values(), *row.links.values(), *row.custom.items()))))
        if key not in self._seen:
            self._seen[key] = content
            return False
        if self._plan.feed.repeats == "bad":
            faults.append(("id", row.external_id, self._why(BadValue("repeated"))))
            return False
        self._report.repeated += 1
        if self._seen[key] != content:
            self._warn(row, "id", row.external_id, BadValue("repeated_differs"))
        return True

    def _last_lines(self) -> dict[int, int]:
        lines: dict[int, int] = {}
        for found in self._plan.table.rows():
            if self._plan.id is None or found.fault or not self._plan.taken(found.cells):
                continue
            try:
                lines[hash(str(self._plan.id(found.cells)))] = found.line
            except BadValue:
                continue
        return lines

    def _prepare(self, session: Session, rows: list[Row]) -> None:
        for link in self._plan.links:
            if link.match == "id" and link.link.target != self._plan.kind.name:
                texts = {text for row in rows if (text := row.links[link.link.name]) is not None}
                self._run.directory(link.link.target).prepare(session, texts, link.value.source)

    def _link(self, session: Session, row: Row) -> bool:
        """Fill in what the row points to and what follows from it; False if it is bad."""
        hits: dict[str, Hit] = {}
        for link in self._plan.links:
            name, text = link.link.name, row.links[link.link.name]
            if link.link.target == self._plan.kind.name:
                self._people.point(row.external_id, text, link, row.line, self._report)
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
        self._derive(row, hits)
        self._doubt(row)
        return True

    def _find(self, session: Session, link: LinkSlot, text: str) -> Hit:
        directory: Directory = self._run.directory(link.link.target)
        try:
            if link.match == "id":
                return directory.by_id(text, link.value.source)
            return directory.by_email(session, text) if link.match == "email" else directory.by_name(session, text)
        except BadValue as problem:
            if not link.create or problem.reason == "two_names":
                raise
            self._report.created[link.link.target] += 1
            return directory.create(session, text, link.match, self._run.now)

    def _derive(self, row: Row, hits: dict[str, Hit]) -> None:
        """Owner and account from the nearest record that has one; a list price from the product."""
        kind, values = self._plan.kind, row.values
        sources = (
            ("owner_id", "owner" in kind.links, OWNER_FROM, "owner_id"),
            ("account_id", "account" in kind.links, ACCOUNT_FROM, "account_id"),
            ("list_price", "list_price" in kind.fields and kind.name != "product", ("product",), "list_price"),
        )
        for name, has, places, carried in sources:
            if not has or values.get(name) is not None or name in self._plan.mapped_elsewhere:
                continue
            if any(place in self._linked for place in places):
                found = (getattr(hits[place], carried) for place in places if place in hits)
                values[name] = next((one for one in found if one is not None), None)

    def _doubt(self, row: Row) -> None:
        values = row.values
        if self._plan.kind.name == "deal":
            if values.get("stage") in ("won", "lost") and "close_date" in values and values["close_date"] is None:
                self._warn(row, "close_date", "", BadValue("closed_without_date"))
            opened, closed = values.get("engage_date"), values.get("close_date")
            if opened and closed and closed < opened:
                self._warn(row, "close_date", closed.isoformat(), BadValue("closed_before_opened"))
        if self._plan.kind.name == "person" and values.get("role") is not None:
            self._people.said.add(row.external_id)
