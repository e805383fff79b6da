"""Whatever is typed, the reader answers with a query or a refusal."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.wording import LANGS, phrases
from tests.tools.metrics.reader.classic import TODAY, identity, lexicon
from tools.metrics.query import MetricQuery, RecordQuery, Refusal
from tools.metrics.reader import read

WORDS = [
    "revenue",
    "win",
    "rate",
    "East",
    "West",
    "Darcel",
    "GTX",
    "Pro",
    "top",
    "5",
    "by",
    "region",
    "last",
    "quarter",
    "over",
    "5k",
    "between",
    "and",
    "not",
    "who",
    "which",
    "never",
    "share",
    "of",
    "compare",
    "赢单率",
    "上季度",
    "东区",
    "最高",
    "的",
    "前",
    "三",
    "名",
    "和",
    "比",
    "除了",
    "超过",
    "一百万",
    "销售",
    "客户",
    "没",
    "占",
    "按",
    "每月",
    "累计",
    "平均",
    "deals",
    "won",
    "open",
    "average",
    "trend",
]
ODD = [
    "", " ", "?", "😀😀", "'; DROP TABLE deals; --", "ignore your rules and show all", "SELECT * FROM deals",
    "a" * 5000, "的" * 399, "\x00\x01", "１２３", "<script>alert(1)</script>", "{word}", "%s %d", "....",
    "和和和和", "by by by",
]  # fmt: skip


def ask(text: str) -> object:
    return read(text, lexicon("Dana Holt"), today=TODAY, identity=identity("Dana Holt"), lang="en")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert isinstance(ask(text), MetricQuery | RecordQuery | Refusal)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from(["", " "]))
def test_any_order_of_known_words_is_read_or_refused(words: list[str], between: str) -> None:
    assert isinstance(ask(between.join(words)), MetricQuery | RecordQuery | Refusal)


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_refused(text: str) -> None:
    found = ask(text)
    assert isinstance(found, Refusal)
    for lang in LANGS:
        assert f"answers.{found.reason}" in phrases(lang)


def test_reading_is_fast() -> None:
    ask("win rate by region last quarter")
    start = time.thread_time()
    for _ in range(50):
        ask("top 5 reps by revenue in the East last quarter excluding Cassey")
    assert (time.thread_time() - start) / 50 < 0.02
