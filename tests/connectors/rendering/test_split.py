import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.rendering.split import fenced, pack, passages, split, take, written
from connectors.rendering.text import Size, clean, cut, glyphs, utf16, width
from tests.connectors.rendering.samples import SAMPLES

PIECES = [
    "word ",
    "中文字",
    "。",
    "\n",
    "\n\n",
    "👩‍👩‍👧",
    "🇨🇳",
    "e\u0301",
    "שלום",
    "12.5 ",
    "1️⃣",
    "x" * 30,
    "! ",
    "&",
    "\n```\n",
    "\u200d",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("size", [len, utf16, lambda text: len(text.encode())])
@pytest.mark.parametrize("text", SAMPLES)
def test_every_piece_fits_and_nothing_is_lost(text: str, size: Size) -> None:
    pieces = split(text, 1000, size)
    assert max(size(piece) for piece in pieces) <= 1000
    assert bare("".join(pieces)) == bare(text)
    assert len(pieces) <= size(text) / 400 + 1


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.integers(40, 200))
def test_characters_stay_whole(text: str, limit: int) -> None:
    pieces = split(text, limit, utf16)
    whole = [glyph for glyph, _ in glyphs(text) if glyph.strip()]
    assert [glyph for piece in pieces for glyph, _ in glyphs(piece) if glyph.strip()] == whole
    assert all(0 < utf16(piece) <= limit for piece in pieces)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.integers(60, 200))
def test_pages_fit_and_close_their_fences(text: str, limit: int) -> None:
    pages = [written(page) for page in pack(fenced(text), limit, len)]
    assert all(len(page) <= limit for page in pages)
    assert all(page.count("```") % 2 == 0 for page in pages)
    assert bare("".join(pages)).replace("```", "") == bare(text.replace("```", ""))


def test_a_character_longer_than_the_limit_is_cut_all_the_same() -> None:
    monster = "e" + "\u0301" * 500
    assert "".join(split(monster, 100)) == monster


@pytest.mark.parametrize(
    ("text", "limit", "head"),
    [
        ("One two three.\n\nFour five six seven eight", 30, "One two three."),
        ("One two three\nfour five six seven eight", 30, "One two three"),
        ("One two three. Four five six seven eight", 30, "One two three."),
        ("It is 3.14159 and nothing else than that", 12, "It is"),
        ("第一句话说完了。第二句话还没有说完就", 12, "第一句话说完了。"),
        ("他说：“好的。”然后他就走了没有回来", 10, "他说：“好的。”"),
        ("一二三四五六七八九十，一二三", 10, "一二三四五六七八九"),
        ("One two three four", 13, "One two three"),
        ("abcdefghij klm", 5, "abcde"),
    ],
)
def test_the_cut_is_where_the_sense_allows(text: str, limit: int, head: str) -> None:
    assert take(text, limit, len)[0] == head


def test_code_is_cut_at_lines_and_keeps_its_indents() -> None:
    code = "if a:\n    b\n    c\n    d"
    assert split(code, 14, exact=True) == ["if a:\n    b", "    c\n    d"]


def test_a_block_of_code_is_not_cut_where_a_new_page_holds_it() -> None:
    code = "\n".join(["line"] * 12)
    pages = pack(fenced(f"{'words ' * 10}\n```\n{code}\n```"), 90, len)
    assert [written(page) for page in pages] == [("words " * 10).strip(), f"```\n{code}\n```"]


def test_backticks_within_a_line_are_no_fence() -> None:
    assert [(one.text, one.exact) for one in passages("a ```b``` c\n```d```\n```py\ne\n```")] == [
        ("a ```b``` c\n```d```", False),
        ("e", True),
    ]


def test_a_cut_text_says_that_it_is() -> None:
    assert cut("hello", 5) == "hello"
    assert cut("hello world", 7) == "hello…"
    assert cut("🇨🇳🇺🇸🇬🇧", 5, utf16) == "🇨🇳…"


def test_widths_are_those_of_a_fixed_width_font() -> None:
    assert [width(text) for text in ("ab", "中文", "👩‍👩‍👧", "🇨🇳", "e\u0301", "ｱ")] == [2, 4, 2, 2, 1, 1]


def test_what_no_channel_takes_is_left_out() -> None:
    assert clean("a\x00b\u202ec\ud83dd\r\ne\tf") == "abcd\ne\tf"
