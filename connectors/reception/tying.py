"""Making a room a customer's: which customer is meant, and saying so to everybody there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.identity import Identity
from core.wording import Lang
from db import channel_settings
from db.channel_settings import PlaceSettings
from db.engine import reader
from db.inbound import Taken
from db.matching import Candidate, Clues, match
from db.places import announce
from db.tables import Account


@dataclass(frozen=True, slots=True)
class Meant:
    """The customer that is meant, or all that could be."""

    account_id: int | None
    could_be: tuple[Candidate, ...] = ()

    @property
    def name(self) -> str:
        """Of the customer that is meant."""
        return self.could_be[0].name


def who_is_meant(engine: Engine, asker: Identity, name: str) -> Meant:
    """The customer of that name among those the asker may see; of several, none is chosen."""
    with reader(engine, asker) as records:
        found = match(records, Clues(account=name), scope=records.scope)
    sure = found.account_id or (found.candidates[0].account_id if len(found.candidates) == 1 else None)
    return Meant(sure, found.candidates)


def name_for(engine: Engine, asker: Identity, account_id: int) -> str | None:
    """The customer's name, if the asker may see them."""
    with reader(engine, asker) as records:
        accounts = records.scope.rows(Account)
        row = records.execute(select(accounts.c.name).where(accounts.c.id == account_id)).first()
    return row.name if row is not None else None


def tie(
    session: Session, taken: Taken, asker: Identity, meant: Meant | None, *, lang: Lang, now: datetime
) -> PlaceSettings:
    """Make the room that customer's, or nobody's, and tell everybody there once; how it is set now."""
    arrived = taken.arrived
    before = channel_settings.read(session, arrived.channel, arrived.place)
    account = meant.account_id if meant else None
    after = channel_settings.change(
        session, arrived.channel, arrived.place, person_id=asker.person_id, now=now, account=account
    )
    if after.account != before.account:
        announce(session, arrived.channel, arrived.place, after, key=str(taken.id), lang=lang, now=now)
    return after
