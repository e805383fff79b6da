"""The graph for LangGraph's own tools: `langgraph.json` names this factory.

A run gives its context as JSON:
{"identity": {"person_id": 1, "name": "…", "role": "rep"}, "lang": "en", "turn_id": "…"}.
It is for a developer's own machine: whoever runs it says who asks.
"""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from agent.assistant import open_tools
from agent.build import Graph, build_graph
from agent.tracing import keep_inside
from core.settings import Settings
from db.engine import open_engine
from tools.workbench import Workbench


@asynccontextmanager
async def dealhand() -> AsyncIterator[Graph]:
    """The compiled graph over the settings' database, without a memory of its own: the platform brings one."""
    keep_inside()
    settings = Settings()
    engine = open_engine(settings.database)
    workbench = Workbench(settings, engine)
    with ThreadPoolExecutor(4, thread_name_prefix="desk") as pool:
        try:
            yield build_graph(settings, open_tools(settings, engine, pool, workbench), None)
        finally:
            workbench.close()
            engine.dispose()
