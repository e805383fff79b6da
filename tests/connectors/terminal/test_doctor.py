"""What the doctor finds, and that every finding has words."""

from pathlib import Path

from connectors.terminal.doctor import find_faults, line_of
from core.settings import Settings
from core.wording import LANGS


def _states(settings: Settings) -> dict[str, str]:
    found = list(find_faults(settings))
    assert all(line_of(finding, lang) for finding in found for lang in LANGS)
    return {finding.key: finding.state for finding in found}


def test_an_empty_home_has_no_database_yet(tmp_path: Path) -> None:
    assert _states(Settings(home=tmp_path))["no_database"] == "warn"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_has_no_company(sqlite_url: str) -> None:
    states = _states(Settings(database_url=sqlite_url))
    assert (states["database"], states["no_company"]) == ("ok", "warn")


def test_a_database_without_tables_or_without_a_server_is_bad(tmp_path: Path) -> None:
    assert _states(Settings(database_url=f"sqlite:///{tmp_path / 'old.db'}"))["old_database"] == "bad"
    away = Settings(database_url="postgresql://app@127.0.0.1:1/none")
    assert _states(away)["away_database"] == "bad"


def test_a_model_that_does_not_answer_is_no_catastrophe(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, model="openai:x", openai_base_url="http://127.0.0.1:1/v1")
    assert _states(settings)["away_model"] == "warn"
