"""LangGraph's tools open the graph by what `langgraph.json` says."""

import importlib.util
import json
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage

from core.identity import Identity
from core.settings import Settings
from tests.agent.conftest import NOW, QUESTION

ROOT = Path(__file__).parents[2]


async def test_the_graph_that_the_file_names_answers(
    settings: Settings, director: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEALHAND_HOME", str(settings.home))
    monkeypatch.setenv("DEALHAND_NOW", NOW.isoformat())
    file, _, name = json.loads((ROOT / "langgraph.json").read_text())["graphs"]["dealhand"].partition(":")
    spec = importlib.util.spec_from_file_location("graph_of_langgraph", ROOT / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    who = {"person_id": director.person_id, "name": director.name, "role": "director"}
    async with getattr(module, name)() as graph:
        context = {"identity": who, "lang": "en", "turn_id": "t1"}
        state = await graph.ainvoke({"messages": [HumanMessage(QUESTION)]}, context=context)
    assert "¥" in state["messages"][-1].text
