"""Opening recordings safely: only the file itself is read, whatever addresses it names inside."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from core.errors import UserError

UNREADABLE = (av.error.FFmpegError, UnicodeDecodeError)
ALONE = {"protocol_whitelist": "none"}
"""Playlists may name other files and addresses; none of them is followed."""
TEXT = frozenset({"tty"})


class NotAudio(UserError):
    """No decoder reads this as sound or film."""

    code = "not_audio"
    http_status = 415


class NoSound(UserError):
    """A film, or another file that holds no sound."""

    code = "no_sound"
    http_status = 415


@contextmanager
def open_container(path: Path) -> Iterator[tuple[InputContainer, AudioStream]]:
    """The file and its first sound; NotAudio or NoSound."""
    with path.open("rb") as file:
        try:
            container = av.open(file, "r", options=ALONE, metadata_errors="ignore")
        except UNREADABLE as error:
            raise NotAudio(name=path.name) from error
        with container:
            if container.format.name in TEXT:
                raise NotAudio(name=path.name)
            if not container.streams.audio:
                raise NoSound(name=path.name) if container.streams.video else NotAudio(name=path.name)
            yield container, container.streams.audio[0]
