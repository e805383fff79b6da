"""Files come in one by one, what can't be read keeps no other out, and what became of each is said."""

import json
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from connectors.terminal.heard import about, asker_of
from connectors.terminal.ingest import Desk, FileReport, NoSuchAccount, Wishes, lines_of
from core.clock import Clock
from core.errors import UnknownPerson
from core.settings import Settings
from db.engine import system_session
from db.tables import Call, Conversation, Message
from tests.conftest import NOW
from tests.db.company import Small, build
from tools.calls.desk import open_calls

CHAT = "吴明 2026-06-01 10:02:33\n太贵了\n\nAnn 2026-06-01 10:03:00\n我问一下\n"
MAIL = (
    "From: Wu <wu@globex.example>\nTo: Ann <ann@ours.example>\nSubject: {subject}\nMessage-ID: <{id}@globex.example>\n"
    "{more}Date: Mon, 01 Jun 2026 10:00:00 +0800\n\n{text}\n"
)


class Hands:
    """Durable work that is noted and over at once."""

    def __init__(self, engine: Engine, *, fails: bool = False) -> None:
        self.keys: list[str] = []
        self._engine, self._fails = engine, fails

    def enqueue(self, name: str, key: str, payload: Mapping[str, Any]) -> None:
        self.keys.append(key)

    def settled(self, key: str, seconds: float) -> bool:
        if self._fails:
            error = {"code": "recording_too_large", "params": {"megabytes": 1}}
            with system_session(self._engine) as session:
                session.execute(update(Call).values(status="failed", error=error))
        return True


@pytest.fixture
def small(sqlite_engine: Engine) -> Small:
    return build(sqlite_engine)


def desk(small: Small, home: Path, hands: Hands | None = None) -> Desk:
    settings = Settings(home=home / "home", now=NOW, _env_file=None)
    jobs = hands or Hands(small.engine)
    return Desk(small.engine, Clock(NOW), lambda: open_calls(settings, small.engine), jobs, "en")


def sound(file: Path) -> Path:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"\0\0" * 8000)
    return file


def run(small: Small, folder: Path, path: Path, wishes: Wishes | None = None) -> list[FileReport]:
    return desk(small, folder).run(path, wishes or Wishes(), wait=True)


def test_a_folder_comes_in_file_by_file_and_once(small: Small, tmp_path: Path) -> None:
    box = tmp_path / "in"
    box.mkdir()
    (box / "chat.txt").write_text(CHAT)
    (box / "mail.eml").write_text(MAIL.format(subject="Offer", id="m1", more="", text="too dear"))
    (box / "bad.bin").write_bytes(b"\0\1\2" * 100)
    said = {"external_id": "m", "speaker": "customer", "text": "hi", "at": "2026-06-01T10:00:00Z"}
    talk = {"external_id": "c", "channel": "chat", "account": "Bo Ltd", "messages": [said]}
    (box / "talks.jsonl").write_text(json.dumps(talk) + "\nnonsense\n")
    sound(box / "call.wav")
    first = {report.file.name: report for report in run(small, tmp_path, box)}
    assert {name: (one.accepted, one.duplicates, len(one.refused)) for name, one in first.items()} == {
        "bad.bin": (0, 0, 1), "call.wav": (1, 0, 0), "chat.txt": (2, 0, 0), "mail.eml": (1, 0, 0),
        "talks.jsonl": (1, 0, 1),
    }  # fmt: skip
    again = {report.file.name: report for report in run(small, tmp_path, box)}
    assert {name: (one.accepted, one.duplicates) for name, one in again.items()} == {
        "bad.bin": (0, 0), "call.wav": (0, 1), "chat.txt": (0, 2), "mail.eml": (0, 1), "talks.jsonl": (0, 1),
    }  # fmt: skip
    lines = list(lines_of(list(first.values()), "en"))
    assert "talks.jsonl (JSON lines): 1 new, 0 known, 1 refused" in lines
    assert "  belongs to Bo Ltd" in lines
    assert lines[-1] == "5 files: 5 new, 0 known, 2 refused"
    assert list(lines_of(list(first.values()), "zh"))[-1] == "共 5 个文件：新增 5，已有 0，拒收 2"


def test_everything_may_be_given_an_account_and_a_side(small: Small, tmp_path: Path) -> None:
    chat = tmp_path / "x.txt"
    chat.write_text(CHAT.replace("Ann", "小王"))
    (report,) = run(small, tmp_path, chat, Wishes(account="ann ltd", name="小王", channel="wecom"))
    assert [one.account for one in report.filed] == ["Ann Ltd"]
    assert about("price?", [report], "en") == "price? (Ann Ltd)"
    assert about("price of Ann Ltd?", [report], "en") == "price of Ann Ltd?"
    with system_session(small.engine) as session:
        talk = session.get_one(Conversation, report.filed[0].id)
        assert (talk.channel, talk.owner_id) == ("wecom", small.people["Ann"].person_id)
        speakers = session.scalars(
            select(Message.speaker).where(Message.conversation_id == talk.id).order_by(Message.at)
        )
        assert speakers.all() == ["customer", "rep"]


def test_an_account_nobody_knows_is_refused_before_anything_comes_in(small: Small, tmp_path: Path) -> None:
    chat = tmp_path / "x.txt"
    chat.write_text(CHAT)
    with pytest.raises(NoSuchAccount):
        run(small, tmp_path, chat, Wishes(account="Umbrella"))


def test_mails_of_a_thread_join_over_runs(small: Small, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text(MAIL.format(subject="Offer", id="m1", more="", text="one"))
    (tmp_path / "b.eml").write_text(
        MAIL.format(subject="Re: Offer", id="m2", more="In-Reply-To: <m1@globex.example>\n", text="two")
    )
    (tmp_path / "c.eml").write_text(
        MAIL.format(subject="Re: Offer", id="m3", more="In-Reply-To: <m2@globex.example>\n", text="three")
    )
    found = [run(small, tmp_path, tmp_path / f"{name}.eml")[0].conversations for name in "abc"]
    assert found[0] == found[1] == found[2]


def test_a_recording_that_fails_is_refused_in_words(small: Small, tmp_path: Path) -> None:
    file = sound(tmp_path / "call.wav")
    hands = Hands(small.engine, fails=True)
    (report,) = desk(small, tmp_path, hands).run(file, Wishes(speakers=("customer",)), wait=True)
    assert [key[:5] for key in hands.keys] == ["call:"]
    assert "1 MB" in report.refused[0][1]


def test_who_looks_is_the_person_named_or_who_sees_everything(small: Small, sqlite_engine: Engine) -> None:
    assert asker_of(small.engine, "Bo").name == "Bo"
    assert asker_of(small.engine, None).name == "Dana"
    assert asker_of(small.engine, "小王").name == "Dana"


def test_nobody_looks_where_nobody_is_known(sqlite_engine: Engine) -> None:
    with pytest.raises(UnknownPerson):
        asker_of(sqlite_engine, None)
