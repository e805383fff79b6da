"""The measure of escalations: its data, and two customers who live through it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.settings import Settings
from core.wording import LANGS
from evals.measures.escalations import Step, judge, read_cases
from tools.signals.detector import Detector

PICKED = {"en-dental-one-line", "en-florist-price-once", "en-notary-weekend", "zh-奶茶-一句话", "zh-销售的话"}


@pytest.fixture
def detector(tmp_path: Path) -> Iterator[Detector]:
    with closing(Detector(Settings(home=tmp_path, _env_file=None).var / "signals")) as opened:
        yield opened


@pytest.mark.parametrize("lang", LANGS)
def test_half_of_the_cases_are_those_where_nobody_is_called(lang: str) -> None:
    cases = [one for one in read_cases() if one.lang == lang]
    assert len({one.id for one in cases}) == len(cases) == 40
    assert sum(not one.expect for one in cases) >= 20


def test_customers_are_lived_through(detector: Detector) -> None:
    found = judge([one for one in read_cases() if one.id in PICKED], detector)
    got = {one.case.id: one.got for one in found}
    called = Step("competitor", "sales_manager", "Mona", 3)
    assert {name: steps for name, steps in got.items() if steps} == {
        "en-dental-one-line": (called,), "zh-奶茶-一句话": (called,),
    }  # fmt: skip
    assert set(got) == PICKED
