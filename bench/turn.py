"""A full offline turn against the bare floor: `create_agent` with an in-process model, one tool call, no saver."""

import asyncio
import time
from pathlib import Path
from typing import Any

import yaml
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from agent.assistant import open_assistant
from bench.figures import demo_home, emit, quantile
from db.engine import open_engine, system_session
from db.people import identity_of, list_people

ROUNDS = 400
WARM_UP = 40


class Parrot(BaseChatModel):
    """Calls the one tool, then repeats what it said."""

    @property
    def _llm_type(self) -> str:
        return "parrot"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        """The model as it is: it knows the one tool."""
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        last = messages[-1]
        if isinstance(last, ToolMessage):
            reply = AIMessage(str(last.content))
        else:
            reply = AIMessage("", tool_calls=[{"name": "echo", "args": {"text": "42"}, "id": "call-1"}])
        return ChatResult(generations=[ChatGeneration(message=reply)])

    async def _agenerate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return self._generate(messages)


async def echo(text: str) -> str:
    """Say the text again."""
    return text


async def measure() -> None:
    """Take turns between the floor and the product, and print both and their ratio."""
    questions = yaml.safe_load((Path(__file__).parent / "questions.yaml").read_text(encoding="utf-8"))
    floor_graph: Any = create_agent(Parrot(), tools=[echo])
    floor: list[float] = []
    turns: list[float] = []
    with demo_home() as settings:
        engine = open_engine(settings.database)
        with system_session(engine) as session:
            director = next(person for person in list_people(session) if person.role == "director")
            identity = identity_of(session, director.id)
        engine.dispose()
        async with open_assistant(settings) as assistant:
            for turn in range(ROUNDS + WARM_UP):
                question = questions[turn % len(questions)]
                start = time.perf_counter()
                await floor_graph.ainvoke({"messages": [HumanMessage(question)]})
                middle = time.perf_counter()
                reply = await assistant.turn(identity, question)
                end = time.perf_counter()
                if reply.status != "answered":
                    raise SystemExit(f"{question}: {reply.status}: {reply.text}")
                if turn >= WARM_UP:
                    floor.append((middle - start) * 1000)
                    turns.append((end - middle) * 1000)
    p50 = quantile(turns, 50) / quantile(floor, 50)
    emit("turn_floor_p50", quantile(floor, 50), "ms", goal="the floor itself", n=len(floor))
    emit("turn_floor_p95", quantile(floor, 95), "ms", goal="the floor itself", n=len(floor))
    emit("turn_p50", quantile(turns, 50), "ms", goal="at most 3 times the floor", n=len(turns))
    emit("turn_p95", quantile(turns, 95), "ms", goal="none set", n=len(turns))
    emit("turn_p50_over_floor", p50, "ratio", goal="<= 3", n=len(turns))


if __name__ == "__main__":
    asyncio.run(measure())
