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

from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.types import StreamMode
from sqlalchemy import Engine

from agent.build import Graph, build_graph
from agent.context import AgentTurn
from agent.deciding import Decider
from agent.intents import intents
from agent.memory import this_turn
from agent.reply import reply_of, stopped_reply
from agent.running import Running, Under
from agent.saver import Saver, open_saver
from agent.streaming import Telling
from agent.tracing import keep_inside
from agent.transcript import Asked, Transcript
from agent.wording import word
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
from tools.escalations.desk import Place
from tools.escalations.tools import ACTED, escalation_tools
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
CONSOLE = "console"
MODEL_NODE = "model"
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

    def __init__(
        self, graph: Graph, transcript: Transcript, decider: Decider, pool: ThreadPoolExecutor, at_once: int
    ) -> None:
        self._graph = graph
        self._transcript = transcript
        self._decider = decider
        self._pool = pool
        self._gate = asyncio.Semaphore(at_once)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._running = Running()

    async def turn(
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = CONSOLE,
    ) -> Reply:
        """One whole turn: kept, answered and kept. `channel` is where the asker says it."""
        under = _begin(identity, message, thread_id, lang, channel)
        with self._running.hold(under):
            try:
                reply: Reply = await under.start(self._whole(under))
            except asyncio.CancelledError:
                if under.settled:
                    raise
                stopped = await asyncio.shield(self._stopped(under))
                if not under.stopped:
                    raise
                reply = stopped
            return reply

    async def stream(
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = CONSOLE,
    ) -> AsyncIterator[Event]:
        """The same turn as it happens; the last event is the reply, and what it says is what counts."""
        under = _begin(identity, message, thread_id, lang, channel)
        told: asyncio.Queue[Event | None] = asyncio.Queue()
        with self._running.hold(under):
            task = under.start(self._telling(under, told))
            task.add_done_callback(lambda _: told.put_nowait(None))
            try:
                while (event := await told.get()) is not None:
                    yield event
                if under.stopped:
                    for event in Telling(under.turn).end(await self._stopped(under)):
                        yield event
                else:
                    await task
            finally:
                if not task.done():
                    await self._leave(under, task)

    async def _leave(self, under: Under, task: asyncio.Task[Any]) -> None:
        """Whoever listened is gone: the turn is stopped, and its thread says so."""
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        if not under.settled:
            await asyncio.shield(self._stopped(under))

    async def stop(self, identity: Identity, thread_id: str) -> bool:
        """Stop the asker's turn in this thread; whether one ran. The thread shows that it was stopped."""
        return self._running.stop(identity, thread_id)

    async def _whole(self, under: Under) -> Reply:
        async with self._lock(under), self._gate:
            reply = await self._decided(under, await self._kept(under))
            if reply is None:
                asked = under.asked
                state = await self._graph.ainvoke(_input(asked), _config(asked), context=under.turn, durability="exit")
                reply = reply_of(state["messages"], under.turn, asked.thread_id)
            await self._keep(under, reply)
            return reply

    async def _telling(self, under: Under, told: asyncio.Queue[Event | None]) -> None:
        turn, asked = under.turn, under.asked
        async with self._lock(under):
            conversation, telling = await self._kept(under), Telling(turn)
            told.put_nowait(telling.begin())
            reply = await self._decided(under, conversation)
            if reply is None:
                parts = self._graph.astream(
                    _input(asked), _config(asked), context=turn, stream_mode=STREAMS, durability="exit", version="v2"
                )
                async for part in parts:
                    for event in telling.tell(part):
                        told.put_nowait(event)
                reply = reply_of(telling.messages, turn, asked.thread_id)
            await self._keep(under, reply)
            for event in telling.end(reply):
                told.put_nowait(event)

    async def _decided(self, under: Under, conversation: int) -> Reply | None:
        """The asker's word on what was proposed, where the message is one. No model is asked."""
        confirmed = self._decider.hears(under)
        if confirmed is None:
            return None
        under.settled = True
        found = await self._run(lambda: self._decider.decide(under, conversation, confirmed=confirmed))
        under.settled = found is not None
        if found is None:
            return None
        reply, subject = found
        await self._remember(under.asked, reply.text, subject)
        return reply

    async def _stopped(self, under: Under) -> Reply:
        """What is left of a turn that was stopped: the question, and that it was stopped."""
        under.settled = True
        turn, asked = under.turn, under.asked
        async with self._lock(under):
            conversation = await (under.keeping or self._run(self._transcript.ask, turn, asked))
            text = word("acting.stopped", turn.lang)
            reply = stopped_reply(turn, asked.thread_id, text)
            await self._forget_turn(asked)
            await self._remember(asked, text)
            await self._run(self._transcript.answer, conversation, reply)
        return reply

    async def _remember(self, asked: Asked, said: str, subject: str = "") -> None:
        """Let the thread's memory know what was said without the agent."""
        spoken = AIMessage(said, additional_kwargs={ACTED: subject})
        messages = [HumanMessage(asked.text), spoken]
        await self._graph.aupdate_state(_config(asked), {"messages": messages}, as_node=MODEL_NODE)

    async def _forget_turn(self, asked: Asked) -> None:
        """Take what a stopped turn left in the thread's memory out of it: calls without results mislead models."""
        state = await self._graph.aget_state(_config(asked))
        left = this_turn(state.values.get("messages", []))
        unfinished = bool(left) and (left[0].text == asked.text) and bool(state.next or left[-1].type != "ai")
        if unfinished:
            gone = [RemoveMessage(id=str(one.id)) for one in left]
            await self._graph.aupdate_state(_config(asked), {"messages": gone}, as_node=MODEL_NODE)

    async def _kept(self, under: Under) -> int:
        """Keep what was asked, whole even when the turn is stopped meanwhile."""
        under.keeping = asyncio.ensure_future(self._run(self._transcript.ask, under.turn, under.asked))
        return await asyncio.shield(under.keeping)

    async def _keep(self, under: Under, reply: Reply) -> None:
        under.settled = True
        await self._run(self._transcript.answer, await self._of(under), reply)

    async def _of(self, under: Under) -> int:
        assert under.keeping is not None
        return await under.keeping

    def _lock(self, under: Under) -> asyncio.Lock:
        """Two messages in one thread wait for each other."""
        return self._locks.setdefault(under.asked.thread_id, asyncio.Lock())

    async def _run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)


def _begin(identity: Identity, message: str, thread_id: str | None, lang: Lang | None, channel: str) -> Under:
    text = message.strip()
    if not text:
        raise Nothing
    if len(text) > LONGEST:
        raise TooLong(limit=LONGEST, length=len(text))
    if thread_id is not None and not THREAD_ID.fullmatch(thread_id):
        raise NotFound
    turn = AgentTurn(identity=identity, lang=lang or detect(text), turn_id=uuid4().hex)
    return Under(turn, Asked(thread_id or uuid4().hex, text, new=thread_id is None), channel)


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
                decider = Decider(open_place(settings, engine, parts), transcript)
                yield Assistant(graph, transcript, decider, pool, at_once)
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
        *escalation_tools(open_place(settings, engine, parts, desk), _described, pool),
    ]


def open_place(settings: Settings, engine: Engine, parts: Workbench, desk: Desk | None = None) -> Place:
    """Where escalations are asked for, over one database."""
    words = desk or Desk(engine, settings.clock, seconds=settings.query_seconds, rows=settings.query_rows)
    return Place(engine, settings.clock, words, lambda: parts.escalations)


def _learn() -> None:
    threading.Thread(target=intents().meaning.load, name="meaning", daemon=True).start()


def _described(tool: str) -> str:
    return load(f"tools/{tool}", "en").render()
