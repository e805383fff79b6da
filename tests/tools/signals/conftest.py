"""A trained detector, and what it finds in a line."""

from collections.abc import Callable, Iterator

import pytest

from core.said import Reading, Speaker, Utterance
from tests.fixtures.signals import open_shared
from tools.signals.detector import Detector

Read = Callable[..., Reading]


@pytest.fixture(scope="session")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Detector]:
    opened = open_shared(tmp_path_factory)
    yield opened
    opened.close()


@pytest.fixture
def read(detector: Detector) -> Read:
    """Reads one line: `read("太贵了")`."""

    def one(text: str, speaker: Speaker = "customer") -> Reading:
        return detector.detect([Utterance(text, speaker)])[0]

    return one


def kinds(reading: Reading) -> set[str]:
    return {found.kind for found in reading.signals}
