"""What Slack documents about payloads: each check raises `Refused` with the error Slack answers with."""

import re
from typing import Any

Json = dict[str, Any]
MOST_TEXT, MOST_BLOCKS, MOST_SECTION, MOST_FIELD, MOST_ELEMENTS = 40_000, 50, 3000, 2000, 25
MOST_LABEL, MOST_VALUE, MOST_ID, MOST_HEADER, MOST_URL = 75, 2000, 255, 150, 3000
MOST_METADATA, MOST_TABLE, MOST_ROWS, MOST_COLUMNS, MOST_TABLE_CHARS = 8000, 1, 100, 20, 10_000
MOST_HOME, MOST_STREAMED = 100, 12_000
TS = re.compile(r"\d{10}\.\d{6}")


class Refused(Exception):
    """Slack's `ok: false`."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(f"{error}: {detail}")
        self.error, self.detail = error, detail


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def need(held: bool, error: str, detail: str = "") -> None:
    if not held:
        raise Refused(error, detail)


def check_text(text: object, blocks: list[Json] | None) -> None:
    need(isinstance(text, str) or bool(blocks), "no_text")
    need(bool(text) or bool(blocks), "no_text")
    need(units(str(text or "")) <= MOST_TEXT, "msg_too_long", f"{len(str(text))} characters")
    need(bool(blocks) or units(str(text)) <= 4000, "msg_too_long", "a text alone is cut after 4,000 characters")


def check_blocks(blocks: list[Json] | None, most: int = MOST_BLOCKS) -> None:
    if blocks is None:
        return
    need(isinstance(blocks, list) and len(blocks) <= most, "invalid_blocks", f"{len(blocks)} blocks")
    named = [block["block_id"] for block in blocks if "block_id" in block]
    need(len(named) == len(set(named)), "invalid_blocks", "block ids repeat")
    need(sum(block.get("type") == "table" for block in blocks) <= MOST_TABLE, "invalid_attachments", "two tables")
    for block in blocks:
        kind = block.get("type")
        need(kind in CHECKS, "invalid_blocks", f"a block of type {kind}")
        CHECKS[str(kind)](block)


def _text(held: Json | None, most: int, kinds: tuple[str, ...] = ("mrkdwn", "plain_text")) -> None:
    need(isinstance(held, dict) and held.get("type") in kinds, "invalid_blocks", f"a text of {held}")
    assert held is not None
    text = held.get("text")
    need(isinstance(text, str) and 1 <= units(text) <= most, "invalid_blocks", f"{len(str(text))} characters of {most}")


def _section(block: Json) -> None:
    need("text" in block or "fields" in block, "invalid_blocks", "an empty section")
    if "text" in block:
        _text(block["text"], MOST_SECTION)
    fields = block.get("fields", [])
    need(len(fields) <= 10, "invalid_blocks", f"{len(fields)} fields")
    for one in fields:
        _text(one, MOST_FIELD)


def _header(block: Json) -> None:
    _text(block.get("text"), MOST_HEADER, ("plain_text",))


def _context(block: Json) -> None:
    elements = block.get("elements", [])
    need(1 <= len(elements) <= 10, "invalid_blocks", f"{len(elements)} elements in a context")
    for one in elements:
        _text(one, MOST_FIELD)


def _actions(block: Json) -> None:
    elements = block.get("elements", [])
    need(1 <= len(elements) <= MOST_ELEMENTS, "invalid_blocks", f"{len(elements)} elements in actions")
    named = [element.get("action_id") for element in elements]
    need(len(named) == len(set(named)), "invalid_blocks", "action ids repeat within a block")
    for element in elements:
        _button(element)


def _button(element: Json) -> None:
    need(element.get("type") == "button", "invalid_blocks", f"an element of type {element.get('type')}")
    _text(element.get("text"), MOST_LABEL, ("plain_text",))
    need(1 <= len(str(element.get("action_id", ""))) <= MOST_ID, "invalid_blocks", "an action id")
    need(len(element.get("value", "")) <= MOST_VALUE, "invalid_blocks", "the value of a button")
    need(len(element.get("url", "")) <= MOST_URL, "invalid_blocks", "the address of a button")
    need(element.get("style", "primary") in ("primary", "danger"), "invalid_blocks", "the style of a button")


def _image(block: Json) -> None:
    need(bool(block.get("alt_text")) and len(block["alt_text"]) <= 2000, "invalid_blocks", "an image without words")
    need(("image_url" in block) != ("slack_file" in block), "invalid_blocks", "an image of nothing")


def _table(block: Json) -> None:
    rows = block.get("rows", [])
    need(1 <= len(rows) <= MOST_ROWS, "invalid_blocks", f"{len(rows)} rows")
    need(all(1 <= len(row) <= MOST_COLUMNS for row in rows), "invalid_blocks", "columns of a table")
    cells = [cell for row in rows for cell in row]
    need(all(cell.get("type") in ("raw_text", "rich_text") for cell in cells), "invalid_blocks", "a cell")
    need(all(cell.get("text") for cell in cells), "invalid_blocks", "an empty cell")
    need(sum(units(cell["text"]) for cell in cells) <= MOST_TABLE_CHARS, "invalid_blocks", "a long table")
    need(len(block.get("column_settings", [])) <= MOST_COLUMNS, "invalid_blocks", "settings of columns")


def _nothing(block: Json) -> None:
    """A divider has nothing to check."""


CHECKS = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "table": _table,
    "divider": _nothing,
}


def check_metadata(metadata: Json | None) -> None:
    if metadata is None:
        return
    need(set(metadata) == {"event_type", "event_payload"}, "invalid_metadata_format", str(set(metadata)))
    need(bool(re.fullmatch(r"\w{1,255}", metadata["event_type"])), "invalid_metadata_format", "event_type")
    payload = metadata["event_payload"]
    need(isinstance(payload, dict) and len(str(payload)) <= MOST_METADATA, "metadata_too_large")
    need(all(isinstance(one, (str, int, bool)) for one in payload.values()), "invalid_metadata_schema")


def check_ts(ts: object, error: str = "invalid_ts") -> None:
    need(isinstance(ts, str) and bool(TS.fullmatch(ts)), error, str(ts))
