"""Processes that start together bring one database to head without hurting each other."""

import subprocess
import sys
from pathlib import Path

import pytest

from db.engine import open_engine
from db.migrations.run import is_current
from tests.fixtures.postgres import Postgres

MIGRATE = "import sys; from db.migrations.run import migrate; migrate(sys.argv[1])"
ROOT = Path(__file__).parents[2]


def _migrate_together(url: str, folder: Path) -> None:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {MIGRATE}", url]
    running = [subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    problems = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], problems
    engine = open_engine(url)
    assert is_current(engine)
    engine.dispose()


def test_on_sqlite(tmp_path: Path) -> None:
    _migrate_together(f"sqlite:///{tmp_path / 'var' / 'new.db'}", tmp_path)


@pytest.mark.postgres
def test_on_postgres(postgres: Postgres, tmp_path: Path) -> None:
    _migrate_together(postgres.url(postgres.create()), tmp_path)
