"""Models on disk: made when needed, named by all that made them, so that a file is either right or not looked at.

The model of the packaged examples and what was seen of them are packaged too (`python -m tools.signals.train` makes
both), so that a new home need not learn, and learns from labels in seconds.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from core.embedding import VERSION as ENCODER
from core.said import KINDS
from core.wording import LANGS
from tools.signals.examples import FOLDER as EXAMPLES
from tools.signals.examples import Example, to_learn
from tools.signals.features import VERSION
from tools.signals.grammar import FOLDER as GRAMMAR
from tools.signals.judge import Score, macro, score
from tools.signals.model import Model, Trained, train
from tools.signals.seen import Seen, read_arrays, write_arrays

PACKAGED = Path(__file__).parent / "trained"
MARGIN = 0.01
"""Trainers' labels may cost this much macro-F1 on the packaged examples, and no more."""
MOST_KEPT = 6
BIG = 10_000
"""Arrays with more numbers than this are kept in half as many bytes."""
CODE = ("features.py", "model.py", "solve.py", "phrases.py", "grammar.py", "patterns.py", "prepare.py", "feelings.py")


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

    def __init__(self, folder: Path, *, packaged: Path | None = PACKAGED) -> None:
        self._folder = folder
        self._packaged = packaged

    def model(self, labelled: Sequence[Example] = ()) -> tuple[Model, dict[str, Any]]:
        """The model of these labels with its card (key, scores of cross-validation), from the shelf or made now."""
        key = key_of(labelled)
        found = self._read(self._folder, key) or (self._read(self._packaged, key) if self._packaged else None)
        if found:
            return found
        examples = to_learn(labelled)
        seen = Seen(self._folder, self._packaged).features(examples)
        trained = train(examples, seen)
        card = {"key": key, "examples": len(examples), "labels": len(labelled), **_told(trained, examples)}
        self._write(key, trained.model, card)
        return self._read(self._folder, key) or (trained.model, card)

    def best(self, labelled: Sequence[Example]) -> tuple[Model, dict[str, Any]]:
        """The model with the labels, unless it is worse on the packaged examples by more than the margin."""
        model, card = self.model(labelled)
        if not labelled:
            return model, card | {"active": True}
        plain, before = self.model()
        worse = card["macro_f1"] < before["macro_f1"] - MARGIN
        chosen, mine = (plain, before) if worse else (model, card)
        return chosen, mine | {"active": not worse, "before": before["macro_f1"], "after": card["macro_f1"]}

    @staticmethod
    def _read(folder: Path, key: str) -> tuple[Model, dict[str, Any]] | None:
        arrays = read_arrays(folder / f"model-{key}.npz")
        if not arrays or set(arrays) != {*_names(), "card"}:
            return None
        return Model(**{name: arrays[name].astype(np.float32) for name in _names()}), json.loads(str(arrays["card"]))

    def _write(self, key: str, model: Model, card: dict[str, Any]) -> None:
        told = json.dumps(card, ensure_ascii=False, indent=1)
        arrays = {name: getattr(model, name) for name in _names()}
        arrays = {name: one.astype(np.float16) if one.size > BIG else one for name, one in arrays.items()}
        write_arrays(self._folder / f"model-{key}.npz", arrays | {"card": np.array(told)})
        (self._folder / f"model-{key}.json").write_text(told, encoding="utf-8")
        old = sorted(self._folder.glob("model-*.npz"), key=lambda file: file.stat().st_mtime)[:-MOST_KEPT]
        for file in old:
            file.unlink(missing_ok=True)
            file.with_suffix(".json").unlink(missing_ok=True)


def _names() -> list[str]:
    return [field.name for field in fields(Model)]


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
