"""The names that may be said in a conversation."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.tables import Account, Contact, Conversation, Deal, Person, Product

MOST = 40


def names_heard(session: Session, conversation_id: int) -> tuple[str, ...]:
    """Who and what may be named in this conversation, the likeliest first: the account and its people, whoever talks
    to them, what they are buying, then all that is sold."""
    talk = session.get(Conversation, conversation_id)
    account, owner = (talk.account_id, talk.owner_id) if talk else (None, None)
    asked: Sequence[Select[Any]] = (
        select(Account.name).where(Account.id == account),
        select(Contact.name).where(Contact.account_id == account).order_by(Contact.id),
        select(Person.name).where(Person.id == owner),
        select(Product.name).join(Deal, Deal.product_id == Product.id).where(Deal.account_id == account).distinct(),
        select(Product.name).order_by(Product.id),
        select(Person.name).where(Person.active).order_by(Person.id),
    )
    names: dict[str, None] = {}
    for statement in asked:
        names |= dict.fromkeys(session.scalars(statement.limit(MOST)))
    return tuple(names)[:MOST]
