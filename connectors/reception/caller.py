"""Who it was that something arrived from, and how things stand where they said it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.channels import Arrived
from core.identity import Identity
from core.language import detect
from core.wording import Lang
from db import channel_settings, channel_threads, takeovers
from db.channel_settings import PlaceSettings
from db.engine import system_session
from db.links import lookup
from db.tables import Preference

FRESH = timedelta(hours=8)
"""Outside of a thread, a person who comes back later starts a new one."""


@dataclass(frozen=True, slots=True)
class Caller:
    """`identity` is None for whoever is not linked. `thread_id` is that of their talk there so far."""

    identity: Identity | None
    lang: Lang
    settings: PlaceSettings
    thread_id: str | None
    held: bool

    @property
    def person(self) -> Identity:
        """The linked person."""
        assert self.identity is not None
        return self.identity


def find_caller(engine: Engine, arrived: Arrived, default: Lang, now: datetime) -> Caller:
    """Look up who it was, and how things stand, as of now."""
    with system_session(engine) as session:
        identity = lookup(session, arrived.channel, arrived.account)
        settings = channel_settings.read(session, arrived.channel, arrived.place)
        thread_id, lang = None, None
        if identity is not None:
            since = None if arrived.thread else now - FRESH
            thread_id = channel_threads.find(session, arrived.spot, identity.person_id, since=since)
            lang = _preferred(session, identity.person_id)
        held = not arrived.private and takeovers.holder(session, arrived.spot) is not None
    return Caller(identity, settings.lang or lang_of(arrived, lang or default), settings, thread_id, held)


def lang_of(arrived: Arrived, default: Lang) -> Lang:
    """The language of what was said; of a press or a file, that of whoever sent it."""
    if any(char.isalpha() for char in arrived.text) and arrived.kind == "message":
        return detect(arrived.text)
    if arrived.locale:
        return "zh" if arrived.locale.lower().startswith("zh") else "en"
    return detect(arrived.text) if arrived.text.strip() else default


def _preferred(session: Session, person_id: int) -> Lang | None:
    found = session.get(Preference, person_id)
    if found is None:
        return None
    return "zh" if found.lang == "zh" else "en" if found.lang == "en" else None
