"""Whoever wrote the vectors was killed: what is damaged is filled anew instead of ending the process that opens it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.settings import Settings
from tools.memory.meaning import SIZE
from tools.memory.sound import GRAPH, LINKS, VECTORS, is_sound
from tools.memory.vectors import HNSW, LEFT_OPEN, Store, pack

MANY = int(HNSW["sync_threshold"]) + 400  # type: ignore[call-overload]  # the graph is only written from then on


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose vectors were closed in order."""
    home = tmp_path_factory.mktemp("filled")
    store = Store(Settings(home=home, _env_file=None), "v")
    assert store.open()
    vectors = np.random.default_rng(7).standard_normal((MANY, SIZE)).astype(np.float32)
    for start in range(0, MANY, 900):
        store.put(range(start, min(start + 900, MANY)), pack(vectors[start : start + 900]))
    store.nearest(vectors[:1], 1)
    store.close()
    return home


@pytest.fixture
def killed(filled: Path, tmp_path: Path) -> Iterator[Store]:
    """The same home, as a kill leaves it; not open."""
    shutil.copytree(filled, tmp_path / "home")
    store = Store(Settings(home=tmp_path / "home", _env_file=None), "v")
    (tmp_path / "home" / "var" / "chroma.lock").write_text(LEFT_OPEN)
    yield store
    store.close()


def file_of(store: Store, name: str) -> Path:
    (found,) = store.folder.glob(f"*/{name}")
    return found


def test_what_a_kill_left_whole_is_kept(killed: Store) -> None:
    assert file_of(killed, GRAPH).exists()
    assert killed.open()
    assert killed.count() == MANY


def test_vectors_that_were_cut_off_are_filled_anew(killed: Store) -> None:
    vectors = file_of(killed, VECTORS)
    os.truncate(vectors, vectors.stat().st_size // 3)
    assert not is_sound(killed.folder)
    assert killed.open()
    assert killed.count() == 0


def test_links_that_lead_nowhere_are_filled_anew(killed: Store) -> None:
    vectors = file_of(killed, VECTORS)
    data = bytearray(vectors.read_bytes())
    whole = len(data) // MANY
    for number in range(MANY):
        start = number * whole + 4
        data[start : start + 64] = b"\xff\xff\xff\x7f" * 16
    vectors.write_bytes(data)
    assert not is_sound(killed.folder)


def test_links_that_take_more_room_than_vectors_are_filled_anew_at_any_time(killed: Store) -> None:
    assert killed.open()
    os.truncate(file_of(killed, LINKS), file_of(killed, VECTORS).stat().st_size + 1)
    killed.put([MANY], pack(np.ones((1, SIZE), dtype=np.float32)))
    assert killed.count() == 0
    killed.close()
    assert killed.open()


def test_closed_in_order_it_is_not_looked_into(filled: Path) -> None:
    store = Store(Settings(home=filled, _env_file=None), "v")
    assert store.open()
    assert store.count() == MANY
    store.close()
    assert (filled / "var" / "chroma.lock").read_text() == ""
