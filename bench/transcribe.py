"""Seconds of calls a second, and errors: the default transcriber beside openai-whisper with the same weights."""

import sys
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.figures import emit
from core.settings import Settings
from core.weights import has_extra, source_of
from evals.measures.transcripts import CLIPS, Clip, Errors, clips, count_errors, total
from tools.calls.audio import mix, read_samples
from tools.calls.openai_whisper import OpenaiWhisper
from tools.calls.transcribe import transcribe
from tools.calls.transcript import RATE
from tools.calls.weights import find_weights

LEGS = ("aws_auto_repairs_40_agent", "aws_auto_repairs_40_caller")
WARM_UP = "whisper_jfk"


class Run(NamedTuple):
    """What one transcriber did: seconds it took by clip, and its errors on those that have text."""

    took: dict[str, float]
    wer: Errors
    cer: Errors


def measure() -> None:
    """Both transcribers, every clip once each, in this process."""
    settings = Settings(_env_file=None)
    if not CLIPS.exists() or source_of(settings) == "network":
        print("skipped: the clips or the weights are not on this machine", file=sys.stderr)
        return
    found = clips()
    legs = [next(clip.file for clip in found if clip.file.stem == leg) for leg in LEGS]
    with tempfile.TemporaryDirectory() as folder:
        call = _join(legs, Path(folder) / "call.wav")
        ours = _run(found, lambda file: " ".join(line.text for line in transcribe(file, settings=settings).segments))
        two = _timed(lambda: transcribe(call, settings=settings))
    seconds = sum(clip.seconds for clip in found)
    speed = seconds / sum(ours.took.values())
    emit("transcribe_speed", speed, "x real time", goal=">= 10", n=len(found))
    emit("transcribe_two_legs", _length(legs[0]) / two, "x real time", goal="none set", n=1)
    emit("transcribe_wer", ours.wer.rate, "errors a word", goal="<= openai-whisper", n=ours.wer.units)
    emit("transcribe_cer", ours.cer.rate, "errors a character", goal="<= openai-whisper", n=ours.cer.units)
    if not has_extra():
        print("skipped: openai-whisper is not installed", file=sys.stderr)
        return
    theirs = _run(found, _openai_whisper(settings))
    took = sum(theirs.took[leg] for leg in LEGS)
    emit("openai_whisper_speed", seconds / sum(theirs.took.values()), "x real time", goal="compared", n=len(found))
    emit("transcribe_over_openai", sum(theirs.took.values()) / sum(ours.took.values()), "ratio", goal=">= 2.5", n=1)
    emit("transcribe_two_legs_over_openai", took / two, "ratio", goal=">= 4", n=1)
    emit("openai_whisper_wer", theirs.wer.rate, "errors a word", goal="compared", n=theirs.wer.units)
    emit("openai_whisper_cer", theirs.cer.rate, "errors a character", goal="compared", n=theirs.cer.units)


def _openai_whisper(settings: Settings) -> Callable[[Path], str]:
    """The library by itself, as its users call it."""
    model = OpenaiWhisper(find_weights(settings), settings.var / "weights").model
    return lambda file: str(model.transcribe(mix(read_samples(file)), fp16=False)["text"])


def _run(found: list[Clip], listen: Callable[[Path], str]) -> Run:
    listen(next(clip.file for clip in found if clip.file.stem == WARM_UP))
    took: dict[str, float] = {}
    errors: dict[str, list[Errors]] = {"en": [], "zh": []}
    for clip in found:
        start = time.perf_counter()
        text = listen(clip.file)
        took[clip.file.stem] = time.perf_counter() - start
        if clip.reference is not None:
            errors[clip.lang].append(count_errors(text, clip.reference, clip.lang))
    return Run(took, total(errors["en"]), total(errors["zh"]))


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _length(file: Path) -> float:
    return float(read_samples(file).shape[1]) / RATE


def _join(legs: list[Path], target: Path) -> Path:
    """The two legs of the call as one recording with two channels."""
    sides = [read_samples(leg)[0] for leg in legs]
    size = min(side.size for side in sides)
    both = np.stack([side[:size] for side in sides], axis=1)
    with wave.open(str(target), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((np.clip(both, -1, 1) * 32767).astype("<i2").tobytes())
    return target


if __name__ == "__main__":
    measure()
