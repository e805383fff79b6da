"""A page of a person's own in the channel, where it has one: today's numbers and open escalations."""

from dataclasses import dataclass

from connectors.reception.answers import Answers
from connectors.reception.caller import Caller
from connectors.reception.house import House
from connectors.reception.outcome import Outcome, reply_to
from connectors.reception.tending import Tending
from core.channels import Content
from core.wording import say
from db.inbound import Taken


@dataclass
class Tab:
    """Makes the page anew each time that it is opened."""

    house: House
    answers: Answers
    tending: Tending

    async def show(self, taken: Taken, caller: Caller) -> Outcome:
        """The page as it is now."""
        reply = await self.answers.turn(caller, taken.arrived.channel, say("chat.ask.today", caller.lang))
        open_ones = await self.tending.listed(caller)
        content = Content(
            lang=caller.lang,
            title=say("chat.tab", caller.lang, name=caller.person.name),
            text=open_ones.title or open_ones.text,
            reply=reply,
            fields=open_ones.fields,
            buttons=open_ones.buttons,
        )
        return Outcome((reply_to(taken, content),), thread_id=reply.thread_id, only_if=caller.person)
