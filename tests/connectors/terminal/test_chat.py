"""Replies on a terminal, whole and as they are made."""

import io
import sys
from collections.abc import Iterator

import pytest
from rich.console import Console

from connectors.terminal.chat import converse
from connectors.terminal.render import Screen
from tests.connectors.terminal.conftest import ANN, Echo, reply_to


@pytest.fixture
def screen() -> Screen:
    labels = {"region": "Region", "revenue": "Revenue"}
    return Screen(Console(file=io.StringIO(), width=120), lambda lang: labels, "CNY")


@pytest.fixture
def typed() -> Iterator[io.StringIO]:
    """What the person types."""
    before, sys.stdin = sys.stdin, io.StringIO()
    yield sys.stdin
    sys.stdin = before


def _shown(screen: Screen) -> str:
    assert isinstance(screen.console.file, io.StringIO)
    return screen.console.file.getvalue()


def test_a_reply_shows_words_table_and_where_numbers_came_from(screen: Screen) -> None:
    screen.show(reply_to("revenue", "t"))
    shown = _shown(screen)
    assert "You asked: revenue" in shown
    assert "1,234,567.5" in shown
    assert "63.1" in shown
    assert "East [1]" in shown
    assert "sum of won deals" in shown
    assert "East / West" in shown
    assert "and by month?" in shown


async def test_a_conversation_keeps_its_thread_until_a_new_one(echo: Echo, screen: Screen, typed: io.StringIO) -> None:
    typed.write("one\n\ntwo\n/new\nthree\n/quit\nfour\n")
    typed.seek(0)
    await converse(echo, ANN, screen, "en")
    assert echo.asked == [("Ann", "one", None), ("Ann", "two", "thread-1"), ("Ann", "three", None)]


async def test_words_that_are_taken_back_begin_on_a_new_line(echo: Echo, screen: Screen, typed: io.StringIO) -> None:
    typed.write("one\n")
    typed.seek(0)
    await converse(echo, ANN, screen, "en")
    assert "You said\nYou asked: one\n" in _shown(screen)
    assert _shown(screen).count("asked: one") == 1
