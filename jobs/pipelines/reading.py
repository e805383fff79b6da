"""What a conversation carries: signals, facts, and whom to tell. The second half of a call, and all of a text."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from db.engine import system_session
from db.notices import Telling, concerning
from jobs.pipelines.hands import NEWS, Hands
from jobs.work import Work

Note = Callable[[str, float], None]


def read(hands: Hands, work: Work, conversation_id: int, note: Note) -> list[dict[str, Any]]:
    """Read, keep and learn; whom to tell of what, for `notify`."""
    note("signals", 0.9)
    readings = work.carry("read", lambda: hands.read(conversation_id))
    messages = work.once("signals", lambda session: hands.store(session, readings()))
    note("profile", 0.94)
    work.once("profile", lambda session: hands.learn(session, conversation_id))
    note("triggers", 0.97)
    work.once("escalate", lambda session: hands.escalate(session, conversation_id, messages))
    return work.step("triggers", lambda: _triggers(hands, conversation_id, messages))


def notify(hands: Hands, work: Work, tellings: list[dict[str, Any]], *also: Callable[[Session], None]) -> None:
    """Tell them, and do what else ends the work, at once."""

    def write(session: Session) -> int:
        for one in also:
            one(session)
        return hands.tell(session, [Telling(**one) for one in tellings])

    work.once("notify", write)


def _triggers(hands: Hands, conversation_id: int, messages: Sequence[int]) -> list[dict[str, Any]]:
    with system_session(hands.engine) as session:
        found = concerning(session, conversation_id, messages, hands.now() - NEWS)
        return [one.plain() for one in found]
