"""What a model sees of examples, kept: working it out is most of the time that learning takes."""

import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from core.embedding import SIZE
from core.embedding import VERSION as ENCODER
from tools.signals.examples import Example
from tools.signals.features import CUES, Features, counts, cues_of, embed
from tools.signals.grammar import read
from tools.signals.phrases import asked
from tools.signals.prepare import prepare

HERE = Path(__file__).parent
FILE = "seen.npz"
LEVELS = 300.0
"""Steps in which a number of an embedding is kept: few are above 0.4, so a byte is enough."""
READ_BY = ("features.py", "grammar.py", "patterns.py", "prepare.py", "feelings.py")
Rows = dict[str, Any]


class Seen:
    """Embeddings and cues of texts: those of the package, those of the last training, and the rest worked out now."""

    def __init__(self, folder: Path, packaged: Path | None) -> None:
        self._folder = folder
        self._known = [one / FILE for one in (packaged, folder) if one]

    def features(self, examples: Sequence[Example]) -> Features:
        """The features of examples, in order, without what the grammar marked in them."""
        prepared = [prepare(one.text) for one in examples]
        names = [hashlib.sha256(one.text.encode()).hexdigest()[:20] for one in examples]
        vectors, cues = self._read()
        unread = [at for at, name in enumerate(names) if name not in vectors]
        if unread:
            found = np.rint(embed([prepared[at] for at in unread]) * LEVELS).clip(-127, 127).astype(np.int8)
            vectors |= dict(zip([names[at] for at in unread], found, strict=True))
        unmarked = [at for at, name in enumerate(names) if name not in cues]
        if unmarked:
            some = [prepared[at] for at in unmarked]
            marked = cues_of(some, [read(text) for text in some]).astype(np.float16)
            cues |= dict(zip([names[at] for at in unmarked], marked, strict=True))
        rows = np.array([vectors[name] for name in names], dtype=np.int8).reshape(-1, SIZE)
        marks = np.array([cues[name] for name in names], dtype=np.float16).reshape(-1, CUES)
        if unread or unmarked:
            write_arrays(self._folder / FILE, {"names": np.array(names), "vectors": rows, "cues": marks, **_made_by()})
        questions = [asked(text, one.before) for text, one in zip(prepared, examples, strict=True)]
        seen = counts([text.plain for text in prepared], questions)
        return Features(_unit(rows), seen, marks.astype(np.float32), ())

    def _read(self) -> tuple[Rows, Rows]:
        """The rows that are known and still right, by the names of their texts."""
        vectors: Rows = {}
        cues: Rows = {}
        made_by = _made_by()
        for file in self._known:
            kept = read_arrays(file)
            if kept and kept["encoder"] == made_by["encoder"]:
                names = kept["names"].tolist()
                vectors |= dict(zip(names, kept["vectors"], strict=True))
                if kept["reader"] == made_by["reader"]:
                    cues |= dict(zip(names, kept["cues"], strict=True))
        return vectors, cues


def _unit(rows: Any) -> Any:
    vectors = rows.astype(np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


def _made_by() -> dict[str, Any]:
    digest = hashlib.sha256()
    for file in (*(HERE / name for name in READ_BY), *sorted((HERE / "grammar").glob("*.yaml"))):
        digest.update(file.read_bytes())
    return {"encoder": np.array(ENCODER), "reader": np.array(digest.hexdigest())}


def read_arrays(file: Path) -> dict[str, Any] | None:
    """The arrays of a file; None if it is not there, or not whole."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, BadZipFile, KeyError):
        return None


def write_arrays(file: Path, arrays: dict[str, Any]) -> None:
    """Write a file that appears whole or not at all, whoever writes it at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{secrets.token_hex(6)}.npz")
    np.savez_compressed(part, **arrays)
    os.replace(part, file)
