"""The assistant over a copy of the demo company, alone or with a scripted model."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.assistant import Assistant, open_assistant
from core.identity import Identity, Role
from core.settings import Settings
from tests.fakes.openai_server import OpenAIServer, run_openai_server

NOW = datetime(2026, 6, 17, 4, 0, tzinfo=UTC)
QUESTION = "What was our revenue in Q1 2026?"
FOLLOW_UP = "and by region?"


@pytest.fixture
def settings(demo_file: Path, tmp_path: Path) -> Settings:
    """A home of its own with the demo company."""
    (tmp_path / "var").mkdir()
    shutil.copyfile(demo_file, tmp_path / "var" / "dealhand.db")
    return Settings(_env_file=None, home=tmp_path, now=NOW)


@pytest.fixture
async def assistant(settings: Settings) -> AsyncIterator[Assistant]:
    """The assistant with the built-in planner."""
    async with open_assistant(settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def running_server() -> Iterator[OpenAIServer]:
    with run_openai_server() as server:
        yield server


@pytest.fixture
def server(running_server: OpenAIServer) -> OpenAIServer:
    """A model to be scripted."""
    running_server.play()
    return running_server


@pytest.fixture
def model_settings(settings: Settings, server: OpenAIServer, request: pytest.FixtureRequest) -> Settings:
    """Settings for the scripted model, with little patience where it is to fail."""
    seconds = 0.6 if "test_fallback" in request.node.nodeid else 5.0
    changes = {"model": "openai:fake", "openai_base_url": server.url, "model_timeout_seconds": seconds}
    return settings.model_copy(update=changes)


@pytest.fixture
async def modelled(model_settings: Settings) -> AsyncIterator[Assistant]:
    """The assistant with the scripted model."""
    async with open_assistant(model_settings) as opened:
        yield opened


@pytest.fixture
def director(demo_people: Callable[[Role], Identity]) -> Identity:
    return demo_people(Role.DIRECTOR)


@pytest.fixture
def rep(demo_people: Callable[[Role], Identity]) -> Identity:
    return demo_people(Role.REP)


@pytest.fixture
def manager(demo_people: Callable[[Role], Identity]) -> Identity:
    return demo_people(Role.MANAGER)
