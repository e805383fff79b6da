"""What is done when a button is pressed: its value is `verb:argument`."""

from dataclasses import dataclass
from functools import partial
from typing import Literal, cast

from sqlalchemy.orm import Session

from connectors.reception.answers import Answers
from connectors.reception.caller import Caller
from connectors.reception.commands import Commands
from connectors.reception.house import House
from connectors.reception.outcome import NOTHING, Outcome, Say, Write, aside, reply_key, reply_to
from connectors.reception.tending import VERBS, Done, Tending
from connectors.reception.words import Command
from core.channels import Arrived, Button, Content
from core.errors import NotFound
from core.wording import say
from db import outbound
from db.inbound import Taken
from db.threads import save_thumb

AS_COMMANDS = ("stop", "takeover", "handback", "help", "today", "escalations")


@dataclass
class Buttons:
    """Does what a linked person pressed."""

    house: House
    answers: Answers
    commands: Commands
    tending: Tending

    async def do(self, taken: Taken, caller: Caller) -> Outcome:
        """What comes of it; a button that nobody knows any more says so."""
        arrived = taken.arrived
        verb, _, argument = (arrived.button or "").removeprefix("escalation:").partition(":")
        if verb in AS_COMMANDS:
            return await self.commands.do(taken, caller, Command(verb))
        if caller.settings.silent:
            return NOTHING
        if verb in VERBS:
            done = await self.tending.do(caller, arrived.channel, verb, argument, arrived.text)
            return self._show(taken, caller, done)
        if verb == "proposal":
            return self._show(taken, caller, await self.tending.decide(caller, arrived.channel, argument))
        if verb == "ask":
            return await self.answers.answer(taken, caller, argument)
        if verb == "thumb":
            return await self._thumb(taken, caller, argument)
        if verb == "correct":
            return await self._correct(taken, caller, argument)
        if verb == "share":
            return await self._share(taken, caller, argument)
        return self._say(taken, caller, say("chat.no_such_button", caller.lang))

    def _show(self, taken: Taken, caller: Caller, done: Done) -> Outcome:
        """Say it, and take the buttons away from what they were pressed on."""
        more: tuple[Write, ...] = (partial(_spend, arrived=taken.arrived),) if done.over else ()
        content = aside(taken.arrived, done.content)
        return Outcome((reply_to(taken, content),), only_if=caller.person, more=more)

    async def _thumb(self, taken: Taken, caller: Caller, argument: str) -> Outcome:
        thumb, _, turn = argument.partition(":")
        if thumb not in ("up", "down"):
            raise NotFound
        await self._keep_thumb(caller, turn, cast(Literal["up", "down"], thumb), taken.arrived.text or None)
        return self._say(taken, caller, say("chat.thanks", caller.lang))

    async def _correct(self, taken: Taken, caller: Caller, turn: str) -> Outcome:
        words = taken.arrived.text.strip()
        if not words:
            return self._say(taken, caller, say("chat.how_to_correct", caller.lang))
        await self._keep_thumb(caller, turn, "down", words[:2000])
        return self._say(taken, caller, say("chat.corrected", caller.lang))

    async def _keep_thumb(self, caller: Caller, turn: str, thumb: str, text: str | None) -> None:
        keep = partial(save_thumb, self.house.engine, caller.person, turn_id=turn, thumb=thumb, text=text)
        await self.house.run(partial(keep, now=self.house.clock.now()))

    async def _share(self, taken: Taken, caller: Caller, argument: str) -> Outcome:
        """Let everybody there ask what was answered to one alone: each then sees what they themselves may see."""
        if not argument.isdigit():
            raise NotFound
        reply = await self.house.write(partial(outbound.read, key=reply_key(int(argument))))
        if reply is None or reply.person_id != caller.person.person_id or not reply.content.asked:
            raise NotFound
        lang, asked = reply.content.lang, " ".join(reply.content.asked.split())
        note = say("chat.shared_by", lang, name=caller.person.name, question=asked)
        shown = Content(lang=lang, text=note, buttons=((Button(label=asked, value=f"ask:{asked}"),),))
        return Outcome((Say(f"share:{argument}", shown, reply.spot),), only_if=caller.person)

    def _say(self, taken: Taken, caller: Caller, text: str) -> Outcome:
        content = aside(taken.arrived, Content(lang=caller.lang, text=text))
        return Outcome((reply_to(taken, content),))


def _spend(session: Session, arrived: Arrived) -> None:
    """Take the buttons away that were pressed: a link stays."""
    pressed = outbound.find_posted(session, arrived.channel, (arrived.place, f"@{arrived.account}"), arrived.message)
    if pressed is None:
        return
    rows = (tuple(one for one in row if one.url) for row in pressed.content.buttons)
    left = pressed.content.model_copy(update={"buttons": tuple(row for row in rows if row)})
    outbound.change(session, pressed.key, left)
