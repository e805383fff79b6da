"""What the Bot API takes and what it refuses, by its documented limits and in its words."""

from typing import Any

from tests.fakes.telegram_markup import BadMarkup, length, visible

Json = dict[str, Any]
MOST_TEXT, MOST_CAPTION, MOST_DATA, MOST_FILE = 4096, 1024, 64, 20_000_000


class Refused(Exception):
    """An error as Telegram words it."""

    def __init__(self, status: int, reason: str, **parameters: Any) -> None:
        super().__init__(reason)
        self.status, self.reason, self.parameters = status, reason, parameters


def public(message: Json) -> Json:
    """The message as the API gives it out."""
    return {name: value for name, value in message.items() if name not in ("raw", "edits", "bytes", "answers")}


def checked(text: str, fields: Json, most: int, empty: str) -> str:
    try:
        shown = visible(text, fields.get("parse_mode"))
    except BadMarkup as bad:
        raise Refused(400, f"Bad Request: can't parse entities: {bad}") from bad
    if not shown and empty:
        raise Refused(400, f"Bad Request: {empty}")
    if length(shown) > most:
        raise Refused(
            400, "Bad Request: message is too long" if most == MOST_TEXT else "Bad Request: message caption is too long"
        )
    return shown


def keyboard(markup: Json) -> Json:
    rows = markup.get("inline_keyboard", [])
    if sum(map(len, rows)) > 100:
        raise Refused(400, "Bad Request: reply markup is too long")
    for button in (one for row in rows for one in row):
        data, url = button.get("callback_data"), button.get("url")
        if not button.get("text") or (data is None) == (url is None):
            raise Refused(400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed")
        if data is not None and not 1 <= len(data.encode()) <= MOST_DATA:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if url is not None and "." not in url.partition("://")[2].partition("/")[0]:
            raise Refused(400, "Bad Request: inline keyboard button URL is invalid: Wrong HTTP URL")
    return markup


def upload(fields: Json, kind: str) -> bytes:
    given = fields.get(kind)
    data = fields.get(given.removeprefix("attach://")) if isinstance(given, str) else given
    if not isinstance(data, bytes) or not data:
        raise Refused(400, "Bad Request: file must be non-empty")
    if kind == "photo" and not data.startswith((b"\x89PNG", b"\xff\xd8")):
        raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
    return data
