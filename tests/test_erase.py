"""Erasing as an operator does it: real processes, and a look into every file that is left."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from core.settings import Settings
from db.calls import store_transcript
from db.engine import open_engine, system_session
from db.tables import Account, Contact
from tests.tools.calls.recordings import ABOUT, SPOKEN, tone
from tools.calls.desk import CallDesk

DEALHAND = Path(sys.executable).with_name("dealhand")
MARK = "zanzibarquux"
NOW = "2026-06-17T04:00:00Z"


@pytest.fixture
def home(tmp_path: Path, demo_file: Path) -> Path:
    """A home with the demo company and a customer who said things in every way there is."""
    (tmp_path / "var" / "imports").mkdir(parents=True)
    shutil.copyfile(demo_file, tmp_path / "var" / "dealhand.db")
    return tmp_path


def _run(home: Path, *words: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEALHAND_")}
    return subprocess.run(
        [str(DEALHAND), *words], cwd=home, env=kept | {"DEALHAND_HOME": str(home), "DEALHAND_NOW": NOW},
        input=answer, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


def _plant(home: Path) -> str:
    """Words with the mark in records, files, recordings, the index, a chat and an import report; the account's name."""
    settings = Settings(home=home, _env_file=None)
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        account = session.scalars(select(Account).order_by(Account.id)).first()
        assert account is not None
        name = account.name
        contact = session.scalars(select(Contact).where(Contact.account_id == account.id)).first()
        assert contact is not None
        contact.name, contact.email = f"Wendelin {MARK}", f"{MARK}@example.com"
    desk = CallDesk(settings, engine)
    sound = tone() + MARK.encode()
    file = home / f"{MARK}.wav"
    file.write_bytes(sound)
    received = desk.receive(None, file, f"{MARK}.wav", account=name)
    file.unlink()
    said = [{**one, "text": f"{one['text']} {MARK} again and again"} for one in SPOKEN]
    with system_session(engine) as session:
        store_transcript(session, received.call_id, said, ABOUT, settings.clock.now())
    talk = {
        "external_id": "t1", "channel": "wechat", "account": name,
        "messages": [{
            "external_id": "m1", "speaker": "customer", "author": f"Wendelin {MARK}", "at": NOW,
            "text": f"Your {MARK} quote is far too expensive for our {MARK} budget",
        }],
    }  # fmt: skip
    lines = home / "talks.jsonl"
    lines.write_text(json.dumps(talk), encoding="utf-8")
    (home / "var" / "imports" / "report.csv").write_text(f"line 3,{MARK}@example.com is odd", encoding="utf-8")
    desk.close()
    engine.dispose()
    ingested = _run(home, "ingest", str(lines))
    assert ingested.returncode == 0, ingested.stderr
    lines.unlink()
    return name


def _left(home: Path) -> list[str]:
    return sorted(
        str(file.relative_to(home)) for file in home.rglob("*") if file.is_file() and MARK.encode() in file.read_bytes()
    )


def test_nothing_that_was_said_is_left_in_any_file(home: Path) -> None:
    name = _plant(home)
    people = json.loads(_run(home, "people", "--json").stdout)
    boss = next(str(one["name"]) for one in people if one["role"] == "director")
    asked = _run(home, "ask", f"what did {name} say about {MARK} price?", "--as", boss)
    assert asked.returncode == 0, asked.stderr
    assert len(_left(home)) > 3
    refused = _run(home, "erase", "account", name, answer="n\n")
    assert refused.returncode != 0
    assert _left(home)
    done = _run(home, "erase", "account", name, "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    again = _run(home, "erase", "account", name, "--yes")
    assert again.returncode == 0, again.stderr
    assert _left(home) == []


def test_who_is_unknown_is_said(home: Path) -> None:
    done = _run(home, "erase", "person", "Nobody At All", "--yes")
    assert (done.returncode, "Nobody At All" in done.stderr) == (1, True)
