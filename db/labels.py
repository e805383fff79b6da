"""What trainers say is right for texts, redacted before it is kept."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from core.errors import Forbidden
from core.identity import Identity, Role
from core.language import detect
from core.wording import Lang
from db import audit
from db.engine import reader, system_session
from db.redaction import redact
from db.tables import SignalLabel

TRAIN = frozenset({Role.TRAINER, Role.DIRECTOR})


@dataclass(frozen=True, slots=True)
class Label:
    """What is right for a text: its kinds, and the attitude if it was said."""

    text: str
    kinds: tuple[str, ...]
    sentiment: str | None = None
    lang: Lang = "en"


def save_labels(engine: Engine, identity: Identity, labels: Sequence[Label], now: datetime) -> int:
    """Keep labels; the last of a text counts. Forbidden to all but trainers and directors. How many are kept now."""
    if identity.role not in TRAIN:
        raise Forbidden()
    with system_session(engine) as session:
        for label in labels:
            text = redact(session, label.text.strip())
            digest = hashlib.sha256(text.encode()).hexdigest()
            row = session.scalar(select(SignalLabel).where(SignalLabel.text_hash == digest))
            if row is None:
                row = SignalLabel(text_hash=digest, text=text, lang=detect(text))
                session.add(row)
            row.kinds, row.sentiment = sorted(set(label.kinds)), label.sentiment
            row.person_id, row.at = identity.person_id, now
            session.flush()
            detail = {"kinds": row.kinds, "sentiment": row.sentiment}
            who, subject = identity.person_id, f"label:{row.id}"
            audit.record(session, actor_id=who, action="label.save", subject=subject, detail=detail, now=now)
        return session.scalar(select(func.count(SignalLabel.id))) or 0


def list_labels(engine: Engine, identity: Identity, limit: int = 100) -> list[Label]:
    """The latest labels, to those who may train."""
    with reader(engine, identity) as records:
        mine = records.scope.rows(SignalLabel)
        rows = records.execute(select(mine).order_by(mine.c.id.desc()).limit(limit))
        return [_label(row.text, row.kinds, row.sentiment, row.lang) for row in rows]


def read_labels(engine: Engine) -> list[Label]:
    """Every label, for the detector to learn from."""
    with system_session(engine) as session:
        rows = session.scalars(select(SignalLabel).order_by(SignalLabel.id))
        return [_label(row.text, row.kinds, row.sentiment, row.lang) for row in rows]


def _label(text: str, kinds: Sequence[str], sentiment: str | None, lang: str) -> Label:
    return Label(text, tuple(kinds), sentiment, "zh" if lang == "zh" else "en")
