"""Settings come from the environment, are safe without it, and keep secrets out of sight."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.company import Company
from core.settings import Settings


def test_without_anything_set_it_is_one_machine_with_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    assert (settings.model, settings.demo, settings.host) == ("builtin", False, "127.0.0.1")
    assert settings.database == "sqlite:///var/dealhand.db"
    assert list(tmp_path.iterdir()) == []


def test_the_environment_and_the_env_file_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("DEALHAND_LANG=zh\nDEALHAND_PORT=9000\n")
    monkeypatch.setenv("DEALHAND_PORT", "9001")
    monkeypatch.setenv("DEALHAND_NOW", "2026-06-17T04:00:00Z")
    monkeypatch.setenv("DEALHAND_HOME", str(tmp_path / "home"))
    settings = Settings()
    assert (settings.lang, settings.port) == ("zh", 9001)
    assert settings.clock.now() == datetime(2026, 6, 17, 4, tzinfo=UTC)
    assert settings.var == tmp_path / "home" / "var"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEALHAND_OPENAI_API_KEY", "swordfish")
    monkeypatch.setenv("DEALHAND_SECRET_KEY", "swordfish")
    assert "swordfish" not in repr(Settings())


@pytest.mark.parametrize(("name", "value"), [("PORT", "many"), ("LANG", "fr"), ("MODEL_TIMEOUT_SECONDS", "60")])
def test_a_wrong_setting_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"DEALHAND_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_a_company_has_a_real_time_zone_and_no_unknown_key() -> None:
    assert Company(timezone="Asia/Shanghai").fiscal_year_start == 1
    with pytest.raises(ValidationError):
        Company(timezone="Mars/Olympus")
    with pytest.raises(ValidationError):
        Company.model_validate({"curency": "EUR"})
