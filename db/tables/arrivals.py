"""How conversations came in."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, Moment


class Arrival(Base):
    """What was known of whose a conversation is, and what came of it.

    `account` is as its sender named it; `hints` are addresses, numbers and names. `state` is waiting, matched,
    assigned or dismissed; `why` is what it was matched by; `person_id` is who assigned or dismissed it.
    """

    __tablename__ = "arrivals"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    account: Mapped[str | None]
    hints: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str]
    why: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Moment)
