"""From a recording to words, with real weights: legs, languages, guards, progress, cancelling."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from core.settings import Settings
from tests.tools.calls.clips import clip
from tests.tools.calls.sounds import RATE, unspoken, write
from tools.calls.audio import read_samples
from tools.calls.legs import Legs
from tools.calls.transcribe import Ear, transcribe
from tools.calls.transcribers import open_transcriber
from tools.calls.transcript import Hints, Samples
from tools.calls.voice import find_speech


class Cancelled(Exception):
    pass


@pytest.fixture(scope="module")
def stereo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a minute of the repair call, the agent on the left and the caller on the right."""
    legs = [read_samples(clip(f"en/aws_auto_repairs_40_{leg}.flac"))[0] for leg in ("agent", "caller")]
    both = np.stack([leg[: 40 * RATE] for leg in legs])
    return write(tmp_path_factory.mktemp("call") / "call.wav", both, "pcm_s16le", 8000)


def test_two_legs_are_two_speakers(speech: Settings, stereo: Path) -> None:
    found = transcribe(stereo, settings=speech, channel_speakers=["rep", "customer"])
    assert found.channels == 2
    assert {(line.channel, line.speaker) for line in found.segments} == {(0, "rep"), (1, "customer")}
    assert [line.start for line in found.segments] == sorted(line.start for line in found.segments)
    assert found.coverage > 0.9
    assert found.lang == "en"


def test_chinese_is_simplified_and_timed(speech: Settings) -> None:
    found = transcribe(clip("zh/funasr_asr_example.flac"), settings=speech)
    text = "".join(line.text for line in found.segments)
    assert found.lang == "zh"
    assert "欢迎大家来体验" in text
    words = [word for line in found.segments for word in line.words]
    assert all(0 <= word.start <= word.end <= found.seconds + 0.1 for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)


def test_a_name_told_before_is_written_as_told(speech: Settings) -> None:
    file = clip("en/google_sales_call_chromecast.flac")
    seen: list[float] = []
    found = transcribe(file, settings=speech, hot_words=["Chromecast"], progress=seen.append)
    text = " ".join(line.text for line in found.segments)
    assert text.count("Chromecast") >= 2
    assert {line.speaker for line in found.segments} >= {"rep", "customer"}
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_one_voice_is_nobody_in_particular(speech: Settings) -> None:
    found = transcribe(clip("en/whisper_jfk.flac"), settings=speech)
    assert found.channels == 1
    assert {line.speaker for line in found.segments} == {"unknown"}
    assert "ask what you can do for your country" in found.segments[-1].text.lower()


def test_whoever_watches_can_stop_it(speech: Settings, stereo: Path) -> None:
    def stop(done: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        transcribe(stereo, settings=speech, progress=stop)


@pytest.mark.parametrize("name", sorted(unspoken(1)))
def test_nothing_is_heard_where_nobody_speaks(speech: Settings, name: str) -> None:
    sound = unspoken()[name][np.newaxis]
    found = Ear(open_transcriber(speech)).listen([sound[:, : 30 * RATE], sound[:, 30 * RATE :]], 60.0)
    assert found.segments == ()
    assert found.warnings == ("no_speech",)


def test_made_up_lines_are_dropped_even_where_speech_is_suspected(speech: Settings) -> None:
    windows: list[Samples] = [sound[: 20 * RATE] for name, sound in unspoken(20).items() if name in ("white", "ring")]
    from tools.calls.guards import is_made_up  # noqa: PLC0415

    heard = open_transcriber(speech).hear(windows, Hints(lang="en"))
    assert all(is_made_up(each) or not each.words for each in heard)


def test_what_a_block_cuts_is_heard_whole() -> None:
    sound = read_samples(clip("en/contoso_support_132ac838.flac"))[:, : 60 * RATE]
    legs = Legs()
    pieces = [piece for at in range(0, 60, 7) for piece in legs.take(sound[:, at * RATE : (at + 7) * RATE])]
    pieces += legs.rest()
    legs.close()
    whole = sum(stretch.seconds for stretch in find_speech(sound[0]))
    assert sum(piece.seconds for piece in pieces) == pytest.approx(whole, rel=0.1)
    assert [piece.start for piece in pieces] == sorted(piece.start for piece in pieces)


def test_the_other_leg_heard_faintly_is_left_out() -> None:
    voice = read_samples(clip("en/contoso_support_132ac838.flac"))[0, : 20 * RATE]
    echo = np.roll(voice, RATE // 10) * 0.05
    legs = Legs()
    pieces = list(legs.take(np.stack([voice, echo]), last=True))
    legs.close()
    assert {piece.channel for piece in pieces} == {0}
    assert legs.echo


def test_a_long_call_needs_little_memory() -> None:
    minute = np.zeros((2, 60 * RATE), np.float32)
    minute[:, ::4000] = 0.01
    legs = Legs()
    tracemalloc.start()
    pieces = sum(1 for _ in range(20) for _ in legs.take(minute))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    legs.close()
    assert pieces == 0
    assert peak < 200_000_000
