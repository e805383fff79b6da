"""What a message means and what a question asks for, as vectors to compare: those of two encoders in one.

An encoder's vector says more of the language of a text than of its meaning. So the middle of each language, of what is
said and of what is asked, is taken away from it; the rest is comparable across languages.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from core import embedding
from core.embedding import SEEKER_SIZE, Vectors, encoder, seeker
from core.language import detect
from core.wording import LANGS

CENTRES = Path(__file__).parent / "centres.npy"
VERSION = f"{embedding.SEEKER_VERSION}+{embedding.VERSION}/centred-1"
SIZE = SEEKER_SIZE + embedding.SIZE
RESEMBLANCE = 0.8
"""What the encoder's part weighs beside the seeker's, on both sides of a comparison."""

LONGEST = 1200
"""Characters of a message that the seeker reads: each thousand takes it half a second."""

TINY = np.float32(1e-12)

Kind = Literal["said", "asked"]
PARTS: tuple[tuple[Kind, bool], ...] = (("said", True), ("asked", True), ("said", False), ("asked", False))
"""The rows of the file of centres for each language: of which texts, and whether by the seeker."""


def of_messages(texts: Sequence[str], *, whole: bool) -> Vectors:
    """One row of length one for each message; unless `whole`, quickly and without the seeker's part."""
    resembling = _centred(encoder().encode(texts), texts, "said")
    sought = np.zeros((len(texts), SEEKER_SIZE), dtype=np.float32)
    if whole:
        sought = _centred(seeker().passages([text[:LONGEST] for text in texts]), texts, "said", sought=True)
    return _joined(sought, resembling)


def seek(text: str) -> Vectors:
    """The seeker's part of a question's vector, which is most of the work: to be done beside other work."""
    if not seeker().usable:
        return np.zeros((1, SEEKER_SIZE), dtype=np.float32)
    return _centred(seeker().questions([text]), [text], "asked", sought=True)


def of_question(text: str, sought: Callable[[], Vectors] | None = None) -> Vectors:
    """The question's vector, of length one: its product with a message's is how near they are.

    `sought` gives what `seek` made of the text, and is asked for it last.
    """
    resembling = _centred(encoder().encode([text]), [text], "asked")
    row: Vectors = _joined(sought() if sought is not None else seek(text), resembling)[0]
    return row


def nearness(vectors: Vectors, others: Vectors) -> Vectors:
    """The product of each vector with each of the others.

    Not by `@`: its threads wait for each other in a loop, which costs a busy machine more than the product does.
    """
    products: Vectors = np.einsum("ik,jk->ij", vectors, others)
    return products


def unit(vectors: Vectors) -> Vectors:
    """The vectors at length one; one of nothing stays so."""
    length = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    scaled: Vectors = vectors / np.maximum(length, TINY)[:, None]
    return scaled


def _joined(sought: Vectors, resembling: Vectors) -> Vectors:
    return unit(np.hstack([sought, RESEMBLANCE * resembling]))


def _centred(vectors: Vectors, texts: Sequence[str], kind: Kind, *, sought: bool = False) -> Vectors:
    place = PARTS.index((kind, sought))
    middle = _centres()[[LANGS.index(detect(text)) for text in texts], place, : vectors.shape[1]]
    return unit(vectors - middle)


@cache
def _centres() -> Vectors:
    kept: Vectors = np.load(CENTRES)
    return kept
