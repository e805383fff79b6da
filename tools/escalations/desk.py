"""Takes what people say about escalations in chat, and only ever proposes: the asker's own word makes it happen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import Engine, select

from core.clock import Clock
from core.errors import Forbidden, NotFound, UserError
from core.escalations import ROLES, DeadlinePast, EscalationView, NobodyToAsk, Precision, Role
from core.identity import Identity
from core.identity import Role as Rank
from core.ports import Escalations
from core.reply import Status
from core.wording import Lang, explain
from db.duties import colleagues, habits_of
from db.engine import reader
from db.escalations import looking
from db.heard import find_named
from db.tables import Account, Contact
from tools.conversations.asked import CUSTOMERS
from tools.escalations.request import Request, read_request
from tools.metrics.lexicon import Lexicon

OFFERS = 6
RECENT = timedelta(days=30)
QUOTES = 3
LEADERS = (Rank.MANAGER, Rank.DIRECTOR)


class Words(Protocol):
    """Whoever knows the names that mean something to an asker: the desk of records."""

    def lexicon(self, identity: Identity) -> Lexicon:
        """The asker's lexicon."""
        ...


@dataclass(frozen=True, slots=True)
class Ask:
    """One message of one asker. `last` is the customer the thread spoke of, `before` what was said of it so far."""

    identity: Identity
    text: str
    lang: Lang
    thread_id: str | None = None
    last: str | None = None
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Acted:
    """What came of it: `reason` names the wording, `state` is what is understood so far, as JSON values."""

    status: Status
    reason: str
    views: tuple[EscalationView, ...] = ()
    account: str = ""
    offers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    precision: tuple[Precision, ...] = ()
    zone: str = "UTC"
    more: bool = False
    said: bool = True
    """Whether the asker said when."""


class Place:
    """Where an asker stands: names, time and zone; and the customers and colleagues that words lead to."""

    def __init__(self, engine: Engine, clock: Clock, words: Words, escalations: Callable[[], Escalations]) -> None:
        self.engine = engine
        self.words = words
        self.clock = clock
        self._escalations = escalations

    @property
    def escalations(self) -> Escalations:
        """Whoever keeps them."""
        return self._escalations()

    def zone_of(self, identity: Identity) -> str:
        """The asker's time zone, else the company's."""
        with looking(self.engine, identity) as session:
            own = habits_of(session, identity.person_id).time_zone
        return own or self.words.lexicon(identity).facts.company.timezone

    def read(self, ask: Ask, *, opening: bool = False) -> tuple[Request, Lexicon, str]:
        """What the message says, with the asker's names and in their zone; `opening` as in `read_when`."""
        lexicon = self.words.lexicon(ask.identity)
        zone = self.zone_of(ask.identity)
        return read_request(ask.text, lexicon, self.clock.now(), zone, opening=opening), lexicon, zone

    def customer(self, identity: Identity, request: Request, last: str | None) -> "Customer":
        """The one customer meant, or why there is none. Without a name, the one the thread spoke of."""
        names = {one: request.asked.named(one) for one in CUSTOMERS}
        if not any(names.values()):
            names = {"account": (last,)} if last else names
        if not any(names.values()):
            return Customer()
        found = find_named(self.engine, identity, names)
        with reader(self.engine, identity) as records:
            accounts, contacts = records.scope.rows(Account), records.scope.rows(Contact)
            ids = {*found.accounts}
            if found.contacts and not ids:
                of = select(contacts.c.account_id).where(contacts.c.id.in_(found.contacts))
                ids |= set(records.execute(of).scalars())
            rows = records.execute(select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(ids))).all()
        if len(rows) == 1:
            return Customer(rows[0].id, rows[0].name)
        return Customer(offers=tuple(row.name for row in rows))

    def role_of(self, identity: Identity, person_id: int) -> Role:
        """The role in which a named colleague steps in: what they have on duty, else that of who leads."""
        with looking(self.engine, identity) as session:
            for role in sorted(ROLES, reverse=True):
                known = colleagues(session, [person_id], role).get(person_id)
                if known is not None and known.most_open > 0:
                    return role
            known = colleagues(session, [person_id]).get(person_id)
        return "sales_manager" if known is None or known.rank in LEADERS else "technical_consultant"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer in the asker's scope, or those a name fits."""

    id: int | None = None
    name: str = ""
    offers: tuple[str, ...] = ()


def refused_customer(request: Request, lexicon: Lexicon) -> Acted | None:
    """Why no customer can be told: the same words as for any other question."""
    asked = request.asked
    if lexicon.nothing:
        return Acted(Status.FORBIDDEN, "no_records")
    if asked.doubt:
        return Acted(Status.CLARIFY, "which", offers=asked.doubt[:OFFERS])
    if asked.unknown is None:
        return None
    params = {"name": asked.unknown}
    if not lexicon.everything:
        return Acted(Status.FORBIDDEN, "not_visible", params=params)
    near = [name.value for name, _ in lexicon.names.near(asked.unknown) if name.dimension == "account"]
    return Acted(Status.UNDEFINED, "unknown", offers=tuple(dict.fromkeys(near)), params=params)


def refused_person(request: Request) -> Acted | None:
    """Which colleague is meant, where that is open."""
    person = request.person
    if person.offers:
        return Acted(Status.CLARIFY, "which_person", offers=person.offers[:OFFERS])
    if person.unknown:
        return Acted(Status.CLARIFY, "unknown_person", params={"name": person.unknown})
    return None


def failed(error: UserError, lang: Lang, **more: Any) -> Acted:
    """What the keeper of escalations refuses, in its own words."""
    if isinstance(error, DeadlinePast):
        return Acted(Status.CLARIFY, "too_late", **more)
    status = Status.FORBIDDEN if isinstance(error, Forbidden | NotFound) else Status.CLARIFY
    status = Status.EMPTY if isinstance(error, NobodyToAsk) else status
    return Acted(status, "refused", params={"why": explain(error, lang)}, **more)
