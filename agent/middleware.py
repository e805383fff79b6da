"""Around every call of a model: its prompt, its deadline, the check of what it wrote, and the planner in its place.

One wrapper and no extra nodes: each step of the graph costs a millisecond and more.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import httpx
import structlog
from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.exceptions import ModelError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage

from agent.context import AgentTurn
from agent.deadline import within
from agent.memory import this_turn
from agent.models import BUILTIN, client_faults
from agent.numbers import Grounds, grounds_of, unsupported
from agent.recover import recover_calls
from agent.render import Reader, render_results
from agent.sense import Nonsense, check_calls
from prompts import load
from tools.escalations.tools import proposes

Handler = Callable[[ModelRequest[AgentTurn]], Awaitable[ModelResponse[Any]]]

FAULTS = (
    ModelError,
    httpx.HTTPError,
    TimeoutError,
    Nonsense,
    # What parsing garbage raises in the client libraries.
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
)
RESTART = {"restart": True}
log = structlog.get_logger()


def _faults() -> tuple[type[Exception], ...]:
    return (*FAULTS, *client_faults())


@dataclass(frozen=True)
class Thinker:
    """A model, what it is called in replies, and how long it may take over one turn."""

    model: BaseChatModel
    name: str
    seconds: float


class Guard(AgentMiddleware[Any, AgentTurn]):
    """Lets the configured model think while it behaves, and the planner otherwise."""

    def __init__(self, planner: BaseChatModel, thinker: Thinker | None) -> None:
        super().__init__()
        self._planner = planner
        self._thinker = thinker

    async def awrap_model_call(self, request: ModelRequest[AgentTurn], handler: Handler) -> ModelResponse[Any]:
        """The model's checked answer within its time, or the planner's."""
        notes = request.runtime.context.notes
        if proposes(request.messages[-1:]):
            # What is proposed is shown as it is: no model words what a person is asked to confirm.
            return ModelResponse(result=[self._rendered(request.messages, request.runtime.context)])
        if self._thinker is not None and not notes.fallen:
            try:
                return await self._think(self._thinker, request, handler)
            except _faults() as error:
                notes.fallen = True
                log.warning(
                    "model_failed", model=self._thinker.name, error=type(error).__name__, detail=str(error)[:200]
                )
                request.runtime.stream_writer(RESTART)
        notes.model = BUILTIN
        return await self._plan(request, handler)

    async def _plan(self, request: ModelRequest[AgentTurn], handler: Handler) -> ModelResponse[Any]:
        settings = {"reader": reader_of(request.runtime.context)}
        return await handler(request.override(model=self._planner, model_settings=settings, system_message=None))

    async def _think(self, thinker: Thinker, request: ModelRequest[AgentTurn], handler: Handler) -> ModelResponse[Any]:
        turn = request.runtime.context
        turn.notes.model = thinker.name
        request = request.override(model=thinker.model, system_message=_system_message(turn))
        message = await self._call(thinker, request, handler)
        if message.tool_calls:
            return ModelResponse(result=[message])
        grounds = grounds_of(this_turn(request.messages), turn.identity.name)
        wrong = self._faults(message, grounds)
        if not wrong:
            return ModelResponse(result=[message])
        log.warning("figures_unsupported", model=thinker.name, figures=wrong)
        request.runtime.stream_writer(RESTART)
        correction = load("correction", turn.lang).render(figures=", ".join(wrong))
        again = request.override(messages=[*request.messages, message, HumanMessage(correction)])
        message = await self._call(thinker, again, handler)
        if message.tool_calls or not self._faults(message, grounds):
            return ModelResponse(result=[message])
        request.runtime.stream_writer(RESTART)
        return ModelResponse(result=[self._rendered(request.messages, turn)])

    async def _call(self, thinker: Thinker, request: ModelRequest[AgentTurn], handler: Handler) -> AIMessage:
        """One call within what is left of the model's time; its tool calls make sense."""
        left = thinker.seconds - request.runtime.context.notes.seconds
        response = await within(max(left, 0), handler(request))
        message = recover_calls(cast(AIMessage, response.result[-1]))
        check_calls(message, this_turn(request.messages), {tool.name for tool in request.tools})  # type: ignore[union-attr]
        return message

    def _faults(self, message: AIMessage, grounds: Grounds) -> list[str]:
        return unsupported(str(message.text), grounds)

    def _rendered(self, messages: list[AnyMessage], turn: AgentTurn) -> AIMessage:
        """The results of this turn's tools in the planner's words."""
        results = [message for message in this_turn(messages) if isinstance(message, ToolMessage) and message.artifact]
        if not results:
            raise Nonsense("figures without a tool call")
        turn.notes.model = BUILTIN
        return AIMessage(content=render_results(results, reader_of(turn)))


def reader_of(turn: AgentTurn) -> Reader:
    """Who reads the planner's words."""
    return Reader(turn.lang, turn.identity.name, turn.identity.role.value)


def _system_message(turn: AgentTurn) -> SystemMessage:
    return SystemMessage(load("system", turn.lang).render())
