"""What the doctor says of the transcriber and its weights."""

from pathlib import Path

from connectors.terminal.doctor import find_faults, line_of
from core.settings import Settings
from core.wording import LANGS


def _states(settings: Settings) -> dict[str, str]:
    found = list(find_faults(settings))
    assert all(line_of(finding, lang) for finding in found for lang in LANGS)
    return {finding.key: finding.state for finding in found}


def test_a_name_without_weights_here_is_warned_of(tmp_path: Path) -> None:
    assert _states(Settings(home=tmp_path, whisper_model="large-v3"))["far_weights"] == "warn"


def test_a_folder_must_hold_whole_weights(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, whisper_model=str(tmp_path))
    assert _states(settings)["no_weights"] == "bad"
    for name in ("config.json", "tokenizer.json", "model.bin"):
        (tmp_path / name).touch()
    assert _states(settings)["weights"] == "ok"


def test_an_endpoint_needs_no_weights(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, transcriber="openai", openai_base_url="http://127.0.0.1:1/v1")
    assert _states(settings)["endpoint_speech"] == "ok"
