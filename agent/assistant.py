"""The assistant: one turn in, one reply out, whole or as it happens."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.types import StreamMode
from sqlalchemy import Engine

from agent.build import Graph, build_graph
from agent.context import AgentTurn
from agent.intents import intents
from agent.reply import reply_of
from agent.saver import Saver, open_saver
from agent.streaming import Telling
from agent.tracing import keep_inside
from agent.transcript import Asked, Transcript
from core.errors import NotFound, UserError
from core.identity import Identity
from core.language import detect
from core.reply import Reply
from core.settings import Settings
from core.stream import Event
from core.wording import Lang
from db.engine import open_engine
from prompts import load
from tools.conversations.listener import Listener
from tools.conversations.tools import conversation_tools
from tools.metrics.desk import Desk
from tools.metrics.facts import FreshFacts
from tools.metrics.tools import metric_tools
from tools.profiles.tools import Briefer, profile_tools
from tools.workbench import Workbench

LONGEST = 4000
THREAD_ID = re.compile(r"[0-9a-f]{32}")
QUIET_SECONDS = 5.0
"""Before the embeddings are loaded: the first turns are not to share the processor with that."""
DAY_SECONDS = 24 * 60 * 60
STREAMS: list[StreamMode] = ["messages", "custom", "updates", "values"]
Result = TypeVar("Result")


class TooLong(UserError):
    """The message is longer than a message may be."""

    code = "message_too_long"


AT_ONCE = 8
"""Turns worked on together in one process: more would not finish sooner, only later each."""

WAITING = 64
"""The same where turns mostly wait for a language model elsewhere."""


class Nothing(UserError):
    """The message has no words."""

    code = "message_empty"


class Assistant:
    """Takes turns for signed-in people; every thread belongs to its asker alone."""

    def __init__(self, graph: Graph, transcript: Transcript, pool: ThreadPoolExecutor, at_once: int) -> None:
        self._graph = graph
        self._transcript = transcript
        self._pool = pool
        self._gate = asyncio.Semaphore(at_once)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def turn(
        self, identity: Identity, message: str, *, thread_id: str | None = None, lang: Lang | None = None
    ) -> Reply:
        """One whole turn: kept, answered and kept."""
        turn, asked = _begin(identity, message, thread_id, lang)
        async with self._lock(asked.thread_id), self._gate:
            conversation = await self._run(self._transcript.ask, turn, asked)
            state = await self._graph.ainvoke(_input(asked), _config(asked), context=turn, durability="exit")
            reply = reply_of(state["messages"], turn, asked.thread_id)
            await self._run(self._transcript.answer, conversation, reply)
            return reply

    async def stream(
        self, identity: Identity, message: str, *, thread_id: str | None = None, lang: Lang | None = None
    ) -> AsyncIterator[Event]:
        """The same turn as it happens; the last event is the reply, and what it says is what counts."""
        turn, asked = _begin(identity, message, thread_id, lang)
        async with self._lock(asked.thread_id):
            conversation = await self._run(self._transcript.ask, turn, asked)
            telling = Telling(turn)
            yield telling.begin()
            parts = self._graph.astream(
                _input(asked), _config(asked), context=turn, stream_mode=STREAMS, durability="exit", version="v2"
            )
            async for part in parts:
                for event in telling.tell(part):
                    yield event
            reply = reply_of(telling.messages, turn, asked.thread_id)
            await self._run(self._transcript.answer, conversation, reply)
            for event in telling.end(reply):
                yield event

    def _lock(self, thread_id: str) -> asyncio.Lock:
        """Two messages in one thread wait for each other."""
        return self._locks.setdefault(thread_id, asyncio.Lock())

    async def _run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)


def _begin(identity: Identity, message: str, thread_id: str | None, lang: Lang | None) -> tuple[AgentTurn, Asked]:
    text = message.strip()
    if not text:
        raise Nothing
    if len(text) > LONGEST:
        raise TooLong(limit=LONGEST, length=len(text))
    if thread_id is not None and not THREAD_ID.fullmatch(thread_id):
        raise NotFound
    turn = AgentTurn(identity=identity, lang=lang or detect(text), turn_id=uuid4().hex)
    return turn, Asked(thread_id or uuid4().hex, text, new=thread_id is None)


def _input(asked: Asked) -> dict[str, Any]:
    return {"messages": [HumanMessage(asked.text)]}


def _config(asked: Asked) -> RunnableConfig:
    return {"configurable": {"thread_id": asked.thread_id}, "recursion_limit": 24}


async def _forget(saver: Saver, transcript: Transcript, days: int) -> None:
    """Once a day, remove the memory of threads that nobody went on with; their transcripts stay."""
    while True:
        for thread_id in await asyncio.to_thread(transcript.stale, days):
            await saver.adelete_thread(thread_id)
        await asyncio.sleep(DAY_SECONDS)


@asynccontextmanager
async def open_assistant(settings: Settings, workbench: Workbench | None = None) -> AsyncIterator[Assistant]:
    """The assistant over the settings' database, ready for the first turn; everything it opened is closed.

    The parts that hear customers come from `workbench`, which stays its owner's to close; without one, it has its own.
    """
    keep_inside()
    engine = open_engine(settings.database)
    parts = workbench or Workbench(settings, engine)
    transcript = Transcript(engine, settings.clock)
    pool = ThreadPoolExecutor(4, thread_name_prefix="desk")
    tools = open_tools(settings, engine, pool, parts)
    try:
        async with open_saver(settings) as saver:
            graph = build_graph(settings, tools, saver)
            forgetting = asyncio.create_task(_forget(saver, transcript, settings.thread_days))
            learning = asyncio.get_running_loop().call_later(QUIET_SECONDS, _learn)
            try:
                at_once = AT_ONCE if settings.model == "builtin" else WAITING
                yield Assistant(graph, transcript, pool, at_once)
            finally:
                learning.cancel()
                forgetting.cancel()
                with suppress(asyncio.CancelledError):
                    await forgetting
    finally:
        pool.shutdown()
        if workbench is None:
            parts.close()
        engine.dispose()


def open_tools(settings: Settings, engine: Engine, pool: ThreadPoolExecutor, parts: Workbench) -> list[BaseTool]:
    """Every tool of the assistant, over one database."""
    desk = Desk(engine, settings.clock, seconds=settings.query_seconds, rows=settings.query_rows)
    listener = Listener(engine, settings.clock, desk, lambda: parts.memory)
    briefer = Briefer(engine, settings.clock, desk, lambda: parts.profiles)
    return [
        *metric_tools(desk, FreshFacts(engine), _described, pool),
        *conversation_tools(listener, _described, pool),
        *profile_tools(briefer, _described, pool),
    ]


def _learn() -> None:
    threading.Thread(target=intents().meaning.load, name="meaning", daemon=True).start()


def _described(tool: str) -> str:
    return load(f"tools/{tool}", "en").render()
