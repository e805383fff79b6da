"""What is said in a customer's room is taken in as a conversation of that customer's, as what comes by the API is."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog

from connectors.base import TRIES
from connectors.reception.caller import Caller
from connectors.reception.house import House
from core.channels import Arrived, ChannelBusy, ChannelRefused
from core.ports import Directory
from core.said import Incoming, IncomingConversation, Speaker
from core.work import hand_over
from db.company import load_company
from db.engine import system_session
from db.inbound import Taken
from db.intake import Door, heard, receive

log = structlog.get_logger("reception")


@dataclass
class Hearing:
    """Takes the words of rooms in, once however often they come."""

    house: House

    async def hear(self, taken: Taken, caller: Caller, text: str, *, stranger: bool | None) -> None:
        """Take one message in, said with these words by the caller; a `stranger` is none of the company's own,

        None where the channel did not say.
        """
        arrived, account = taken.arrived, caller.settings.account
        assert account is not None, "only what is said in a customer's room is taken in"
        try:
            author = await self._author(arrived, caller)
        except (ChannelBusy, ChannelRefused):
            if taken.attempts < TRIES:
                raise
            author = arrived.account  # the words matter more than the name
        speaker = self._speaker(arrived, caller, stranger=stranger)
        at = min(arrived.at, self.house.clock.now())
        said = Incoming(arrived.message or arrived.key, speaker, text, at, author)
        await self.house.run(lambda: self._take(arrived, account, said))

    def _take(self, arrived: Arrived, account: int, said: Incoming) -> None:
        house = self.house
        with system_session(house.engine) as session:
            zone = ZoneInfo(load_company(session).company.timezone)
        # A thread is a conversation; outside of threads it is what was said in a day. A room that becomes another
        # customer's begins anew.
        within = arrived.thread if arrived.thread and arrived.thread != arrived.message else None
        part = within or said.at.astimezone(zone).date().isoformat()
        talk = IncomingConversation(f"{arrived.place}:{part}:{account}", arrived.channel, (said,), account_id=account)
        door = Door(source=arrived.channel, by=None, now=house.clock.now(), lang=house.settings.lang)
        receive(house.engine, [talk], door)
        for one in door.done.rejected:
            log.warning("room.not_taken", channel=arrived.channel, message=one.external_id, reason=one.reason)
        if house.jobs is not None:
            hand_over(house.jobs, heard(house.engine, door.touched), seconds=0.0)

    def _speaker(self, arrived: Arrived, caller: Caller, *, stranger: bool | None) -> Speaker:
        """Who is linked is ours, and whoever the channel knows as a colleague; everybody else is a customer."""
        if caller.identity is not None:
            return "rep"
        if stranger is None:
            return "unknown"
        ours = not stranger and isinstance(self.house.channels[arrived.channel], Directory)
        return "rep" if ours else "customer"

    async def _author(self, arrived: Arrived, caller: Caller) -> str:
        if caller.identity is not None:
            return caller.identity.name
        channel = self.house.channels[arrived.channel]
        if not arrived.name and isinstance(channel, Directory):
            return await channel.called(arrived.account) or arrived.account
        return arrived.name or arrived.account
