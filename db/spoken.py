"""What the triggers of escalations look at: signals of one customer, whether we answered, how much they buy.

For pipelines and timers, which see everything: call these with a session of `db.engine.system_session`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import false, func, select, update
from sqlalchemy.orm import Session

from db.tables import Conversation, Deal, Escalation, Message, Signal, Stage


@dataclass(frozen=True, slots=True)
class Said:
    """One signal of a customer."""

    message_id: int
    conversation_id: int
    kind: str
    quote: str
    at: datetime


def begin(session: Session) -> None:
    """Begin a transaction that will write: on SQLite nobody else writes until it ends, so what is read stays true."""
    session.execute(update(Escalation).where(false()).values(state=""))


def account_of(session: Session, conversation_id: int) -> int | None:
    """Whose conversation it is."""
    return session.scalar(select(Conversation.account_id).where(Conversation.id == conversation_id))


def signals_in(session: Session, messages: Collection[int], least: float, since: datetime) -> list[Said]:
    """The signals of these messages that are sure enough and were said since then, in order."""
    return _signals(session, Signal.message_id.in_(messages), Signal.confidence >= least, Signal.at > since)


def signals_of(session: Session, account_id: int, kinds: Collection[str], least: float, since: datetime) -> list[Said]:
    """The same of a customer, of some kinds."""
    talks = select(Conversation.id).where(Conversation.account_id == account_id)
    mine = Signal.conversation_id.in_(talks), Signal.kind.in_(kinds)
    return _signals(session, *mine, Signal.confidence >= least, Signal.at > since)


def closed_since(session: Session, account_id: int, cause: str) -> datetime | None:
    """When the last escalation of that cause and account was closed."""
    same = Escalation.account_id == account_id, func.lower(Escalation.cause) == cause
    return session.scalar(select(func.max(Escalation.closed_at)).where(*same))


def answered(session: Session, message_id: int) -> bool:
    """Whether one of us said anything in the conversation after that message; one that is gone needs no answer."""
    message = session.get(Message, message_id)
    if message is None:
        return True
    here = Message.conversation_id == message.conversation_id, Message.speaker == "rep"
    later = (Message.at > message.at) | ((Message.at == message.at) & (Message.id > message.id))
    return session.scalar(select(Message.id).where(*here, later).limit(1)) is not None


def among_the_biggest(session: Session, account_id: int, share: float, since: date) -> bool:
    """Whether a customer is among that share of customers with the most revenue from deals won since then."""
    won = Deal.stage == Stage.WON, Deal.close_date >= since, Deal.account_id.is_not(None)
    sums = select(Deal.account_id, func.sum(Deal.close_value).label("total")).where(*won).group_by(Deal.account_id)
    totals = sums.subquery()
    mine = session.scalar(select(totals.c.total).where(totals.c.account_id == account_id))
    if not mine:
        return False
    customers = session.scalar(select(func.count()).select_from(totals)) or 0
    ahead = session.scalar(select(func.count()).select_from(totals).where(totals.c.total > mine)) or 0
    return ahead < max(1, share * customers)


def _signals(session: Session, *conditions: object) -> list[Said]:
    columns = Signal.message_id, Signal.conversation_id, Signal.kind, Signal.quote, Signal.at
    rows: Sequence[object] = session.execute(select(*columns).where(*conditions).order_by(Signal.at, Signal.id)).all()  # type: ignore[arg-type]
    return [Said(*row) for row in rows]  # type: ignore[misc]
