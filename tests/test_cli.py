"""The command line as an operator uses it: real processes in a home of their own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from typer.main import get_command

from core.wording import LANGS, phrases
from server import cli

DEALHAND = Path(sys.executable).with_name("dealhand")


@dataclass
class Home:
    """Where commands run."""

    folder: Path

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DEALHAND_")}
        ours = {"DEALHAND_HOME": str(self.folder), "DEALHAND_NOW": "2026-06-17T04:00:00Z", "COLUMNS": "200"}
        return subprocess.run(
            [str(DEALHAND), *words],
            cwd=self.folder,
            env=kept | ours | env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with nothing in it."""
    return Home(tmp_path)


@pytest.fixture
def demo_home(tmp_path: Path, demo_file: Path) -> Home:
    """A home with the demo company."""
    (tmp_path / "var").mkdir()
    shutil.copyfile(demo_file, tmp_path / "var" / "dealhand.db")
    return Home(tmp_path)


def _director(home: Home) -> str:
    people = json.loads(home.run("people", "--json").stdout)
    return next(str(person["name"]) for person in people if person["role"] == "director")


def test_help_lists_every_command_in_the_language_of_the_settings(home: Home) -> None:
    done = home.run("--help", DEALHAND_LANG="zh")
    assert done.returncode == 0
    assert set(get_command(cli).commands) <= set(done.stdout.split())  # type: ignore[attr-defined]
    assert phrases("zh")["cli.help.doctor.about"] in done.stdout


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("command", ["serve", "ask", "import", "people add"])
def test_every_command_explains_itself(home: Home, command: str, lang: str) -> None:
    done = home.run(*command.split(), "--help", DEALHAND_LANG=lang)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_needs_a_database_says_so_and_makes_none(home: Home) -> None:
    done = home.run("people")
    assert (done.returncode, done.stdout) == (1, "")
    assert "dealhand migrate" in done.stderr
    assert not (home.folder / "var").exists()


def test_a_person_is_added_and_listed_and_gets_a_token(home: Home) -> None:
    assert home.run("migrate").returncode == 0
    assert home.run("people", "add", "Li Na", "--role", "manager", "--region", "East").returncode == 0
    added = home.run("people", "add", "Wei", "--role", "rep", "--manager", "li na")
    assert added.stdout.splitlines()[1].startswith("http://127.0.0.1:8000/sign-in/dhl_")
    assert json.loads(home.run("people", "--json").stdout) == [
        {"name": "Li Na", "role": "manager", "region": "East", "manager": None},
        {"name": "Wei", "role": "rep", "region": None, "manager": "Li Na"},
    ]
    token = home.run("token", "Wei").stdout
    assert token.startswith("dht_")
    assert token.count("\n") == 1
    again = home.run("people", "add", "wei", "--role", "rep")
    assert (again.returncode, again.stdout) == (1, "")


def test_an_unknown_person_and_a_wrong_setting_are_said_in_words(home: Home) -> None:
    home.run("migrate")
    unknown = home.run("token", "Nobody", DEALHAND_LANG="zh")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr.strip() == phrases("zh")["errors.unknown_person"].format(name="Nobody")
    wrong = home.run("doctor", DEALHAND_PORT="none")
    assert wrong.returncode == 1
    assert "DEALHAND_PORT" in wrong.stderr


def test_a_command_that_cannot_be_understood_exits_with_two(home: Home) -> None:
    assert home.run("people", "add", "X", "--role", "king").returncode == 2
    assert home.run("sell").returncode == 2
    assert home.run("ask").returncode == 2


def test_a_database_that_is_away_is_said_without_its_password(home: Home) -> None:
    done = home.run("migrate", DEALHAND_DATABASE_URL="postgresql://app:hunter2@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "DEALHAND_DATABASE_URL" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_is_loaded_into_an_empty_database_only(home: Home) -> None:
    home.run("migrate")
    home.run("people", "add", "Li Na", "--role", "manager")
    assert home.run("demo", "--if-empty").returncode == 0
    assert home.run("demo").returncode == 1


def test_doctor_says_what_is_well_and_what_to_do(home: Home, demo_home: Home) -> None:
    well = demo_home.run("doctor")
    assert well.returncode == 0
    assert "Lanhai" in well.stdout
    away = demo_home.run("doctor", DEALHAND_MODEL="openai:x", DEALHAND_OPENAI_BASE_URL="http://127.0.0.1:1/v1")
    assert away.returncode == 0
    assert "DEALHAND_OPENAI_BASE_URL" in away.stdout
    shutil.rmtree(home.folder / "var")
    assert "dealhand migrate" in home.run("doctor").stdout


def test_a_question_is_answered_without_a_server(demo_home: Home) -> None:
    who = _director(demo_home)
    shown = demo_home.run("ask", "revenue by region last quarter", "--as", who)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "East" in shown.stdout
    reply = json.loads(demo_home.run("ask", "revenue by region last quarter", "--as", who, "--json").stdout)
    assert reply["status"] == "answered"
    follow = demo_home.run("ask", "and for West?", "--as", who, "--json", "--thread", reply["thread_id"])
    assert json.loads(follow.stdout)["receipts"][0]["filters"] == {"region": ["West"]}


def test_a_file_of_questions_is_answered_in_order(demo_home: Home) -> None:
    who = _director(demo_home)
    items: list[dict[str, str]] = [
        {"id": "a", "as": who, "text": "revenue by region last quarter"},
        {"id": "b", "as": who, "text": "and for West?", "after": "a"},
        {"id": "c", "as": "Nobody", "text": "revenue"},
        {"id": "d", "as": who, "text": "上季度的赢单率"},
    ]
    file = demo_home.folder / "questions.jsonl"
    file.write_text("\n".join(json.dumps(item, ensure_ascii=False) for item in items), encoding="utf-8")
    done = demo_home.run("ask", "--batch", str(file))
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [reply["id"] for reply in replies] == ["a", "b", "c", "d"]
    assert replies[1]["thread_id"] == replies[0]["thread_id"]
    assert replies[2]["code"] == "unknown_person"
    assert (replies[3]["status"], replies[3]["lang"]) == ("answered", "zh")


MAPPING = """
source: crm
records:
  - {record: person, from: people.csv, fields: {name: Name, role: {constant: rep}, region: Region}}
  - record: deal
    from: deals.csv
    id: No
    fields: {stage: Status, close_date: Closed, close_value: Value}
    links: {owner: Rep}
"""


def test_real_records_never_join_the_demo_company(demo_home: Home) -> None:
    (demo_home.folder / "mapping.yaml").write_text("source: crm\nrecords: [{record: person, from: people.csv}]\n")
    refused = demo_home.run("import", str(demo_home.folder), "--mapping", str(demo_home.folder / "mapping.yaml"))
    assert refused.returncode == 1
    assert "DEALHAND_HOME" in refused.stderr


def test_records_are_imported_once_and_bad_rows_reported(home: Home) -> None:
    data = home.folder / "data"
    data.mkdir()
    (data / "people.csv").write_text("Name,Region\nAnn,East\n")
    (data / "deals.csv").write_text("No,Status,Closed,Value,Rep\n1,won,2026-05-02,100,Ann\n2,won,never,7,Ann\n")
    mapping = home.folder / "mapping.yaml"
    mapping.write_text(MAPPING)
    first = home.run("import", "data", "--mapping", "mapping.yaml")
    assert first.returncode == 0, first.stderr
    assert "never" in next((home.folder / "var" / "imports").glob("*/rows.csv")).read_text(encoding="utf-8-sig")
    assert home.run("import", "data", "--mapping", "mapping.yaml").returncode == 0
    reply = json.loads(home.run("ask", "revenue last month", "--as", "Ann", "--json").stdout)
    assert reply["table"]["rows"][0][-1] == 100
    assert home.run("import", "data", "--mapping", "none.yaml").returncode == 2


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_server_signs_in_by_a_printed_link_and_answers(demo_home: Home) -> None:
    base = f"http://127.0.0.1:{_free_port()}"
    env = {"DEALHAND_HOME": str(demo_home.folder), "DEALHAND_NOW": "2026-06-17T04:00:00Z", "DEALHAND_DEMO": "true"}
    command = [str(DEALHAND), "serve", "--port", base.rpartition(":")[2]]
    with subprocess.Popen(
        command, env=os.environ | env, cwd=demo_home.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            links = _links(server)
            _wait_until_up(base)
            taken = demo_home.run("serve", "--port", base.rpartition(":")[2])
            reply = _ask(base, links[0])
        finally:
            server.terminate()
            _, logged = server.communicate(timeout=30)
    assert (reply["status"], logged) == ("answered", "")
    assert (taken.returncode, taken.stdout) == (1, "")


def _links(server: subprocess.Popen[str]) -> list[str]:
    assert server.stdout is not None
    found: list[str] = []
    for line in server.stdout:
        if "/sign-in/" in line:
            found.append(line.rpartition(" ")[2].strip())
        elif found:
            break
    return found


def _wait_until_up(base: str) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            if httpx.get(f"{base}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("the server did not come up")


def _ask(base: str, link: str) -> dict[str, object]:
    own = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=base, headers=own, timeout=60) as client:
        assert client.post(link).status_code == 303
        assert client.post(link).status_code == 410
        reply = client.post("/api/chat", json={"message": "revenue by region last quarter"})
    assert reply.status_code == 200, reply.text
    found: dict[str, object] = reply.json()
    return found
