"""Finds what was accepted and never enqueued, or was said before anybody listened, and has it done."""

from typing import TYPE_CHECKING

from sqlalchemy import Engine

from db.backlog import Waiting, newest_message, unfinished_calls, unread_conversations
from db.engine import system_session
from db.intake import HEARD, work_of
from jobs.queues import BACKLOG

if TYPE_CHECKING:
    from jobs.runtime import Jobs

FEW = 20
"""Conversations that are read as if they had just come in; more than that are a backlog, read when there is time."""
MOST = 1000
"""Conversations a sweep has read; the next goes on."""
WHOLE = 60
"""One sweep in so many looks at everything; the others only at what was stored since."""


class Sweep:
    """`run` may be called as often as one likes, by as many processes as there are: keys make it harmless."""

    def __init__(self, engine: Engine, jobs: "Jobs") -> None:
        self._engine = engine
        self._jobs = jobs
        self._seen = 0
        self._runs = 0

    def run(self) -> int:
        """Have what waits done; how much that is, counting what is under way."""
        since = 0 if self._runs % WHOLE == 0 else self._seen
        self._runs += 1
        with system_session(self._engine) as session:
            calls = unfinished_calls(session)
            newest = newest_message(session)
            talks = unread_conversations(session, since, MOST)
        for call_id, key in calls:
            self._jobs.enqueue("call", key, {"call_id": call_id})
        self._read(talks)
        if len(talks) < MOST:
            self._seen = newest
        return len(calls) + len(talks)

    def _read(self, talks: list[Waiting]) -> None:
        later = len(talks) > FEW
        for talk in talks:
            work = work_of(talk.conversation_id, talk.message_id)
            payload = {**work.payload, "later": later}
            self._jobs.order(HEARD, work.key, payload, queue=BACKLOG if later else None)
