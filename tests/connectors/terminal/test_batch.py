"""A file of questions: in order, one thread after another, and a bad line stops nothing."""

import io
import json
from typing import Any

from connectors.terminal.batch import Batch
from core.errors import UnknownPerson
from core.identity import Identity
from tests.connectors.terminal.conftest import ANN, Echo


def _find(name: str) -> Identity:
    if name != "Ann":
        raise UnknownPerson(name=name)
    return ANN


async def _run(echo: Echo, *items: Any, who: str | None = None) -> tuple[bool, list[dict[str, Any]]]:
    out = io.StringIO()
    lines = [item if isinstance(item, str) else json.dumps(item) for item in items]
    fine = await Batch(echo, _find, lang="en", who=who).run(lines, out)
    return fine, [json.loads(line) for line in out.getvalue().splitlines()]


async def test_each_line_gets_its_reply_with_its_id(echo: Echo) -> None:
    fine, replies = await _run(echo, {"id": "a", "as": "Ann", "text": "one"}, "", {"id": 7, "as": "Ann", "text": "two"})
    assert fine
    assert [(reply["id"], reply["text"]) for reply in replies] == [("a", "You asked: one"), (7, "You asked: two")]
    assert replies[0]["table"]["rows"][0] == ["East [1]", 1234567.5, 0.631]


async def test_after_goes_on_with_the_earlier_lines_thread(echo: Echo) -> None:
    items = [{"id": name, "as": "Ann", "text": name} for name in "abc"]
    items[2]["after"] = "a"
    await _run(echo, *items)
    assert [thread for _, _, thread in echo.asked] == [None, None, "thread-1"]


async def test_a_line_that_fails_says_why_and_the_rest_is_asked(echo: Echo) -> None:
    fine, replies = await _run(
        echo,
        "no json",
        {"id": "no text", "as": "Ann"},
        {"id": "nobody", "text": "x"},
        {"id": "unknown", "as": "Bo", "text": "x"},
        {"id": "early", "as": "Ann", "text": "x", "after": "later"},
        {"id": "broken", "as": "Ann", "text": "break"},
        {"id": "fine", "as": "Ann", "text": "x"},
    )
    assert not fine
    assert [reply.get("code") for reply in replies] == [
        "bad_item", "bad_item", "bad_item", "unknown_person", "no_such_item", "bug", None,
    ]  # fmt: skip
    assert [reply["id"] for reply in replies][:3] == [None, None, "nobody"]
    assert all(reply["error"] for reply in replies[:-1])


async def test_who_asks_may_be_said_once_for_all(echo: Echo) -> None:
    fine, _ = await _run(echo, {"id": 1, "text": "x"}, who="Ann")
    assert fine
    assert echo.asked == [("Ann", "x", None)]
