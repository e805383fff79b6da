"""What messages and questions mean: comparable across languages, as the shipped middles of the languages make it."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.embedding import SEEKER_SIZE, seeker
from tools.memory import meaning
from tools.memory.centres import worked_out
from tools.memory.vectors import NOTHING, pack, unpack

FROZEN = ("冬天一到，我们停车场的闸机全冻死了。", "The barrier at the car park is frozen every winter.")
OTHER = ("Could you send the invoice to our head office?", "发票能寄到我们总部吗？")

pytestmark = pytest.mark.skipif(not seeker().usable, reason="this processor has no AVX2")


def test_the_shipped_middles_are_what_the_samples_give() -> None:
    assert np.allclose(np.load(meaning.CENTRES), worked_out(), atol=0.01)


@pytest.mark.parametrize("question", ["whose gates freeze shut?", "谁家的道闸冬天打不开？"])
def test_a_question_is_near_its_answer_in_either_language(question: str) -> None:
    near = meaning.of_messages([*FROZEN, *OTHER], whole=True) @ meaning.of_question(question)
    assert min(near[:2]) > max(near[2:]) + 0.1


def test_what_is_quickly_made_resembles_already() -> None:
    quick = meaning.of_messages([*FROZEN, *OTHER], whole=False)
    assert not quick[:, :SEEKER_SIZE].any()
    near = quick @ meaning.of_question("the car park's barrier is frozen")
    assert near.argmax() == 1
    assert np.allclose(np.linalg.norm(quick, axis=1), 1, atol=1e-5)


def test_packing_keeps_the_direction_and_another_version_is_like_nothing() -> None:
    vectors = meaning.of_messages(FROZEN, whole=True)
    kept = unpack([*pack(vectors), b"\x01" * 512, NOTHING])
    assert min(np.einsum("ij,ij->i", vectors, kept[:2])) > 0.999
    assert not kept[2:].any()


def test_threads_do_not_disturb_each_other() -> None:
    texts = [*FROZEN, *OTHER] * 5
    with ThreadPoolExecutor(3) as threads:
        first, *others = threads.map(seeker().passages, [texts] * 3)
    assert all(np.array_equal(first, other) for other in others)


def test_a_zero_byte_hides_nothing() -> None:
    assert np.array_equal(*seeker().passages(["a\0b", "a b"]))
