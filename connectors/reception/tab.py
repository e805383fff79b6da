"""A page of a person's own in the channel, where it has one: today's numbers and open escalations."""

from dataclasses import dataclass

import structlog

from connectors.reception.answers import Answers
from connectors.reception.caller import Caller
from connectors.reception.house import House
from connectors.reception.outcome import Outcome, reply_to
from connectors.reception.tending import Tending
from core.channels import Content
from core.errors import Bug, UserError
from core.reply import Reply
from core.wording import explain, say
from db.inbound import Taken

log = structlog.get_logger("reception")


@dataclass
class Tab:
    """Makes the page anew each time that it is opened."""

    house: House
    answers: Answers
    tending: Tending

    async def show(self, taken: Taken, caller: Caller) -> Outcome:
        """The page as it is now."""
        reply, note = await self._numbers(caller, taken.arrived.channel)
        open_ones = await self.tending.listed(caller)
        content = Content(
            lang=caller.lang,
            title=say("chat.tab", caller.lang, name=caller.person.name),
            text="\n".join(part for part in (note, open_ones.title or open_ones.text) if part),
            reply=reply,
            fields=open_ones.fields,
            buttons=open_ones.buttons,
        )
        thread_id = reply.thread_id if reply else None
        return Outcome((reply_to(taken, content),), thread_id=thread_id, only_if=caller.person)

    async def _numbers(self, caller: Caller, channel: str) -> tuple[Reply | None, str]:
        """Today's numbers, or why there are none: the rest of the page is shown all the same."""
        try:
            return await self.answers.turn(caller, channel, say("chat.ask.today", caller.lang)), ""
        except UserError as error:
            return None, explain(error, caller.lang)
        except Exception:
            log.exception("tab.no_numbers")
            return None, explain(Bug(), caller.lang)
