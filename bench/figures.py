"""How a figure is printed, and the throw-away company it is measured on."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.settings import Settings
from db.demo import load_demo
from db.engine import open_engine, system_session
from db.migrations.run import migrate
from db.people import list_people, make_token

NOW = "2026-06-17T04:00:00Z"


def emit(figure: str, value: float, unit: str, *, goal: str, n: int) -> None:
    """Print one figure as a line of JSON."""
    print(json.dumps({"figure": figure, "value": round(value, 3), "unit": unit, "goal": goal, "n": n}), flush=True)


def quantile(values: Sequence[float], percent: int) -> float:
    """The percentile of `values`, between neighbours where it falls between."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


@contextmanager
def demo_home() -> Iterator[Settings]:
    """Settings of a throw-away home on SQLite with the demo company loaded and the clock standing still."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), now=NOW, demo=True, _env_file=None)
        migrate(settings.database)
        engine = open_engine(settings.database)
        load_demo(engine, settings.clock)
        engine.dispose()
        yield settings


def tokens_of(settings: Settings, roles: Sequence[str]) -> list[str]:
    """An API token for each active person of these roles."""
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        people = [person for person in list_people(session) if person.role in roles]
        tokens = [make_token(session, person.id, settings.clock.now()) for person in people]
    engine.dispose()
    return tokens


@contextmanager
def served(settings: Settings, *options: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The installed product's own server as a process of its own, ended afterwards."""
    command = [str(Path(sys.executable).with_name("dealhand")), "serve", "--port", str(port), *options]
    env = os.environ | {"DEALHAND_HOME": str(settings.home), "DEALHAND_NOW": NOW, "DEALHAND_DEMO": "1"}
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)
