"""Recordings are taken in any format, and what is none is refused with a reason."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import UserError
from core.wording import LANGS, explain
from tests.tools.calls.sounds import RATE, write
from tools.calls.audio import is_one_voice_twice, read_samples
from tools.calls.probe import probe
from tools.calls.transcript import Limits

LIMITS = Limits(10_000_000, 60.0)
TONE = (0.3 * np.sin(np.arange(3 * RATE) * 0.2)).astype(np.float32)[np.newaxis]
FORMATS = {
    "a.wav": "pcm_s16le",
    "phone.wav": "pcm_mulaw",
    "a.mp3": "libmp3lame",
    "a.flac": "flac",
    "a.m4a": "aac",
    "a.ogg": "libopus",
    "a.mkv": "pcm_s16le",
    "a.aiff": "pcm_s16be",
    "a.au": "pcm_mulaw",
    "a.3gp": "aac",
}


def refusal(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(UserError) as caught:
        probe(path, limits=limits)
    assert all(explain(caught.value, lang) for lang in LANGS)
    return caught.value.code


@pytest.mark.parametrize("name", FORMATS)
def test_what_ffmpeg_reads_is_taken(tmp_path: Path, name: str) -> None:
    file = write(tmp_path / name, TONE, FORMATS[name], 48_000 if name == "a.ogg" else RATE)
    found = probe(file, limits=LIMITS)
    assert found.seconds == pytest.approx(3.0, abs=0.15)
    assert found.warnings == ()
    assert read_samples(file).shape == (1, pytest.approx(3 * RATE, abs=0.15 * RATE))


def test_two_channels_stay_two(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", np.vstack([TONE, TONE * 0.5]), "pcm_s16le", 8000)
    assert probe(file, limits=LIMITS).channels == 2
    assert read_samples(file).shape[0] == 2


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("Dear all,\n" * 100)
    (tmp_path / "noise.mp3").write_bytes(np.random.default_rng(1).bytes(20_000))
    (tmp_path / "secret.wav").write_bytes(b"-----BEGIN PGP MESSAGE-----\n" + b"x" * 500)
    kinds = {name: refusal(tmp_path / name) for name in ("empty.wav", "text.wav", "noise.mp3", "secret.wav")}
    assert kinds == {
        "empty.wav": "empty_audio",
        "text.wav": "not_audio",
        "noise.mp3": "not_audio",
        "secret.wav": "protected_audio",
    }


def test_a_header_without_sound_is_empty(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.wav", TONE, "pcm_s16le").read_bytes()
    (tmp_path / "head.wav").write_bytes(whole[: whole.index(b"data") + 8])
    assert refusal(tmp_path / "head.wav") in ("empty_audio", "not_audio")


def test_an_encrypted_recording_is_refused(tmp_path: Path) -> None:
    key = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "01" * 16, "encryption_kid": "02" * 16}
    assert refusal(write(tmp_path / "a.mp4", TONE, "aac", options=key)) == "protected_audio"


def test_the_limits_hold(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", TONE, "pcm_s16le")
    assert refusal(file, Limits(1000, 60.0)) == "audio_too_large"
    assert refusal(file, Limits(10_000_000, 2.0)) == "audio_too_long"


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.flac"])
def test_a_recording_that_breaks_off_is_taken_with_a_warning(tmp_path: Path, name: str) -> None:
    whole = write(tmp_path / name, TONE, FORMATS[name]).read_bytes()
    file = tmp_path / f"cut_{name}"
    file.write_bytes(whole[: len(whole) // 2])
    found = probe(file, limits=LIMITS)
    assert found.warnings == ("truncated",)
    assert 0.5 < found.seconds < 2.5


def test_a_playlist_leads_nowhere(tmp_path: Path) -> None:
    target = write(tmp_path / "a.wav", TONE, "pcm_s16le")
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n"
    (tmp_path / "a.m3u8").write_text(playlist)
    (tmp_path / "b.wav").write_text(f"ffconcat version 1.0\nfile '{target}'\n")
    assert [refusal(tmp_path / name) for name in ("a.m3u8", "b.wav")] == ["not_audio", "not_audio"]


def test_mono_saved_as_stereo_is_one_voice() -> None:
    noise = np.random.default_rng(2).standard_normal((2, 4 * RATE)).astype(np.float32) * 0.1
    assert is_one_voice_twice(np.vstack([noise[:1], noise[:1] * 0.8]))
    assert not is_one_voice_twice(noise)
