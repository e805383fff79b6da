"""A turn as it happens: text is told sentence by sentence, each only once its figures are known to be right."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage

from agent.context import AgentTurn
from agent.memory import this_turn
from agent.middleware import RESTART
from agent.numbers import Grounds, grounds_of, unsupported
from agent.recover import looks_like_call
from core.reply import Reply
from core.stream import Delta, Event, Progress
from core.wording import say
from prompts import data


@cache
def _sentence() -> re.Pattern[str]:
    return re.compile(data("planner/figures")["sentence"])


class Telling:
    """Turns what the graph streams into events."""

    def __init__(self, turn: AgentTurn) -> None:
        self._turn = turn
        self._grounds = Grounds()
        self._told = ""
        self._held = ""
        self._shut = False
        self.messages: list[AnyMessage] = []

    def begin(self) -> Progress:
        """The first event of a turn."""
        return self._progress("thinking")

    def tell(self, part: Mapping[str, Any]) -> Iterator[Event]:
        """The events of one part of the stream."""
        kind, content = part["type"], part["data"]
        if kind == "messages":
            yield from self._heard(content[0])
        elif kind == "custom" and content == RESTART:
            yield self._progress("planner" if self._turn.notes.fallen else "thinking")
            yield from self._withdraw()
        elif kind == "updates" and "tools" not in content:
            yield from self._thought(content)
        elif kind == "values":
            self.messages = content["messages"]
            self._grounds = grounds_of(this_turn(self.messages), self._turn.identity.name)

    def end(self, reply: Reply) -> Iterator[Event]:
        """What is still untold of the reply's text, and the reply."""
        if not reply.text.startswith(self._told):
            yield from self._withdraw()
        rest = reply.text[len(self._told) :]
        if rest:
            yield Delta(text=rest)
        yield reply

    def _heard(self, chunk: Any) -> Iterator[Event]:
        if isinstance(chunk, AIMessageChunk) and not self._shut:
            self._held += str(chunk.text)
            yield from self._release()

    def _release(self) -> Iterator[Event]:
        """Tell the whole sentences that are held, unless a figure in them has nothing to rest on."""
        ends = [found.end() for found in _sentence().finditer(self._held)]
        if not ends or looks_like_call(self._told + self._held):
            return
        ready, rest = self._held[: ends[-1]], self._held[ends[-1] :]
        if unsupported(ready, self._grounds):
            self._shut = True
            return
        self._told, self._held = self._told + ready, rest
        yield Delta(text=ready)

    def _thought(self, update: dict[str, Any]) -> Iterator[Event]:
        """A model that went on to call tools did not mean its words as the reply."""
        for change in update.values():
            message = (change or {}).get("messages", [None])[-1] if isinstance(change, dict) else None
            if isinstance(message, AIMessage) and message.tool_calls:
                yield from self._withdraw()
                yield self._progress("reading")

    def _withdraw(self) -> Iterator[Event]:
        if self._told:
            yield Delta(text="", restart=True)
        self._told, self._held, self._shut = "", "", False

    def _progress(self, step: str) -> Progress:
        return Progress(text=say(f"replies.progress.{step}", self._turn.lang))
