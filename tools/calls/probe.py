"""Whether a file is a recording we can take, and what it holds."""

from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer

from core.errors import UserError
from tools.calls.container import UNREADABLE, NoSound, NotAudio, open_container
from tools.calls.locks import is_locked, promised_bytes
from tools.calls.transcript import Limits, Probe, Warn

SLACK = 1.0
HEADERS = 4096


class EmptyAudio(UserError):
    """The file has no bytes, or its sound has no length."""

    code = "empty_audio"


class ProtectedAudio(UserError):
    """The recording is encrypted or protected against copying."""

    code = "protected_audio"
    http_status = 415


class AudioTooLarge(UserError):
    """The file has more bytes than the settings allow."""

    code = "audio_too_large"
    http_status = 413


class AudioTooLong(UserError):
    """The recording lasts longer than the settings allow."""

    code = "audio_too_long"
    http_status = 413


def probe(path: Path, *, limits: Limits) -> Probe:
    """What the file holds; a UserError that says why it is not taken."""
    size = path.stat().st_size
    if size == 0:
        raise EmptyAudio(name=path.name)
    if size > limits.bytes:
        raise AudioTooLarge(megabytes=f"{size / 1e6:.0f}", limit=f"{limits.bytes / 1e6:.0f}")
    if is_locked(path):
        raise ProtectedAudio(name=path.name)
    with open_container(path) as (container, stream):
        promised = _promised(container, stream)
        if not stream.sample_rate or not stream.channels:
            raise NotAudio(name=path.name)
        seconds, broken = _measure(container, stream, limits.seconds)
        if seconds <= 0:
            raise EmptyAudio(name=path.name)
        if seconds > limits.seconds:
            raise AudioTooLong(hours=f"{max(seconds, promised) / 3600:.1f}", limit=f"{limits.seconds / 3600:g}")
        short = promised - seconds > max(SLACK, promised * 0.02) or promised_bytes(path) > size + HEADERS
        warnings: tuple[Warn, ...] = ("truncated",) if broken or short else ()
        found = (container.format.name, stream.codec_context.name, seconds, stream.channels, stream.sample_rate)
        return Probe(*found, bytes=size, warnings=warnings)


def _promised(container: InputContainer, stream: AudioStream) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else 0.0


def _measure(container: InputContainer, stream: AudioStream, limit: float) -> tuple[float, bool]:
    """Seconds of sound that are really in the file, read without decoding; and whether reading broke off."""
    ticks, first, last = 0, None, 0
    base = float(stream.time_base or 0)
    try:
        for packet in container.demux(stream):
            length = packet.duration or 0
            ticks += length
            if packet.pts is not None:
                first = packet.pts if first is None else first
                last = max(last, packet.pts + length)
            if packet.is_corrupt or ticks * base > limit:
                break
    except UNREADABLE:
        return _seconds(ticks, first, last, base), True
    return _seconds(ticks, first, last, base), False


def _seconds(ticks: int, first: int | None, last: int, base: float) -> float:
    span = ticks or (last - first if first is not None else 0)
    return span * base


__all__ = ["AudioTooLarge", "AudioTooLong", "EmptyAudio", "NoSound", "NotAudio", "ProtectedAudio", "probe"]
