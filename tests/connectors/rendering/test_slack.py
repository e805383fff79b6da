import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.rendering.slack import Rendered, blocks_of
from connectors.rendering.text import utf16
from core.channels import Button, Content
from core.reply import Column, Table
from tests.connectors.rendering.samples import SAMPLES, full, labels, long_table, reply

MARKED = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")
LIMITS = {"header": 150, "section": 3000, "context": 3000}


def texts_of(block: dict[str, Any]) -> Iterator[str]:
    parts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
    for part in parts:
        if part and part["type"] in ("mrkdwn", "plain_text"):
            yield part["text"]


def check(message: Rendered) -> None:
    """The limits that Slack documents."""
    assert 0 < len(message.text) <= 4000
    assert not MARKED.search(message.text)
    assert 0 < len(message.blocks) <= 50
    assert sum(block["type"] == "table" for block in message.blocks) <= 1
    for block in message.blocks:
        assert all(0 < utf16(text) <= LIMITS[block["type"]] for text in texts_of(block))
        assert all(utf16(field["text"]) <= 2000 for field in block.get("fields", ()))
        assert len(block.get("fields", ())) <= 10
        if block["type"] == "table":
            assert len(block["rows"]) <= 100
            assert all(cell["text"] for row in block["rows"] for cell in row)
            assert len({len(row) for row in block["rows"]}) == 1
        if block["type"] == "actions":
            assert 0 < len(block["elements"]) <= 5
            assert all(utf16(one["text"]["text"]) <= 75 and len(one["value"]) <= 2000 for one in block["elements"])
        for text in texts_of(block):
            if block["type"] != "header":
                assert not MARKED.search(text)
    ids = [one["action_id"] for block in message.blocks if block["type"] == "actions" for one in block["elements"]]
    assert len(ids) == len(set(ids))


def test_all_there_can_be() -> None:
    (message,) = blocks_of(full(), labels, "CNY")
    check(message)
    kinds = [block["type"] for block in message.blocks]
    assert kinds == [
        "header", "section", "section", "section", "section", "table", "context", "context", "actions", "actions"
    ]  # fmt: skip
    assert message.blocks[0]["text"]["text"] == "Q1 <numbers>"
    assert message.blocks[3]["text"]["text"] == "```\nSELECT 1 &lt; 2\n```"
    assert message.blocks[4]["fields"] == [{"type": "mrkdwn", "text": "*客户*\nAcme"}]
    rows = [[cell["text"] for cell in row] for row in message.blocks[5]["rows"]]
    assert rows[0:2] == [["Region", "Won amount", "Win rate"], ["East", "¥2,345,678.50", "63.1 %"]]
    assert rows[3] == ["👩‍👩‍👧 & <Co>", "¥950,000", "–"]
    assert [one["align"] for one in message.blocks[5]["column_settings"]] == ["left", "right", "right"]
    assert [one.get("style") for one in message.blocks[8]["elements"]] == ["primary", "danger"]
    assert message.blocks[9]["elements"][0]["value"] == "ask:By month?"
    assert message.text.startswith("Q1 &lt;numbers&gt;\nHello &amp; welcome\nEast leads.")


def test_without_table_blocks_a_table_is_code() -> None:
    (message,) = blocks_of(full(), labels, "CNY", tables=False)
    check(message)
    assert "```\nRegion        Won amount  Win rate\n" in message.blocks[5]["text"]["text"]


@pytest.mark.parametrize("tables", [True, False])
@pytest.mark.parametrize("text", SAMPLES)
def test_long_replies_are_within_the_limits(text: str, tables: bool) -> None:
    content = Content(reply=reply(text, table=long_table(200)), buttons=((Button(label="A", value="a:1"),),))
    messages = blocks_of(content, labels, tables=tables)
    for message in messages:
        check(message)
    assert [message.blocks[-1]["type"] == "actions" for message in messages] == [*[False] * (len(messages) - 1), True]
    whole = "".join(one for message in messages for block in message.blocks for one in texts_of(block))
    assert "more rows" in whole


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_valid(text: str, title: str, value: str) -> None:
    table = Table(columns=(Column(name="account"), Column(name="note")), rows=((title, value),))
    buttons = ((Button(label=value, value=f"x:{value}"),),)
    content = Content(
        title=title, text=text, fields=((title, value),) * 23, reply=reply(text * 30, table=table), buttons=buttons
    )
    for message in (*blocks_of(content, labels), *blocks_of(content, labels, tables=False)):
        check(message)


def test_a_table_slack_has_no_block_for_is_text() -> None:
    (message,) = blocks_of(Content(reply=reply(table=long_table(30, columns=25))), labels)
    check(message)
    assert all(block["type"] != "table" for block in message.blocks)


def test_many_buttons_go_over_rows_of_five() -> None:
    row = tuple(Button(label=f"B{number}", value=f"b:{number}") for number in range(12))
    (message,) = blocks_of(Content(text="x", buttons=(row,)), labels)
    check(message)
    assert [len(block["elements"]) for block in message.blocks[1:]] == [5, 5, 2]


def test_mentions_in_what_is_shown_call_nobody() -> None:
    (message,) = blocks_of(Content(text="<!channel> <@U1> <https://a.example|x>"), labels)
    assert message.blocks[0]["text"]["text"] == "&lt;!channel&gt; &lt;@U1&gt; &lt;https://a.example|x&gt;"
