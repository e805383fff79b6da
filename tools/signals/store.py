"""Models on disk: made when needed, named by all that made them, so that a file is either right or not looked at."""

import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from core.embedding import SIZE
from core.embedding import VERSION as ENCODER
from core.said import KINDS
from core.wording import LANGS
from tools.signals.examples import FOLDER as EXAMPLES
from tools.signals.examples import Example, to_learn
from tools.signals.features import VERSION, Features, Floats, embed, features
from tools.signals.grammar import FOLDER as GRAMMAR
from tools.signals.judge import Score, macro, score
from tools.signals.model import Model, Trained, train
from tools.signals.prepare import Prepared, prepare

MARGIN = 0.01
"""Trainers' labels may cost this much macro-F1 on the packaged examples, and no more."""
MOST_KEPT = 6
CODE = ("features.py", "model.py", "grammar.py", "patterns.py", "prepare.py", "feelings.py")


def key_of(labelled: Sequence[Example]) -> str:
    """A name for the model of the packaged examples and these labels, by all that goes into it."""
    digest = hashlib.sha256(f"{VERSION} {ENCODER}".encode())
    for file in (*sorted(EXAMPLES.glob("*.yaml")), *sorted(GRAMMAR.glob("*.yaml"))):
        digest.update(file.name.encode() + file.read_bytes())
    for name in CODE:
        digest.update((Path(__file__).parent / name).read_bytes())
    for one in sorted(labelled, key=lambda label: label.text):
        digest.update(repr(one).encode())
    return digest.hexdigest()[:24]


class Shelf:
    """One folder of models. Several processes may use it at once: a file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def model(self, labelled: Sequence[Example] = ()) -> tuple[Model, dict[str, Any]]:
        """The model of these labels with its card (key, scores of cross-validation), from the shelf or made now."""
        key = key_of(labelled)
        found = self._read(key)
        if found:
            return found
        examples = to_learn(labelled)
        trained = train(examples, self._features(examples))
        card = {"key": key, "examples": len(examples), "labels": len(labelled), **_told(trained, examples)}
        self._write(key, trained.model, card)
        return trained.model, card

    def best(self, labelled: Sequence[Example]) -> tuple[Model, dict[str, Any]]:
        """The model with the labels, unless it is worse on the packaged examples by more than the margin."""
        model, card = self.model(labelled)
        if not labelled:
            return model, card | {"active": True}
        plain, before = self.model()
        worse = card["macro_f1"] < before["macro_f1"] - MARGIN
        chosen, mine = (plain, before) if worse else (model, card)
        return chosen, mine | {"active": not worse, "before": before["macro_f1"], "after": card["macro_f1"]}

    def _features(self, examples: Sequence[Example]) -> Features:
        texts = [prepare(one.text) for one in examples]
        return features(texts, self._vectors(texts))

    def _vectors(self, texts: Sequence[Prepared]) -> Floats:
        """Embeddings of the texts; those of the last training are kept, as they are most of the time it takes."""
        names = [hashlib.sha256(f"{ENCODER} {text.plain}".encode()).hexdigest()[:32] for text in texts]
        kept = _load(self._folder / "vectors.npz")
        rows = dict(zip(kept["names"].tolist(), kept["vectors"], strict=True)) if kept else {}
        missing = [(name, text) for name, text in zip(names, texts, strict=True) if name not in rows]
        if missing:
            vectors = embed([text for _, text in missing])
            rows |= dict(zip([name for name, _ in missing], vectors, strict=True))
            both = {name: rows[name] for name in names}
            self._put("vectors.npz", {"names": np.array(list(both)), "vectors": np.array(list(both.values()))})
        return np.array([rows[name] for name in names], dtype=np.float32).reshape(-1, SIZE)

    def _read(self, key: str) -> tuple[Model, dict[str, Any]] | None:
        arrays = _load(self._folder / f"model-{key}.npz")
        if not arrays or set(arrays) != {field.name for field in fields(Model)} | {"card"}:
            return None
        return Model(**{field.name: arrays[field.name] for field in fields(Model)}), json.loads(str(arrays["card"]))

    def _write(self, key: str, model: Model, card: dict[str, Any]) -> None:
        told = json.dumps(card, ensure_ascii=False, indent=1)
        self._put(f"model-{key}.npz", {name: getattr(model, name) for name in _names()} | {"card": np.array(told)})
        (self._folder / f"model-{key}.json").write_text(told, encoding="utf-8")
        old = sorted(self._folder.glob("model-*.npz"), key=lambda file: file.stat().st_mtime)[:-MOST_KEPT]
        for file in old:
            file.unlink(missing_ok=True)
            file.with_suffix(".json").unlink(missing_ok=True)

    def _put(self, name: str, arrays: dict[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{name}.{secrets.token_hex(6)}.npz"
        np.savez(part, **arrays)
        os.replace(part, self._folder / name)


def _names() -> list[str]:
    return [field.name for field in fields(Model)]


def _load(file: Path) -> dict[str, Any] | None:
    """The arrays of a file; None if it is not there, or not whole."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, BadZipFile, KeyError):
        return None


def _told(trained: Trained, examples: Sequence[Example]) -> dict[str, Any]:
    """Scores over the folds, of the packaged examples and labels alike."""
    scores = scores_of(trained, examples)
    return {
        "macro_f1": round(macro(scores), 4),
        **{f"macro_f1_{lang}": round(macro(scores, lang), 4) for lang in LANGS},
        "scores": [asdict(one) for one in scores],
    }


def scores_of(trained: Trained, examples: Sequence[Example]) -> list[Score]:
    """How the predictions of the folds do, a score a kind and language."""
    limits = [trained.model.thresholds[LANGS.index(one.lang), : len(KINDS)] for one in examples]
    found = [
        {kind for kind, sure, limit in zip(KINDS, row, least, strict=False) if sure >= limit}
        for row, least in zip(trained.predicted, limits, strict=True)
    ]
    return score([one.kinds for one in examples], found, [one.lang for one in examples])
