"""The packaged model fits the packaged examples, and learning again gives the same."""

from pathlib import Path

import numpy as np

from core.said import KINDS
from core.wording import LANGS
from tools.signals.examples import packaged, to_learn
from tools.signals.features import features
from tools.signals.phrases import asked
from tools.signals.prepare import prepare
from tools.signals.seen import FILE, Seen, read_arrays, write_arrays
from tools.signals.store import PACKAGED, Shelf, key_of

AGAIN = "run `python -m tools.signals.train` and commit what it writes"


def test_the_packaged_model_is_of_these_examples_and_this_code() -> None:
    assert [file.name for file in PACKAGED.glob("model-*.npz")] == [f"model-{key_of(())}.npz"], AGAIN


def test_what_was_seen_of_the_examples_is_packaged(tmp_path: Path) -> None:
    Seen(tmp_path, PACKAGED).features(to_learn())
    assert not (tmp_path / FILE).exists(), AGAIN


def test_what_is_kept_is_what_would_be_seen(tmp_path: Path) -> None:
    examples = to_learn()[::400]
    texts = [prepare(one.text) for one in examples]
    questions = [asked(text, one.before) for text, one in zip(texts, examples, strict=True)]
    kept, fresh = Seen(tmp_path, PACKAGED).features(examples), features(texts, questions)
    assert np.abs(kept.cues - fresh.cues).max() < 0.01
    assert (kept.vectors * fresh.vectors).sum(1).min() > 0.99
    assert (kept.grams != fresh.grams).nnz == 0


def test_learning_again_gives_the_packaged_model(tmp_path: Path) -> None:
    packed, card = Shelf(tmp_path).model()
    seen_before = read_arrays(PACKAGED / FILE)
    assert seen_before
    write_arrays(tmp_path / FILE, seen_before)
    again, told = Shelf(tmp_path, packaged=None).model()
    seen = features([prepare(one.text) for one in packaged()[::100]])
    apart = np.abs(packed.probabilities(seen) - again.probabilities(seen))
    # How sums are grouped differs from processor to processor.
    assert apart.mean() < 0.005
    assert apart.max() < 0.15
    assert all(abs(card[name] - told[name]) < 0.01 for name in ("macro_f1", *(f"macro_f1_{lang}" for lang in LANGS)))
    assert np.abs(packed.thresholds - again.thresholds)[:, : len(KINDS)].max() < 0.05
