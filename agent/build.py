"""The graph: LangChain's agent with our guard around its model, and our tools."""

from collections.abc import Sequence
from typing import Any

from langchain.agents import create_agent
from langchain_core.tools import BaseTool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph

from agent.context import AgentTurn
from agent.memory import ThreadState
from agent.middleware import Guard, Thinker
from agent.models import open_model
from agent.planner import Planner
from core.settings import Settings

Graph = CompiledStateGraph[Any, AgentTurn, Any, Any]

MODEL_SHARE = 1.75
MODEL_SECONDS = 7.5
"""The most a model gets of one turn, so that the planner can still answer within ten seconds."""


def build_graph(settings: Settings, tools: Sequence[BaseTool], saver: BaseCheckpointSaver[Any] | None) -> Graph:
    """The agent, thinking with the configured model and falling back to the planner."""
    planner, model = Planner(), open_model(settings)
    seconds = min(settings.model_timeout_seconds * MODEL_SHARE, MODEL_SECONDS)
    thinker = None if model is None else Thinker(model, settings.model, seconds)
    return create_agent(
        planner,
        tools=list(tools),
        middleware=[Guard(planner, thinker)],
        state_schema=ThreadState,
        context_schema=AgentTurn,
        checkpointer=saver,
    )
