"""What people do about an open escalation. Each is done on a row that is held, so that of two at once one is first."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.escalations import OPEN, DeadlinePast, NotTheirs, Outcome, TakenAlready, TooLateFor
from db.duties import colleagues
from db.escalation_views import name_of
from db.escalations import Actor, client_of, happened
from db.ladders import asked_already, forget_deadline, take_down, wake_at
from db.tables import Escalation
from tools.escalations.opening import climb, ends, wanted_of
from tools.escalations.routing import HEADS, could, route, takes
from tools.escalations.telling import Teller, shown_in


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person does to an escalation that is held."""

    session: Session
    row: Escalation
    by: Actor
    teller: Teller
    now: datetime

    @property
    def me(self) -> int:
        """Who does it."""
        assert self.by.person_id is not None
        return self.by.person_id

    def accept(self) -> None:
        """The person steps in; the ladder stops. TakenAlready if another was first."""
        row = self.row
        if row.state == "accepted":
            if row.person_id == self.me:
                return
            raise TakenAlready(person=name_of(self.session, row.person_id))
        self._must_be_open()
        if not self._fits():
            raise NotTheirs(name=name_of(self.session, self.me), role=row.role, choices=self._could())
        before = self._before()
        take_down(self.session, row, self.now)
        row.state, row.person_id, row.snoozed_until = "accepted", self.me, None
        forget_deadline(self.session, row, row.due_at)
        self._done("accepted", before, tell=(row.owner_id, row.asked_by))

    def snooze(self, until: datetime) -> None:
        """Ask again at `until`, which is before the deadline."""
        row = self.row
        if row.state == "snoozed" and row.snoozed_until == until:
            return
        self._must_be_open()
        if not self.now < until < ends(row):
            raise DeadlinePast(at=shown_in(until, row.time_zone))
        before = self._before()
        take_down(self.session, row, self.now)
        row.state, row.snoozed_until = "snoozed", until
        wake_at(self.session, row, until)
        self._done("snoozed", before, until=until.isoformat())

    def hand_over(self, person_id: int, note: str | None) -> None:
        """Another person is asked, and the ladder begins anew with them."""
        row = self.row
        if row.person_id == person_id and row.state == "scheduled":
            return
        self._must_be_open()
        before = self._before()
        client = client_of(self.session, row.account_id)
        way = route(self.session, wanted_of(row, person_id), client, asker=None, now=self.now)
        way = replace(way, others=tuple(one for one in way.others if one.id not in (self.me, row.person_id)))
        take_down(self.session, row, self.now)
        row.state, row.person_id, row.snoozed_until = "scheduled", person_id, None
        climb(self.session, row, way, self.now)
        self._done("handed_over", before, tell=(row.owner_id, row.asked_by), note=note)

    def resolve(self, outcome: Outcome, note: str | None) -> None:
        """It is over."""
        row = self.row
        if row.state == "resolved" and row.outcome == outcome:
            return
        self._must_be_open()
        before = self._before()
        self._close("resolved")
        row.outcome, row.outcome_note = outcome, note
        self._done("resolved", before, tell=(row.owner_id, row.asked_by, row.person_id), outcome=outcome, note=note)

    def cancel(self) -> None:
        """It is not needed any more; those who were asked are told."""
        row = self.row
        if row.state == "cancelled":
            return
        self._must_be_open()
        before = self._before()
        asked = asked_already(self.session, row.id)
        self._close("cancelled")
        self._done("cancelled", before, tell=(row.owner_id, row.asked_by, *asked))

    def _close(self, state: str) -> None:
        take_down(self.session, self.row, self.now)
        forget_deadline(self.session, self.row, self.row.due_at)
        self.row.state, self.row.snoozed_until = state, None
        self.row.open_key, self.row.closed_at = None, self.now

    def _fits(self) -> bool:
        """Whether it is for this person to step in: they were asked, take the role, or lead others."""
        if self.me == self.row.person_id or self.me in asked_already(self.session, self.row.id):
            return True
        known = colleagues(self.session, [self.me]).get(self.me)
        return known is not None and (known.rank in HEADS or takes(self.session, self.me, self.row.role))  # type: ignore[arg-type]

    def _could(self) -> str:
        client = client_of(self.session, self.row.account_id)
        return could(self.session, wanted_of(self.row), client, self.now)

    def _must_be_open(self) -> None:
        if self.row.state not in OPEN:
            raise TooLateFor(state=self.row.state)

    def _before(self) -> dict[str, str | None]:
        return {"state": self.row.state, "person": name_of(self.session, self.row.person_id)}

    def _done(
        self, action: str, before: dict[str, str | None], tell: tuple[int | None, ...] = (), **more: str | None
    ) -> None:
        self.session.flush()
        said = {name: value for name, value in more.items() if value is not None}
        detail = {"before": before, "after": {**self._before(), **said}, "why": said.get("note")}
        key = happened(self.session, self.row, action, detail, by=self.by, now=self.now)
        if tell:
            self.teller.tell(self.session, self.row, action, tell, key=key, by=self.me, now=self.now)
