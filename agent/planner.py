"""The built-in planner: a chat model that reads intents, calls the tools and words what they say. No network."""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.messages.tool import ToolCall, tool_call
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

from agent.intents import Match, intents
from agent.memory import this_turn
from agent.render import Reader, render_results, render_talk
from agent.wording import word
from agent.words import plain_word
from core.language import detect
from core.reply import Status
from tools.escalations.tools import ACTED, PROPOSED, open_point
from tools.metrics.tools import ASK

PIECE = re.compile(r"\S*\s*")
STATUS = "status"
ANSWERED = Status.ANSWERED.value


class Planner(BaseChatModel):
    """Decides from the messages alone, so the same messages always get the same answer."""

    @property
    def _llm_type(self) -> str:
        return "builtin"

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool], **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The planner with the names of the tools it may call."""
        return self.bind(tools=[tool.name if isinstance(tool, BaseTool) else str(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=_decide(messages, kwargs))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages, **kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _chunks(_decide(messages, kwargs)):
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _chunks(_decide(messages, kwargs)):
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk


def _chunks(message: AIMessage) -> Iterator[ChatGenerationChunk]:
    calls = [
        {"name": call["name"], "args": json.dumps(call["args"], ensure_ascii=False), "id": call["id"], "index": index}
        for index, call in enumerate(message.tool_calls)
    ]
    if calls:
        yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=calls))
    for piece in PIECE.findall(str(message.text)):
        if piece:
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
    end = AIMessageChunk(content="", chunk_position="last", additional_kwargs=message.additional_kwargs)
    yield ChatGenerationChunk(message=end)


def _decide(messages: Sequence[BaseMessage], settings: dict[str, Any]) -> AIMessage:
    """Call what is still to be called for the asker's last message; then word the results of those calls."""
    turn: list[AnyMessage] = this_turn(list(messages))  # type: ignore[arg-type]
    asked = str(turn[0].text) if turn and isinstance(turn[0], HumanMessage) else ""
    reader = settings.get("reader") or Reader(detect(asked))
    before = messages[: len(messages) - len(turn)]
    if plain_word(asked) is False and _asked_back(before):
        # As after a decision, what was understood so far is not gone on with.
        return AIMessage(word("acting.let_go", reader.lang), additional_kwargs={STATUS: ANSWERED, ACTED: ""})
    match = intents().first(asked) or _going_on(asked, before)
    if match is not None and match.intent.tool is None:
        return _talk(match, reader)
    call = _call_for(asked, match)
    results = _results_of(turn, call)
    if not results:
        return AIMessage(content="", tool_calls=[call])
    return _second_thought(asked, results[-1], turn, reader)


def _asked_back(before: Sequence[BaseMessage]) -> bool:
    """Whether the last that was said is a question of ours about what is to be done."""
    used = next((message.name for message in reversed(before) if isinstance(message, ToolMessage)), None)
    return used in intents().going_on_tools and open_point(before) not in (None, *PROPOSED)


def _going_on(asked: str, before: Sequence[BaseMessage]) -> Match | None:
    """The intent of what was said before, where this only goes on with it: "and last month?", "yes but at 4"."""
    used = next((message.name for message in reversed(before) if isinstance(message, ToolMessage)), None)
    if used not in intents().going_on_tools:
        return intents().amending(asked, used)
    reason = open_point(before)
    return intents().continuing(asked, str(used), asked_back=reason not in PROPOSED) if reason else None


def _second_thought(asked: str, result: ToolMessage, turn: list[AnyMessage], reader: Reader) -> AIMessage:
    """What a result says; where the records knew nothing of the question, the tool that may."""
    refusal = ((result.artifact or {}).get("answer") or {}).get("refusal")
    match = intents().after(asked, refusal["reason"]) if refusal else None
    if match is None:
        return AIMessage(content=render_results([result], reader))
    if match.intent.tool is None:
        return _talk(match, reader)
    call = _call_for(asked, match)
    found = _results_of(turn, call)
    return AIMessage(content=render_results(found[-1:], reader)) if found else AIMessage(content="", tool_calls=[call])


def _call_for(asked: str, match: Match | None) -> ToolCall:
    name, arguments = ASK, {"question": asked}
    if match is not None and match.intent.tool is not None:
        name = match.intent.tool
        arguments = {"question": asked} if match.intent.whole_question else {"name": match.name} if match.name else {}
    return tool_call(name=name, args=arguments, id=f"call_{uuid4().hex}")


def _results_of(turn: list[AnyMessage], wanted: ToolCall) -> list[ToolMessage]:
    """The results, in this turn, of just the call that the planner would make."""
    made = {
        call["id"]
        for message in turn
        if isinstance(message, AIMessage)
        for call in message.tool_calls
        if call["name"] == wanted["name"] and call["args"] == wanted["args"]
    }
    return [message for message in turn if isinstance(message, ToolMessage) and message.tool_call_id in made]


def _talk(match: Match, reader: Reader) -> AIMessage:
    text = render_talk(match.intent.name, reader)
    return AIMessage(content=text, additional_kwargs={STATUS: match.intent.status.value})
