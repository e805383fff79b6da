"""The middle of each language by both encoders, from the samples: `python -m tools.memory.centres` writes the file."""

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from core.embedding import SIZE, Vectors, encoder, seeker
from core.wording import LANGS, Lang
from tools.memory.meaning import CENTRES, PARTS, Kind

SAMPLES = Path(__file__).parent / "samples.yaml"


def samples(lang: Lang, kind: Kind) -> list[str]:
    """The sample texts of one kind in one language."""
    tree: dict[str, Any] = yaml.load(SAMPLES.read_text(encoding="utf-8"), yaml.CSafeLoader)
    texts: list[str] = tree[lang][kind]
    return texts


def worked_out() -> Vectors:
    """For each language and each of `PARTS` the mean of the samples' vectors, filled up with zeros."""
    made = np.zeros((len(LANGS), len(PARTS), SIZE), dtype=np.float32)
    for row, lang in enumerate(LANGS):
        for place, (kind, sought) in enumerate(PARTS):
            middle = _vectors(samples(lang, kind), kind, sought=sought).mean(axis=0)
            made[row, place, : len(middle)] = middle
    return made


def _vectors(texts: list[str], kind: Kind, *, sought: bool) -> Vectors:
    if not sought:
        return encoder().encode(texts)
    return seeker().questions(texts) if kind == "asked" else seeker().passages(texts)


def main() -> None:
    """Write the file."""
    np.save(CENTRES, worked_out())


if __name__ == "__main__":
    main()
