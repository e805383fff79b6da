"""What the pipelines of these tests work with: quick, and as strict as the real ones about what is written."""

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.said import Feeling, Found, Reading
from core.settings import Settings
from db.engine import system_session
from db.notices import tell
from db.tables import Conversation, Fact, Message, Sentiment, Signal
from jobs.flow import Plan
from jobs.pace import Pace
from jobs.pipelines.hands import Hands, Readings
from jobs.pipelines.plan import plan_of
from jobs.request import Request
from jobs.scribe import Scribe
from tools.calls.probe import EmptyAudio
from tools.calls.probe import probe as really_probe
from tools.calls.storage import Storage
from tools.calls.transcript import Limits

QUICK = Pace(quiet=0, poll=0.1, beat=0.25, silence=2.0, settle=0.1, sweep=0.5, rest=0, grace=5)
WORDS = {"price": "price_sensitivity", "leave": "churn_risk"}


@dataclass(frozen=True)
class Held:
    seconds: float = 12.0
    channels: int = 1


def kept(storage: Storage, name: str) -> AbstractContextManager[Path]:
    return storage.local(name)


def probe(path: Path) -> Held:
    if path.read_text(encoding="utf-8").startswith("{}"):
        raise EmptyAudio(name=path.name)
    return Held()


def hear(request: Request, progress: Callable[[float], None]) -> dict[str, Any]:
    """A recording of these tests is the JSON of its lines."""
    lines = json.loads(request.path.read_text(encoding="utf-8"))
    progress(0.5)
    spoken = [
        {"start": float(n), "end": n + 1.0, "text": line, "speaker": "customer", "channel": 0, "confidence": 0.9}
        for n, line in enumerate(lines)
    ]
    about = {"lang": "en", "seconds": 12.0, "channels": 1, "coverage": 1.0, "transcriber": "test", "warnings": []}
    return {**about, "segments": spoken}


def hot_words(session: Session, conversation_id: int) -> tuple[str, ...]:
    return ()


def read(engine: Engine, conversation_id: int) -> Readings:
    done = select(Sentiment.message_id)
    unread = select(Message).where(Message.conversation_id == conversation_id, Message.id.not_in(done))
    with system_session(engine) as session:
        return [(message.id, _reading(message.text)) for message in session.scalars(unread.order_by(Message.id))]


def _reading(text: str) -> Reading:
    found = tuple(
        Found(kind, word, text.index(word), text.index(word) + len(word), 0.9)
        for word, kind in WORDS.items()
        if word in text
    )
    return Reading(found, Feeling("neutral", 0.0))


def store(now: Callable[[], Any], session: Session, readings: Readings) -> list[int]:
    for message_id, reading in readings:
        message = session.get_one(Message, message_id)
        about = {"message_id": message_id, "conversation_id": message.conversation_id, "found_at": now()}
        session.add(Sentiment(**about, label="neutral", score=0.0, detector="test"))
        for one in reading.signals:
            session.add(
                Signal(**about, kind=one.kind, quote=one.quote, start=one.start, end=one.end,
                       confidence=one.confidence, method="rules", at=message.at)
            )  # fmt: skip
    session.flush()
    return [message_id for message_id, reading in readings if reading.signals]


def learn(now: Callable[[], Any], session: Session, conversation_id: int) -> None:
    """One fact for each signal; written without a look at what is there, so that a second time would be an error."""
    talk = session.get_one(Conversation, conversation_id)
    for one in session.scalars(select(Signal).where(Signal.conversation_id == conversation_id)):
        key = f"{one.message_id}:{one.kind}"
        if talk.account_id and session.scalar(select(Fact.id).where(Fact.key == key)) is None:
            session.add(
                Fact(key=key, account_id=talk.account_id, conversation_id=conversation_id, message_id=one.message_id,
                     name="concern", value=one.kind, detail={}, quote=one.quote, confidence=0.9, valid_from=one.at,
                     origin="said", recorded_at=now())
            )  # fmt: skip


def hands_of(settings: Settings, engine: Engine) -> Hands:
    now = settings.clock.now
    return Hands(
        settings=settings,
        engine=engine,
        kept=partial(kept, Storage(settings.files)),
        probe=probe,
        hear=hear,
        hot_words=hot_words,
        read=partial(read, engine),
        store=partial(store, now),
        learn=partial(learn, now),
        escalate=lambda session, conversation_id, messages: 0,
        tell=lambda session, tellings: tell(session, tellings, now()),
    )


Planned = Callable[[Settings, Engine, Callable[[str], None]], Plan]
"""What a worker works on; it calls the third at each of its moments."""


def work(arguments: dict[str, Any]) -> None:
    """A worker process of the pipelines."""

    def plan(settings: Settings, engine: Engine, watch: Callable[[str], None]) -> Plan:
        hands, scribe = hands_of(settings, engine), Scribe()
        if arguments.get("real"):
            hands = replace(hands, probe=partial(really_probe, limits=Limits.of(settings)), hear=scribe.hear)
        return Plan(plan_of(hands).flows, (), watch, scribe.hurry)

    work_on(plan, arguments)


def work_on(planned: Planned, arguments: dict[str, Any]) -> None:
    """Work in this process, and die once at each of its points, whoever of several processes comes there first."""
    from db.engine import open_engine  # noqa: PLC0415 (in the worker's own process)
    from jobs.runtime import open_jobs  # noqa: PLC0415 (the same)

    settings = Settings(_env_file=None, **arguments["settings"])
    points, marks = set(arguments["points"]), Path(arguments["marks"])
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))

    def watch(moment: str) -> None:
        if moment in points and _first(marks / moment.replace(":", "-")):
            os.kill(os.getpid(), signal.SIGKILL)

    def plan(settings: Settings, engine: Engine, workbench: object) -> Plan:
        return planned(settings, engine, watch)

    engine = open_engine(settings.database)
    with open_jobs(settings, engine, None, pace=QUICK, plan=plan):  # type: ignore[arg-type]
        while not stopped:
            time.sleep(0.05)
    engine.dispose()


def _first(mark: Path) -> bool:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
