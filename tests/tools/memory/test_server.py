"""A Chroma server that several processes share, and searches while it is away."""

import gc
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from core.settings import Settings
from tests.tools.memory.conftest import Talks
from tools.memory.memory import Limits, Memory

PREMISES = "It has to be on premises, in our own server room."
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Chroma's HTTP client leaves its sockets to the garbage collector."""

BY_STORE = Limits(few=0, exact=0)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    program = str(Path(sys.executable).with_name("chroma"))
    command = [program, "run", "--path", str(tmp_path / "server"), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{url}/api/v2/heartbeat").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield url
    finally:
        process.kill()
        process.wait()


def test_two_processes_share_a_server(talks: Talks, settings: Settings, engine: Engine, chroma: str) -> None:
    shared = settings.model_copy(update={"chroma_url": chroma})
    (said,) = talks.add("Rita", PREMISES)
    memories = [Memory(shared, engine, BY_STORE) for _ in range(2)]
    for memory in memories:
        memory.catch_up()
        assert (memory.state().vectors, memory.state().behind) == (1, 0)
        hits = memory.search(talks.people["Rita"], "on-premise deployment")
        assert [hit.message_id for hit in hits] == [said]
    for memory in memories:
        memory.close()
    gc.collect()


def test_while_the_server_is_away_the_records_answer(talks: Talks, settings: Settings, engine: Engine) -> None:
    gone = settings.model_copy(update={"chroma_url": f"http://127.0.0.1:{free_port()}"})
    (said,) = talks.add("Rita", PREMISES)
    memory = Memory(gone, engine, BY_STORE)
    assert [hit.message_id for hit in memory.search(talks.people["Rita"], "on-premise deployment")] == [said]
    memory.close()
