"""Live calls: nothing that was taken is lost, and what is heard is told while the call runs."""

import os
import signal
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from sqlalchemy import Engine

from core.calls import Opening, RecordingTooLarge
from core.clock import Clock
from core.errors import NotFound
from core.said import Found, Reading, Utterance
from core.settings import Settings
from db import live as rows
from db.live import LiveEnded, LiveGap
from tests.db.company import NOW, Small, build
from tests.tools.calls.clips import clip, samples_of, two_legs
from tests.tools.calls.recordings import tone
from tools.calls.desk import CallDesk
from tools.calls.hark import Listener
from tools.calls.live import BadSound, piece_name
from tools.calls.pouring import FileDecoder, PcmDecoder
from tools.calls.transcript import RATE, Heard, Hints, Samples, Word

PCM = Opening("pcm16", 8000, 1)


@pytest.fixture
def small(sqlite_engine: Engine) -> Small:
    return build(sqlite_engine)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, now=NOW, audio_megabytes=1, _env_file=None)


@pytest.fixture
def desk(settings: Settings, small: Small) -> Iterator[CallDesk]:
    opened = CallDesk(settings, small.engine)
    yield opened
    opened.close()


def _silence(seconds: float) -> bytes:
    return bytes(int(seconds * 8000) * 2)


def test_pieces_become_a_recording(desk: CallDesk, small: Small) -> None:
    ann = small.people["Ann"]
    live = desk.live.start(ann, Opening("pcm16", 8000, 1, "Ann Ltd", ("customer",)))
    pieces = [bytes([number, 0]) * 400 for number in range(5)]
    for number, piece in enumerate(pieces):
        assert desk.live.add(ann, live.id, number, piece) == number + 1
    received = desk.live.end(ann, live.id)
    assert received is not None
    again = desk.live.end(ann, live.id)
    view = desk.call(ann, received.call_id)
    assert again is not None
    assert (again.call_id, again.new, again.key) == (received.call_id, False, received.key)
    assert (view.row.live, view.row.account, view.row.status, view.channel_speakers) == (
        True, "Ann Ltd", "queued", ("customer",),
    )  # fmt: skip
    audio = desk.audio(ann, received.call_id)
    whole = b"".join(audio.read(0, audio.size))
    assert (whole[44:], audio.media_type) == (b"".join(pieces), "audio/wav")
    assert list(desk.storage.listed("live")) == []


def test_a_piece_sent_again_is_kept_once_and_a_gap_is_said(desk: CallDesk, small: Small) -> None:
    ann = small.people["Ann"]
    live = desk.live.start(ann, PCM)
    assert desk.live.add(ann, live.id, 0, _silence(0.1)) == 1
    assert desk.live.add(ann, live.id, 0, _silence(0.2)) == 1
    with pytest.raises(LiveGap) as gap:
        desk.live.add(ann, live.id, 3, _silence(0.1))
    assert gap.value.params == {"next": 1}
    assert desk.storage.size(piece_name(live.id, 0)) == 1600
    desk.live.end(ann, live.id)
    with pytest.raises(LiveEnded):
        desk.live.add(ann, live.id, 1, _silence(0.1))


def test_only_the_sender_sends_and_their_line_looks_on(desk: CallDesk, small: Small) -> None:
    live = desk.live.start(small.people["Ann"], PCM)
    assert desk.live.view(small.people["Max"], live.id).state == "open"
    for name in ("Max", "Cy"):
        with pytest.raises(NotFound):
            desk.live.add(small.people[name], live.id, 0, b"xx")
    with pytest.raises(NotFound):
        desk.live.view(small.people["Cy"], live.id)


def test_what_cannot_be_heard_is_refused(desk: CallDesk, small: Small) -> None:
    ann = small.people["Ann"]
    for opening in (Opening("mp5"), Opening(rate=100), Opening(channels=3)):
        with pytest.raises(BadSound):
            desk.live.start(ann, opening)
    live = desk.live.start(ann, PCM)
    with pytest.raises(RecordingTooLarge):
        desk.live.add(ann, live.id, 0, bytes(1_000_001))
    assert desk.live.end(ann, live.id) is None


def test_a_call_that_was_broken_off_is_taken_as_ended(desk: CallDesk, small: Small, settings: Settings) -> None:
    ann = small.people["Ann"]
    live = desk.live.start(ann, PCM)
    desk.live.add(ann, live.id, 0, _silence(0.5))
    assert desk.sweep() == 0
    rows.took(small.engine, live.id, 1, 0, Clock().now() - timedelta(hours=2))
    desk.storage.write(piece_name(live.id, 1), b"")
    assert desk.sweep() == 1
    assert [row.live for row in desk.calls(ann)] == [True]


KILLED = """
import sys, time
from core.calls import Opening
from core.settings import Settings
from db.engine import open_engine, system_session
from db.people import find_person
from tools.calls.desk import CallDesk
settings = Settings(home=sys.argv[1], database_url=sys.argv[2], _env_file=None)
engine = open_engine(settings.database)
with system_session(engine) as session:
    ann = find_person(session, "Ann")
desk = CallDesk(settings, engine)
live = desk.live.start(ann, Opening("pcm16", 8000, 1))
print(live.id, flush=True)
for number in range(10_000):
    desk.live.add(ann, live.id, number, number.to_bytes(2, "little") * 800)
    print(number, flush=True)
    time.sleep(0.01)
"""


def test_what_was_taken_survives_a_kill(sqlite_url: str, small: Small, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=sqlite_url, audio_megabytes=9, _env_file=None)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), sqlite_url], stdout=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert process.stdout is not None
    live_id = process.stdout.readline().strip()
    last = -1
    while last < 20:
        last = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    last = max([last, *(int(line) for line in process.stdout.read().split() if line.isdecimal())])
    process.wait()
    process.stdout.close()
    desk = CallDesk(settings, small.engine)
    ann = small.people["Ann"]
    following = desk.live.view(ann, live_id).chunks
    assert following in (last + 1, last + 2)
    desk.live.add(ann, live_id, following, following.to_bytes(2, "little") * 800)
    received = desk.live.end(ann, live_id)
    desk.close()
    assert received is not None
    audio = desk.audio(ann, received.call_id)
    sent = b"".join(number.to_bytes(2, "little") * 800 for number in range(following + 1))
    assert b"".join(audio.read(44, audio.size)) == sent


class Parrot:
    """Hears a word for every half second of what it is given, so that what was heard can be counted."""

    name, window, batch = "parrot", 29.0, 8

    def __init__(self) -> None:
        self.heard: list[float] = []

    def hear(self, windows: Sequence[Samples], hints: Hints) -> list[Heard]:
        self.heard += [window.size / RATE for window in windows]
        return [self._words(window.size / RATE) for window in windows]

    def _words(self, seconds: float) -> Heard:
        places = np.arange(0, max(seconds - 0.5, 0.1), 0.5)
        words = tuple(
            Word(f" word{number}{'.' if number % 8 == 7 else ''}", float(at), float(at) + 0.4, 0.9)
            for number, at in enumerate(places)
        )
        return Heard(words, "en")

    def close(self) -> None:
        pass


def test_a_listener_commits_sentences_and_pauses_and_tells_the_rest_as_partial() -> None:
    speech = samples_of(clip("en/whisper_jfk.flac")).astype(np.float32) / np.float32(32768)
    listener = Listener(Parrot(), channels=1)
    lines, partial = 0, 0
    for at in range(0, speech.size, 2 * RATE):
        listener.feed(speech[None, at : at + 2 * RATE])
        update = listener.step()
        lines, partial = lines + len(update.lines), partial + len(update.partial)
    update = listener.step(last=True)
    assert lines + len(update.lines) > 1
    assert partial > 1
    assert update.partial == ()
    assert listener.settled == pytest.approx(speech.size / RATE, abs=0.1)


def test_silence_is_not_heard() -> None:
    parrot = Parrot()
    listener = Listener(parrot, channels=2)
    for _ in range(5):
        listener.feed(np.zeros((2, 2 * RATE), np.float32))
        assert listener.step().lines == ()
    assert parrot.heard == []
    assert listener.settled > 8


def test_plain_samples_may_be_cut_anywhere() -> None:
    sound = tone(0.5, rate=16_000, channels=2)[44:]
    decoder = PcmDecoder(16_000, 2)
    blocks = [block for at in range(0, len(sound), 777) for block in decoder.pour(sound[at : at + 777])]
    blocks += decoder.end()
    whole = np.concatenate(blocks, axis=1)
    assert whole.shape == (2, 8000)
    assert np.abs(whole[0] * 32768 - np.frombuffer(sound, "<i2")[::2]).max() < 2


@pytest.mark.parametrize(
    ("kind", "codec"), [("webm", "libopus"), ("ogg", "libopus"), ("mp3", "libmp3lame"), ("flac", "flac")]
)
def test_a_growing_file_is_decoded_as_it_comes(tmp_path: Path, kind: str, codec: str) -> None:
    path = tmp_path / f"a.{kind}"
    _encode(path, tone(6.0, rate=48_000), codec)
    content = path.read_bytes()
    decoder = FileDecoder(1)
    early = 0
    for at in range(0, len(content), 2000):
        early += sum(block.shape[1] for block in decoder.pour(content[at : at + 2000]))
        time.sleep(0.01)
    rest = sum(block.shape[1] for block in decoder.end())
    assert (early + rest) / RATE == pytest.approx(6.0, abs=0.2)
    assert early > 0


def test_what_is_no_sound_ends_quietly() -> None:
    decoder = FileDecoder(1)
    decoder.pour(b"this is no sound " * 5000)
    assert decoder.end() == []
    assert decoder.failed


def _encode(path: Path, sound: bytes, codec: str) -> None:
    raw = path.with_suffix(".wav")
    raw.write_bytes(sound)
    with av.open(str(raw)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream(codec, rate=48_000)
        assert isinstance(stream, av.AudioStream)
        for frame in source.decode(audio=0):
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


def _detect(utterances: Sequence[Utterance]) -> list[Reading]:
    """Takes a word about the car for a demand, so that the time it takes can be measured."""
    readings = []
    for utterance in utterances:
        at = utterance.text.lower().find("car")
        customer = utterance.speaker == "customer" and at >= 0
        found = Found("demand", utterance.text[at : at + 3], at, at + 3, 0.9) if customer else None
        readings.append(Reading((found,) if found else ()))
    return readings


def _speaks(desk: CallDesk, small: Small, sound: bytes, *, pace: float) -> list[Mapping[str, Any]]:
    """Send a two-channel call at `pace` times its speed; what was told."""
    ann = small.people["Ann"]
    desk.live.detect = _detect
    live = desk.live.start(ann, Opening("pcm16", 16_000, 2, None, ("rep", "customer")))
    told: list[Mapping[str, Any]] = []
    began = time.monotonic()
    desk.live.watch(live.id, told.append)
    size = 16_000
    for number, at in enumerate(range(0, len(sound), size)):
        desk.live.add(ann, live.id, number, sound[at : at + size])
        threading.Event().wait(max(began + (at + size) / 64_000 / pace - time.monotonic(), 0))
    # A machine that is busy with other tests may be behind; the line stays open until it has caught up.
    while time.monotonic() - began < 120 and not any(event["type"] == "signal" for event in told):
        time.sleep(0.2)
    desk.live.end(ann, live.id)
    return told


@pytest.mark.shared
def test_a_real_call_is_heard_while_it_runs(small: Small, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, now=NOW, _env_file=None)
    agent, caller = clip("en/aws_auto_repairs_40_agent.flac"), clip("en/aws_auto_repairs_40_caller.flac")
    desk = CallDesk(settings, small.engine)
    try:
        told = _speaks(desk, small, two_legs(agent, caller, 22), pace=2.0)
    finally:
        desk.close()
    said = " ".join(one["text"] for event in told if event["type"] == "text" for one in event["segments"]).lower()
    assert "motors" in said
    assert {"partial", "lag", "text"} <= {str(event["type"]) for event in told}
    first = next(event for event in told if event["type"] == "signal")
    assert (first["kind"], first["speaker"]) == ("demand", "customer")
    assert 14 < first["second"] < 20


def test_a_wav_header_is_what_a_reader_expects(desk: CallDesk, small: Small, tmp_path: Path) -> None:
    ann = small.people["Ann"]
    live = desk.live.start(ann, Opening("pcm16", 8000, 2))
    desk.live.add(ann, live.id, 0, bytes(3203))
    received = desk.live.end(ann, live.id)
    assert received is not None
    audio = desk.audio(ann, received.call_id)
    path = tmp_path / "a.wav"
    path.write_bytes(b"".join(audio.read(0, audio.size)))
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 8000, 800)
