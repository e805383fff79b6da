"""Where the weights of the local transcribers are: a folder, an installed package, or the library's download."""

import json
import shutil
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from core.errors import OperatorError
from core.settings import Settings
from core.weights import PACKAGED, PACKAGES, is_whole, source_of

CHUNK = 1 << 22


class NoWeights(OperatorError):
    """The weights are neither in a folder, nor in a package, nor to be had from the network."""

    code = "no_weights"


class Weights(NamedTuple):
    """A folder of CTranslate2 weights, or where there is none a name for the library to download."""

    name: str
    folder: Path | None


def find_weights(settings: Settings) -> Weights:
    """The weights that the settings ask for; packages are joined into a folder of `var/` once."""
    source = source_of(settings)
    if source == "packages":
        return Weights(PACKAGED, _join(settings.var / "weights" / f"whisper-{PACKAGED}"))
    if source == "network":
        return Weights(settings.whisper_model, None)
    folder = Path(settings.whisper_model).expanduser()
    if not is_whole(folder):
        raise NoWeights(model=settings.whisper_model)
    return Weights(folder.name, folder)


def _join(folder: Path) -> Path:
    """The packages' files in one folder; appears whole or not at all, whoever else is at it."""
    if folder.is_dir():
        return folder
    fresh = _beside(folder)
    fresh.mkdir(parents=True)
    try:
        first, second = (files(part) / "data" for part in PACKAGES)
        with (fresh / "model.bin").open("wb") as model:
            for part in (first / "model.bin.part1", second / "model.bin.part2"):
                with part.open("rb") as source:
                    shutil.copyfileobj(source, model, CHUNK)
        for extra in _extras(second):
            (fresh / extra.name).write_bytes(extra.read_bytes())
        json.loads((fresh / "config.json").read_text(encoding="utf-8"))
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _extras(data: Traversable) -> Iterator[Traversable]:
    return (file for file in data.iterdir() if file.name.endswith(".json"))


def _beside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.{uuid4().hex}")
