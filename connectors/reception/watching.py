"""Calls that came by a channel, shown in the message that answered them until they are heard."""

from dataclasses import dataclass
from typing import Any

from connectors.reception.caller import Caller
from connectors.reception.house import House
from connectors.reception.outcome import WATCH, Outcome, aside, reply_to
from core.calls import CallView
from core.channels import Button, Content
from core.errors import DealhandError
from core.wording import Lang, MissingWording, explain, phrases, say
from db.inbound import Taken

MOST_SIGNALS = 8
STEP = 10


@dataclass
class Watching:
    """Looks how far calls are."""

    house: House

    async def look(self, taken: Taken, caller: Caller) -> Outcome:
        """What the answer should read now; over when every call is."""
        told: dict[str, Any] = taken.arrived.extra[WATCH]
        lang: Lang = told["lang"]
        views = await self.house.run(lambda: [self._view(caller, one, lang) for one in told["calls"]])
        over = all(isinstance(one, str) or one.row.status in ("done", "failed") for one in views)
        content = aside(taken.arrived, self._content(views, told["notes"], lang, busy=not over))
        again = None if over else self.house.pace.watch
        return Outcome((reply_to(taken, content),), only_if=caller.person, again_in=again)

    def _view(self, caller: Caller, call_id: str, lang: Lang) -> CallView | str:
        try:
            return self.house.bench.calls.call(caller.person, call_id)
        except DealhandError as error:
            return explain(error, lang)

    def _content(self, views: list[CallView | str], notes: list[str], lang: Lang, *, busy: bool) -> Content:
        lines, fields, buttons = list(notes), [], []
        for one in views:
            if isinstance(one, str):
                lines.append(one)
                continue
            lines.append(_line(one, lang))
            if one.row.status == "done":
                fields += _signals(one, lang)
                url = f"{self.house.base}/calls/{one.row.call_id}"
                buttons.append((Button(label=say("chat.call.open", lang), value=f"open:{one.row.id}", url=url),))
        return Content(lang=lang, text="\n".join(lines), fields=tuple(fields), buttons=tuple(buttons), busy=busy)


def _line(view: CallView, lang: Lang) -> str:
    row = view.row
    if row.status == "failed":
        return say("chat.call.failed", lang, name=row.filename, why=_why(view, lang))
    if row.status != "done":
        percent = int(row.progress * 100) // STEP * STEP
        return say(f"chat.call.{row.status}", lang, name=row.filename, percent=percent)
    account = row.account or say("chat.call.no_account", lang)
    length = f"{int(row.duration or 0) // 60}:{int(row.duration or 0) % 60:02}"
    return say("chat.call.done", lang, name=row.filename, account=account, length=length, signals=len(view.signals))


def _why(view: CallView, lang: Lang) -> str:
    error = view.error or {}
    key = f"errors.{error.get('code')}"
    try:
        return say(key if key in phrases(lang) else "errors.bug", lang, **error.get("params", {}))
    except MissingWording:
        return say("errors.bug", lang)


def _signals(view: CallView, lang: Lang) -> list[tuple[str, str]]:
    return [
        (f"{_kind(one.kind, lang)} {int(one.second) // 60}:{int(one.second) % 60:02}", one.quote)
        for one in view.signals[:MOST_SIGNALS]
    ]


def _kind(kind: str, lang: Lang) -> str:
    key = f"ladder.cause.{kind}"
    return say(key, lang) if key in phrases(lang) else kind
