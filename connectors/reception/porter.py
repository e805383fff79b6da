"""Decides what is to come of what arrived: who it is, whether it is for the assistant, and who takes it from here."""

import re
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from connectors.base import TRIES
from connectors.reception.answers import Answers
from connectors.reception.buttons import Buttons
from connectors.reception.caller import Caller, find_caller, lang_of
from connectors.reception.commands import Commands
from connectors.reception.files import Files
from connectors.reception.hearing import Hearing
from connectors.reception.house import House
from connectors.reception.outcome import NOTHING, WATCH, Outcome, aside, reply_to
from connectors.reception.tab import Tab
from connectors.reception.tending import Tending
from connectors.reception.watching import Watching
from connectors.reception.words import read_command
from core.channels import Arrived, ChannelBusy, ChannelRefused, Content
from core.errors import Bug, DealhandError, UserError
from core.identity import Identity
from core.ports import Directory
from core.wording import Lang, MissingWording, explain, say
from db import inbound, links, outbound, takeovers
from db.inbound import Taken
from db.people import person_of_email

log = structlog.get_logger("reception")
ASK_AGAIN = 600.0
"""Seconds for which a channel's word on whether somebody is a stranger holds."""
POLITE = timedelta(hours=1)
"""Between two times that somebody is told how to link."""


class NothingSaid(UserError):
    """There are no words in what was sent, and no file."""

    code = "message_empty"


@dataclass
class Porter:
    """One for each process."""

    house: House
    _strangers: dict[tuple[str, str], tuple[float, bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        house = self.house
        self.answers = Answers(house)
        tending = Tending(house)
        self.commands = Commands(house, self.answers, tending)
        self.buttons = Buttons(house, self.answers, self.commands, tending)
        self.files = Files(house, self.answers)
        self.watching = Watching(house)
        self.tab = Tab(house, self.answers, tending)
        self.hearing = Hearing(house)

    async def handle(self, taken: Taken) -> Outcome:
        """What is to come of it."""
        arrived = taken.arrived
        now = self.house.clock.now()
        caller = await self.house.run(lambda: find_caller(self.house.engine, arrived, self.house.settings.lang, now))
        if caller.settings.account is not None and is_said(arrived) and not self._is_command(arrived, caller):
            await self._hear(taken, caller)
        if arrived.talk:
            return NOTHING
        if await self._is_stranger(arrived):
            return await self._tell_apart(taken, caller, "chat.stranger") if arrived.private else NOTHING
        if caller.identity is None:
            caller = await self._vouched(arrived, caller)
        return await (self._unknown(taken, caller) if caller.identity is None else self._known(taken, caller))

    def apologise(self, taken: Taken, error: DealhandError) -> Outcome:
        """It did not work, and is over; nothing is said of it to whoever said nothing to the assistant."""
        if taken.arrived.talk or (taken.arrived.stranger and not taken.arrived.private):
            return NOTHING
        lang = lang_of(taken.arrived, self.house.settings.lang)
        try:
            words = explain(error, lang)
        except MissingWording:
            words = explain(Bug(), lang)
        return Outcome((reply_to(taken, aside(taken.arrived, Content(lang=lang, text=words))),))

    def unlinked(self, taken: Taken) -> Outcome:
        """The account was unlinked in the meantime."""
        lang = lang_of(taken.arrived, self.house.settings.lang)
        return Outcome((reply_to(taken, aside(taken.arrived, Content(lang=lang, text=self._how_to_link(lang)))),))

    def stopped(self, taken: Taken) -> Content:
        """What is shown of it once it was stopped."""
        lang = lang_of(taken.arrived, self.house.settings.lang)
        return aside(taken.arrived, Content(lang=lang, text=say("chat.stopped", lang)))

    async def _known(self, taken: Taken, caller: Caller) -> Outcome:
        arrived = taken.arrived
        if WATCH in arrived.extra:
            return await self.watching.look(taken, caller)
        if arrived.kind == "home":
            return await self.tab.show(taken, caller)
        if arrived.kind == "button":
            return await self.buttons.do(taken, caller)
        if not self._is_meant(arrived, caller):
            return await self._overheard(taken, caller)
        command = read_command(arrived.text or ("help" if arrived.kind == "command" else ""))
        if command is not None and not arrived.files:
            return await self.commands.do(taken, caller, command)
        if caller.held or caller.settings.silent:
            return NOTHING
        if arrived.files:
            return await self.files.take(taken, caller)
        if not arrived.text.strip():
            raise NothingSaid
        return await self.answers.answer(taken, caller, await self._with_names(arrived))

    def _is_command(self, arrived: Arrived, caller: Caller) -> bool:
        """Whether it is an order to the assistant, which is nobody's conversation."""
        command = read_command(arrived.text)
        if command is None or command.name == "link":
            return command is not None  # a code is for nobody's eyes
        return arrived.addressed or (
            caller.identity is not None and not arrived.talk and self._is_meant(arrived, caller)
        )

    async def _hear(self, taken: Taken, caller: Caller) -> None:
        """Take in what was said in a customer's room; the words matter more than who exactly said them."""
        arrived = taken.arrived
        try:
            stranger: bool | None = await self._is_stranger(arrived)
            if caller.identity is None and not stranger:
                caller = await self._vouched(arrived, caller)
        except (ChannelBusy, ChannelRefused):
            if taken.attempts < TRIES:
                raise
            stranger = None
        try:
            await self.hearing.hear(taken, caller, await self._with_names(arrived), stranger=stranger)
        except (DealhandError, DBAPIError):
            if taken.attempts < TRIES:
                raise
            # Whoever said it did not speak to the assistant, and is not told; who did is answered all the same.
            log.exception("room.not_taken", channel=arrived.channel, message=arrived.message)

    async def _with_names(self, arrived: Arrived) -> str:
        """What was said, with the names of colleagues where the channel puts their accounts."""
        accounts = [str(one) for one in arrived.extra.get("mentions", ())]
        if not accounts:
            return arrived.text

        def look(session: Session) -> dict[str, str]:
            found = {one: links.lookup(session, arrived.channel, one) for one in accounts}
            return {one: person.name for one, person in found.items() if person is not None}

        names = await self.house.write(look)
        return re.sub(r"@(\w+)", lambda found: names.get(found[1], found[0]), arrived.text)

    def _is_meant(self, arrived: Arrived, caller: Caller) -> bool:
        """Whether it is for the assistant: said to it, or going on where it answered, and to nobody else."""
        if arrived.private or arrived.addressed or arrived.kind != "message":
            return True
        return bool(
            arrived.thread and caller.thread_id and caller.settings.follow_ups and not arrived.extra.get("mentions")
        )

    async def _overheard(self, taken: Taken, caller: Caller) -> Outcome:
        """A colleague who writes to a customer in the customer's thread has taken it over."""
        arrived, spot = taken.arrived, taken.arrived.spot
        if caller.held or not arrived.thread or not await self._began_outside(arrived):
            return NOTHING
        now, person = self.house.clock.now(), caller.person.person_id
        return Outcome(more=(partial(takeovers.take_over, spot=spot, person_id=person, why="wrote", now=now),))

    async def _began_outside(self, arrived: Arrived) -> bool:
        """Whether the thread is a stranger's: as the channel tells, else by who wrote in it first."""
        channel, began = self.house.channels[arrived.channel], arrived.extra.get("began_by")
        if began and isinstance(channel, Directory):
            return await self._is_stranger(arrived.model_copy(update={"account": began, "stranger": False}))
        spot = arrived.spot
        look = partial(inbound.began_by_stranger, channel=spot.channel, place=spot.place, thread=spot.thread)
        return await self.house.write(look)

    async def _unknown(self, taken: Taken, caller: Caller) -> Outcome:
        arrived = taken.arrived
        if WATCH in arrived.extra or arrived.kind == "home":
            return self.unlinked(taken)
        command = read_command(arrived.text)
        if command is not None and command.name == "link":
            return await self.commands.do(taken, caller, command)
        if arrived.kind == "message" and not (arrived.private or arrived.addressed):
            return NOTHING
        return await self._tell_apart(taken, caller, "chat.link")

    async def _tell_apart(self, taken: Taken, caller: Caller, key: str) -> Outcome:
        """Say how to link, or that it can't be, at most once an hour to each account."""
        arrived, lang, now = taken.arrived, caller.lang, self.house.clock.now()
        start = f"welcome:{arrived.channel}:{arrived.account}:"
        if await self.house.write(partial(outbound.put_since, start=start, since=now - POLITE)):
            return NOTHING
        words = self._how_to_link(lang) if key == "chat.link" else say(key, lang)
        content = aside(arrived, Content(lang=lang, text=words))
        told = replace(reply_to(taken, content), key=f"{start}{taken.id}")
        return Outcome((told,))

    async def _is_stranger(self, arrived: Arrived) -> bool:
        channel = self.house.channels[arrived.channel]
        if arrived.stranger or not isinstance(channel, Directory):
            return arrived.stranger
        key = arrived.channel, arrived.account
        at, known = self._strangers.get(key, (-ASK_AGAIN, False))
        if time.monotonic() - at > ASK_AGAIN:
            known = await channel.stranger(arrived.account)
            self._strangers[key] = time.monotonic(), known
        return known

    async def _vouched(self, arrived: Arrived, caller: Caller) -> Caller:
        """Link whoever the channel itself knows by a work address that is one person's."""
        channel = self.house.channels[arrived.channel]
        if not isinstance(channel, Directory):
            return caller
        try:
            email = await channel.email(arrived.account)
        except ChannelRefused:
            return caller
        now = self.house.clock.now()

        def link(session: Session) -> Identity | None:
            found = person_of_email(session, email) if email else None
            if found is not None:
                person = found.person_id
                links.link(session, arrived.channel, arrived.account, person, how="email", by=None, now=now)
            return found

        found = await self.house.write(link)
        return replace(caller, identity=found) if found is not None else caller

    def _how_to_link(self, lang: Lang) -> str:
        return say("chat.link", lang, url=f"{self.house.base}/me")


def is_said(arrived: Arrived) -> bool:
    """Whether somebody said it there themselves, in words that others read along."""
    if arrived.kind != "message" or arrived.private or arrived.robot or not arrived.text.strip():
        return False
    return WATCH not in arrived.extra and not arrived.extra.get("quotes")
