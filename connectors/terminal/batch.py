"""A file of questions, asked in order by one process; one line of JSON in, one line out."""

import json
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from structlog import get_logger

from core.errors import Bug, DealhandError, UserError
from core.identity import Identity
from core.ports import Assistant
from core.reply import Reply
from core.wording import Lang, explain


class BadItem(UserError):
    """A line of the file is no question."""

    code = "bad_item"


class NoSuchItem(UserError):
    """`after` names no earlier item that was answered."""

    code = "no_such_item"


class Item(BaseModel):
    """One question: who asks what, and after which earlier item in the same thread."""

    model_config = ConfigDict(extra="ignore")

    id: str | int
    as_: str | None = Field(None, alias="as")
    text: str
    after: str | int | None = None


class Batch:
    """Asks items in order and remembers their threads."""

    def __init__(self, assistant: Assistant, find: Callable[[str], Identity], *, lang: Lang, who: str | None) -> None:
        self._assistant = assistant
        self._find = find
        self._lang = lang
        self._who = who
        self._threads: dict[str | int, str] = {}

    async def run(self, lines: Iterable[str], out: TextIO) -> bool:
        """Write a line for each item as it is answered; False if any failed."""
        fine = True
        for line in lines:
            if not line.strip():
                continue
            answer = await self._line(line)
            fine = fine and "error" not in answer
            print(json.dumps(answer, ensure_ascii=False), file=out, flush=True)
        return fine

    async def _line(self, line: str) -> dict[str, Any]:
        key: object = None
        try:
            item = _parse(line)
            key = item.id
            reply = await self._ask(item)
        except DealhandError as error:
            return {"id": key, "error": explain(error, self._lang), "code": error.code}
        except Exception:  # noqa: BLE001 (one item's end: it is logged, and the others are asked)
            get_logger(__name__).exception("batch item failed", item=key)
            return {"id": key, "error": explain(Bug(), self._lang), "code": Bug.code}
        return {"id": key, **reply.model_dump(mode="json", by_alias=True)}

    async def _ask(self, item: Item) -> Reply:
        if item.after is not None and item.after not in self._threads:
            raise NoSuchItem(after=item.after)
        thread = None if item.after is None else self._threads[item.after]
        name = item.as_ or self._who
        if not name:
            raise BadItem(reason='"as"')
        reply = await self._assistant.turn(self._find(name), item.text, thread_id=thread)
        self._threads[item.id] = reply.thread_id
        return reply


def _parse(line: str) -> Item:
    try:
        return Item.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadItem(reason=f"{place}: {first['msg']}" if place else first["msg"]) from error
