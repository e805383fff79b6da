"""Turns with the assistant: progress when it takes long, then the answer in the same message."""

import asyncio
from dataclasses import dataclass
from functools import partial

from connectors.reception.caller import Caller
from connectors.reception.house import House
from connectors.reception.outcome import Outcome, put, reply_to
from core.channels import Button, Content
from core.errors import NotFound
from core.reply import Reply, Status
from core.wording import say
from db.inbound import Taken


@dataclass
class Answers:
    """Asks the assistant on behalf of whoever wrote."""

    house: House

    async def answer(self, taken: Taken, caller: Caller, text: str, note: str = "") -> Outcome:
        """One turn; `note` is said above the answer."""
        turn = asyncio.create_task(self.turn(caller, taken.arrived.channel, text))
        try:
            done, _ = await asyncio.wait({turn}, timeout=self.house.pace.busy_after)
            if not done:
                await self._show_progress(taken, caller)
            reply = await turn
        finally:
            turn.cancel()
        content = self._content(taken, caller, reply, note).model_copy(update={"asked": text})
        return Outcome((reply_to(taken, content),), thread_id=reply.thread_id, only_if=caller.person)

    async def turn(self, caller: Caller, channel: str, text: str) -> Reply:
        """One turn, in the thread of that person in that place."""
        ask = partial(self.house.assistant.turn, caller.person, text, lang=caller.settings.lang, channel=channel)
        if caller.thread_id is None:
            return await ask()
        try:
            return await ask(thread_id=caller.thread_id)
        except NotFound:
            # The thread was erased meanwhile.
            return await ask()

    async def _show_progress(self, taken: Taken, caller: Caller) -> None:
        lang = caller.lang
        stop = Button(label=say("chat.stop", lang), value="stop:")
        content = Content(lang=lang, text=say("chat.busy", lang), busy=True, buttons=((stop,),))
        content = content.model_copy(update={"only_for": self._only_for(taken, caller)})
        words = reply_to(taken, content)
        await self.house.write(partial(put, say=words, person=caller.person, now=self.house.clock.now()))
        self.house.sent()

    def _content(self, taken: Taken, caller: Caller, reply: Reply, note: str) -> Content:
        hidden = self._only_for(taken, caller) if is_private(reply) else None
        buttons = buttons_of(reply)
        if hidden is not None:
            buttons = (*buttons, (Button(label=say("chat.share", reply.lang), value=f"share:{taken.id}"),))
        return Content(lang=reply.lang, text=note, reply=reply, buttons=buttons, only_for=hidden)

    def _only_for(self, taken: Taken, caller: Caller) -> str | None:
        others = not taken.arrived.private and caller.settings.discreet
        return taken.arrived.account if others else None


def is_private(reply: Reply) -> bool:
    """Whether a reply holds what others may not be allowed to see: figures, customers' words, records."""
    return reply.status is Status.ANSWERED and bool(reply.table or reply.receipts or reply.sources or reply.actions)


def buttons_of(reply: Reply) -> tuple[tuple[Button, ...], ...]:
    """What a reply can be answered with by a press."""
    lang = reply.lang
    rows: list[tuple[Button, ...]] = []
    for action in reply.actions:
        if action.kind == "escalation" and action.state == "proposed":
            good = Button(label=say("chat.confirm", lang), value=f"proposal:yes:{action.id}", style="good")
            rows.append((good, Button(label=say("chat.decline", lang), value=f"proposal:no:{action.id}")))
    if reply.status is Status.ANSWERED and not rows:
        up = Button(label=say("chat.good", lang), value=f"thumb:up:{reply.turn_id}")
        down = Button(label=say("chat.bad", lang), value=f"thumb:down:{reply.turn_id}")
        rows.append((up, down, Button(label=say("chat.correct", lang), value=f"correct:{reply.turn_id}")))
    return tuple(rows)
