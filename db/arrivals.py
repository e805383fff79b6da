"""Deciding whose conversation came in, and who owns it, within what its bringer may touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.identity import Identity, Role
from core.said import IncomingConversation
from db.incoming import MOST_HINTS
from db.matching import Book, Clues, Match
from db.ours import OurSide, our_side
from db.scope import Scope, scope_of
from db.tables import Arrival, Conversation, Message

UNBOUND = (Role.DIRECTOR, Role.ADMIN)
"""Roles whose integrations bring in what is anyone's."""

SETTLED = ("assigned", "dismissed")


class Talk(NamedTuple):
    """A conversation as it stood when something came in for it."""

    id: int
    kind: str
    account_id: int | None
    owner_id: int | None
    started_at: datetime
    new: bool


@dataclass(frozen=True)
class Desk:
    """Who brings something in, what they may touch (None: everything), and what it is matched against."""

    by: int | None
    scope: Scope | None
    book: Book
    ours: OurSide

    def may_add(self, talk: Talk) -> bool:
        """Whether more may be said in this conversation."""
        mine = self.scope is None or talk.new or (talk.owner_id is not None and self._reaches(talk.owner_id))
        return talk.kind == "customer" and mine

    def decide(self, session: Session, talk: Talk, incoming: IncomingConversation, now: datetime) -> None:
        """Match the conversation by everything known of it by now, unless a person or an earlier match settled it."""
        arrival = session.get(Arrival, talk.id)
        if arrival is None:
            arrival = Arrival(conversation_id=talk.id, account=None, hints=[], state="waiting", why=None, at=now)
            session.add(arrival)
        arrival.at = now
        arrival.account = incoming.account or arrival.account
        authors = _authors(session, talk.id)
        customers = [author for author in authors["customer"] if not self.ours.is_ours(author)]
        arrival.hints = list(dict.fromkeys([*arrival.hints, *incoming.hints, *customers]))[:MOST_HINTS]
        found = Match()
        if arrival.state == "waiting" and talk.account_id is None:
            clues = Clues(arrival.account, tuple(arrival.hints), incoming.account_id)
            found = self.book.match(session, clues)
        row = session.get_one(Conversation, talk.id)
        if found.account_id is not None:
            row.account_id, row.contact_id = found.account_id, found.contact_id
            arrival.state, arrival.why = "matched", found.why
        if row.owner_id is None:
            row.owner_id = self._owner(authors["rep"], found)

    def _owner(self, authors: Sequence[str], found: Match) -> int | None:
        """The rep who speaks, else the account's owner, else who brought it; never someone out of reach."""
        reps = [person for author in authors if (person := self.ours.person(author)) and self._reaches(person)]
        account = found.owner_id if found.owner_id is not None and self._reaches(found.owner_id) else None
        if account in reps or not reps:
            return account if account is not None else self.by
        return reps[-1]

    def _reaches(self, person_id: int) -> bool:
        return self.scope is None or person_id in self.scope.people or person_id == self.by


def open_desk(session: Session, by: Identity | None) -> Desk:
    """The desk of whoever brings something in; None acts for nobody, as the command line does."""
    if by is None or by.role in UNBOUND:
        return Desk(None, None, Book(), our_side(session))
    scope = scope_of(session, by)
    return Desk(by.person_id, scope, Book(scope), our_side(session))


def _authors(session: Session, conversation_id: int) -> dict[str, list[str]]:
    """Who spoke on each side, in order of when they last did."""
    statement = (
        select(Message.speaker, Message.author)
        .where(Message.conversation_id == conversation_id, Message.author.is_not(None))
        .group_by(Message.speaker, Message.author)
        .order_by(func.max(Message.at), Message.author)
    )
    found: dict[str, list[str]] = {"customer": [], "rep": []}
    for speaker, author in session.execute(statement):
        found.setdefault(speaker, []).append(author or "")
    return found
