"""Weights come from a folder or the packages, and both local transcribers hear the same with them."""

from pathlib import Path

import pytest

from core.settings import Settings
from core.weights import has_extra
from core.wording import LANGS, explain
from tests.fixtures.machine import need
from tests.tools.calls.clips import clip
from tools.calls.audio import read_samples
from tools.calls.openai_whisper import OpenaiWhisper
from tools.calls.transcribers import open_transcriber
from tools.calls.transcript import Hints
from tools.calls.weights import NoWeights, find_weights


def test_packages_are_joined_once(speech: Settings) -> None:
    first, second = find_weights(speech), find_weights(speech)
    assert first == second
    assert first.folder is not None
    assert (first.folder / "model.bin").stat().st_size > 140_000_000
    assert [file.name for file in first.folder.parent.iterdir() if file.name.startswith(".")] == []


def test_a_folder_without_weights_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoWeights) as caught:
        find_weights(Settings(home=tmp_path, whisper_model=str(tmp_path), _env_file=None))
    assert all("dealhand doctor" in explain(caught.value, lang) for lang in LANGS)


def test_a_name_is_left_to_the_library(tmp_path: Path) -> None:
    assert find_weights(Settings(home=tmp_path, whisper_model="large-v3", _env_file=None)).folder is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_openai_whisper_hears_the_same_with_the_same_weights(speech: Settings) -> None:
    need(has_extra(), "openai-whisper with torch")
    other = OpenaiWhisper(find_weights(speech), speech.var / "weights")
    sound = read_samples(clip("en/whisper_jfk.flac")).mean(axis=0)
    [theirs] = other.hear([sound], Hints())
    [ours] = open_transcriber(speech).hear([sound], Hints())
    other.close()
    plain = [" ".join("".join(word.word for word in heard.words).lower().split()) for heard in (ours, theirs)]
    assert "ask what you can do for your country" in plain[0]
    assert "ask what you can do for your country" in plain[1]
    assert theirs.lang == ours.lang == "en"
    assert abs(theirs.words[-1].end - ours.words[-1].end) < 0.7
