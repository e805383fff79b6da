"""What gets people to step in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from core.escalations import EscalationView, Opened, Outcome, Precision, State, Wanted
from core.identity import Identity
from core.wording import Lang


class Escalations(Protocol):
    """Gets the right person to step in, once and on time. `channel` says through which channel the asker acts."""

    def open(self, identity: Identity, wanted: Wanted, *, channel: str) -> Opened:
        """Open one at the asker's own word, or merge it into the open one of that cause and account."""
        ...

    def propose(self, identity: Identity, wanted: Wanted, *, thread_id: str | None) -> EscalationView:
        """Keep one that takes effect only when the asker confirms it; shows whom it would ask and when."""
        ...

    def propose_change(
        self, identity: Identity, escalation_id: str, verb: str, *, thread_id: str | None, **details: Any
    ) -> EscalationView:
        """The same for a change of an open one: accept, snooze, handover, resolve or cancel."""
        ...

    def decide(
        self, identity: Identity, proposal_id: str, *, confirmed: bool, channel: str, lang: Lang
    ) -> EscalationView:
        """The asker's word on what was proposed; saying it again changes nothing."""
        ...

    def waiting(self, identity: Identity, thread_id: str) -> EscalationView | None:
        """What the asker was last asked to confirm in this thread, if it still waits."""
        ...

    def accept(self, identity: Identity, escalation_id: str, *, channel: str) -> EscalationView:
        """The asker steps in."""
        ...

    def snooze(self, identity: Identity, escalation_id: str, until: datetime, *, channel: str) -> EscalationView:
        """Ask again at `until`."""
        ...

    def hand_over(
        self, identity: Identity, escalation_id: str, person_id: int, *, channel: str, note: str | None = None
    ) -> EscalationView:
        """Another person is to step in instead."""
        ...

    def resolve(
        self, identity: Identity, escalation_id: str, outcome: Outcome, *, channel: str, note: str | None = None
    ) -> EscalationView:
        """It is over; whether it was useful, and what happened."""
        ...

    def cancel(self, identity: Identity, escalation_id: str, *, channel: str) -> EscalationView:
        """It is not needed any more; nobody is asked again."""
        ...

    def view(self, identity: Identity, escalation_id: str) -> EscalationView:
        """One escalation or proposal that the asker may see."""
        ...

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
        """Those the asker may see, the next due first among the open ones; one more than `limit` if there are more.

        `mine` are those the asker is asked in, asked for, or owns the account of.
        """
        ...

    def precision(self, identity: Identity) -> list[Precision]:
        """How often each trigger was right, over what the asker may see."""
        ...

    def calendar(self, identity: Identity, escalation_id: str) -> str:
        """The appointment as an iCalendar file; NotFound without one."""
        ...
