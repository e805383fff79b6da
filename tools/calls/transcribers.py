"""The transcribers there are, by the name in the settings."""

from collections.abc import Callable
from functools import lru_cache
from threading import Lock

from core.settings import Settings
from tools.calls.transcript import Transcriber
from tools.calls.weights import find_weights

_loading = Lock()


def open_transcriber(settings: Settings) -> Transcriber:
    """The transcriber that the settings ask for; the last one stays loaded, and whoever asks again shares it."""
    with _loading:
        return _open(settings)


@lru_cache(maxsize=1)
def _open(settings: Settings) -> Transcriber:
    return TRANSCRIBERS[settings.transcriber](settings)


def _faster(settings: Settings) -> Transcriber:
    from tools.calls.faster import FasterWhisper  # noqa: PLC0415 (heavy)

    return FasterWhisper(find_weights(settings))


def _openai_whisper(settings: Settings) -> Transcriber:
    from tools.calls.openai_whisper import OpenaiWhisper  # noqa: PLC0415 (an extra)

    return OpenaiWhisper(find_weights(settings), settings.var / "weights")


def _endpoint(settings: Settings) -> Transcriber:
    from tools.calls.endpoint import Endpoint  # noqa: PLC0415 (needed by few)

    return Endpoint(settings)


TRANSCRIBERS: dict[str, Callable[[Settings], Transcriber]] = {
    "faster-whisper": _faster,
    "openai-whisper": _openai_whisper,
    "openai": _endpoint,
}
