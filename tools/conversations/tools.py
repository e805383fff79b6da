"""What the agent may ask of conversations."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from langchain.tools import ToolRuntime
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, StructuredTool

from tools.context import Turn
from tools.conversations.listener import Heard, Listener, heard_to_json

SEARCH = "search_conversations"
LINES_FOR_MODEL = 10
LONGEST_QUOTE = 300
Runtime = ToolRuntime[Turn, Any]


def conversation_tools(listener: Listener, described: Callable[[str], str], pool: Executor) -> list[BaseTool]:
    """The tools over one listener. Searches run on `pool`."""

    async def search_conversations(question: str, runtime: Runtime) -> tuple[str, dict[str, Any]]:
        identity, last = runtime.context.identity, last_question(runtime.state["messages"], question)
        heard = await asyncio.get_running_loop().run_in_executor(pool, listener.hear, identity, question, last)
        return _told(heard, question)

    return [
        StructuredTool.from_function(
            coroutine=search_conversations,
            name=SEARCH,
            description=described(SEARCH),
            response_format="content_and_artifact",
        )
    ]


def last_question(messages: list[Any], question: str) -> str | None:
    """The question about conversations that `question` may amend: the last one, if nothing else was asked since."""
    for message in reversed(messages):
        if isinstance(message, ToolMessage):
            artifact = message.artifact if message.name == SEARCH else None
            return artifact["asked"] if artifact and artifact["asked"] != question else None
    return None


def _told(heard: Heard, question: str) -> tuple[str, dict[str, Any]]:
    packed = heard_to_json(heard)
    artifact = {"status": heard.status.value, "asked": question, "heard": packed, "sources": _sources(packed)}
    told = {
        "status": heard.status.value,
        "reason": heard.reason,
        "offers": packed["offers"],
        "not_read_yet": heard.unread,
        "found": [
            {key: line[key] for key in ("account", "author", "at", "channel", "text")}
            for line in packed["lines"][:LINES_FOR_MODEL]
        ],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")), artifact


def _sources(packed: dict[str, Any]) -> list[dict[str, Any]]:
    kept = ("kind", "id", "at", "conversation", "account", "second")
    return [{**{key: line[key] for key in kept}, "quote": line["text"][:LONGEST_QUOTE]} for line in packed["lines"]]
