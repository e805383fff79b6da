"""Everything that is asked of escalations, for one asker at a time and within what they may see."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from core.clock import Clock
from core.errors import NotFound
from core.escalations import EscalationView, Opened, Outcome, Precision, State, Wanted
from core.identity import Identity
from core.settings import Settings
from core.wording import Lang
from db import proposals as kept
from db.escalation_views import list_views, read_view, tallies, view_of
from db.escalations import Actor, held, looking, proposed, writing
from tools.escalations.acting import Act
from tools.escalations.calendar import calendar_of
from tools.escalations.delivery import DELIVER
from tools.escalations.opening import Asked, open_in
from tools.escalations.precision import precisions
from tools.escalations.proposals import ESCALATE, Word, decide, details_of, payload_of, shown, trial
from tools.escalations.telling import Teller

T = TypeVar("T")
TRIES = 3


class Escalations:
    """The one way to open, change and read escalations; `core.ports.Escalations` says what each method promises."""

    def __init__(self, engine: Engine, clock: Clock, teller: Teller) -> None:
        self._engine = engine
        self._clock = clock
        self._teller = teller

    def open(self, identity: Identity, wanted: Wanted, *, channel: str) -> Opened:
        """Open one at the asker's own word, or merge it into the open one of that cause and account."""
        asked = Asked(identity.person_id, identity.person_id, channel)

        def once() -> Opened:
            with writing(self._engine, identity, wanted.account_id, wanted.conversation_id) as session:
                return open_in(session, wanted, asked, self._teller, self._clock.now())

        return _again(once)

    def propose(self, identity: Identity, wanted: Wanted, *, thread_id: str | None) -> EscalationView:
        """Keep one that takes effect only when the asker confirms it; shows whom it would ask and when."""
        now = self._clock.now()
        with writing(self._engine, identity, wanted.account_id, wanted.conversation_id) as session:
            payload = payload_of(session, wanted, identity.person_id, now)
            row = kept.keep(session, ESCALATE, payload, person_id=identity.person_id, thread_id=thread_id, now=now)
            return shown(session, row, now)

    def propose_change(
        self, identity: Identity, escalation_id: str, verb: str, *, thread_id: str | None, **details: Any
    ) -> EscalationView:
        """The same for a change of an open one; `until`, `person_id`, `outcome` and `note` as the change needs."""
        now, payload = self._clock.now(), details_of(verb, details)
        with held(self._engine, identity, escalation_id) as (session, row):
            trial(Act(session, row, Actor(identity.person_id, None), self._teller, now), verb, payload)
            me = identity.person_id
            kept_row = kept.keep(
                session, verb, payload, person_id=me, thread_id=thread_id, escalation_id=row.id, now=now
            )
            return shown(session, kept_row, now)

    def decide(
        self, identity: Identity, proposal_id: str, *, confirmed: bool, channel: str, lang: Lang
    ) -> EscalationView:
        """The asker's word on what was proposed; saying it again changes nothing."""
        word = Word(identity.person_id, confirmed, channel)

        def once() -> EscalationView:
            now = self._clock.now()
            with proposed(self._engine, identity, proposal_id) as (session, row):
                decide(session, row, word, self._teller, now)
                return shown(session, row, now)

        return _again(once)

    def waiting(self, identity: Identity, thread_id: str) -> EscalationView | None:
        """What the asker was last asked to confirm in this thread, if it still waits."""
        now = self._clock.now()
        with looking(self._engine, identity) as session:
            row = kept.latest(session, identity.person_id, thread_id, now)
            return shown(session, row, now) if row else None

    def accept(self, identity: Identity, escalation_id: str, *, channel: str) -> EscalationView:
        """The asker steps in; TakenAlready says who was first, NotTheirs that the role is not theirs."""
        return self._act(identity, escalation_id, channel, Act.accept)

    def snooze(self, identity: Identity, escalation_id: str, until: datetime, *, channel: str) -> EscalationView:
        """Ask again at `until`; DeadlinePast unless that is before the deadline."""
        return self._act(identity, escalation_id, channel, lambda act: act.snooze(until))

    def hand_over(
        self, identity: Identity, escalation_id: str, person_id: int, *, channel: str, note: str | None = None
    ) -> EscalationView:
        """Another person is to step in instead; NotTheirs says who could."""
        return self._act(identity, escalation_id, channel, lambda act: act.hand_over(person_id, note))

    def resolve(
        self, identity: Identity, escalation_id: str, outcome: Outcome, *, channel: str, note: str | None = None
    ) -> EscalationView:
        """It is over; whether it was useful, and what happened."""
        return self._act(identity, escalation_id, channel, lambda act: act.resolve(outcome, note))

    def cancel(self, identity: Identity, escalation_id: str, *, channel: str) -> EscalationView:
        """It is not needed any more; nobody is asked again."""
        return self._act(identity, escalation_id, channel, Act.cancel)

    def view(self, identity: Identity, escalation_id: str) -> EscalationView:
        """One escalation, or proposal of the asker's own; NotFound for any other."""
        found = read_view(self._engine, identity, escalation_id)
        if found:
            return found
        now = self._clock.now()
        with looking(self._engine, identity) as session:
            row = kept.of_person(session, identity.person_id, escalation_id)
            if row is None:
                raise NotFound(id=escalation_id)
            return shown(session, row, now)

    def listed(
        self,
        identity: Identity,
        *,
        states: Sequence[State] | None = None,
        account_id: int | None = None,
        mine: bool = False,
        after: int | None = None,
        limit: int = 50,
    ) -> list[EscalationView]:
        """What waits for the asker's word, then those they may see, the next due first; `after` skips so many."""
        first = self._waiting(identity, account_id) if states is None or "proposed" in states else []
        skip, most = after or 0, limit + 1
        page = first[skip : skip + most]
        more = list_views(
            self._engine,
            identity,
            states=states,
            account_id=account_id,
            mine=mine,
            skip=max(0, skip - len(first)),
            limit=most - len(page),
        )
        return [*page, *more]

    def precision(self, identity: Identity) -> list[Precision]:
        """How often each trigger was right, over what the asker may see."""
        return precisions(tallies(self._engine, identity))

    def calendar(self, identity: Identity, escalation_id: str) -> str:
        """The appointment as an iCalendar file; NotFound without one."""
        view = self.view(identity, escalation_id)
        with looking(self._engine, identity) as session:
            lang = self._teller.lang_of(session, identity.person_id)
        file = calendar_of(view, lang, self._clock.now())
        if file is None:
            raise NotFound(id=escalation_id)
        return file

    def close(self) -> None:
        """There is nothing to let go of."""

    def _waiting(self, identity: Identity, account_id: int | None) -> list[EscalationView]:
        now = self._clock.now()
        with looking(self._engine, identity) as session:
            rows = kept.waiting_of(session, identity.person_id, now)
            views = [shown(session, row, now) for row in rows]
        return [view for view in views if account_id in (None, view.account_id)]

    def _act(self, identity: Identity, escalation_id: str, channel: str, do: Callable[[Act], None]) -> EscalationView:
        with held(self._engine, identity, escalation_id) as (session, row):
            do(Act(session, row, Actor(identity.person_id, channel), self._teller, self._clock.now()))
            return view_of(session, row)


def _again(once: Callable[[], T]) -> T:
    """Two that open the same at once: one is refused by the key, and finds the other's when it tries again."""
    for _ in range(TRIES):
        try:
            return once()
        except IntegrityError:
            continue
    return once()


def open_escalations(settings: Settings, engine: Engine) -> Escalations:
    """Escalations over the records of `engine`."""
    return Escalations(engine, settings.clock, Teller(DELIVER, settings.lang))
