"""What is asked of a transcriber, as a value that another process understands."""

from dataclasses import dataclass
from pathlib import Path

from core.said import Speaker
from core.settings import Settings
from core.wording import Lang

IDLE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Request:
    """One recording to put into words."""

    path: Path
    settings: Settings
    hot_words: tuple[str, ...] = ()
    channel_speakers: tuple[Speaker, ...] | None = None
    lang: Lang | None = None
