"""What is done when a message is a command."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from connectors.reception.answers import Answers
from connectors.reception.caller import Caller
from connectors.reception.house import House
from connectors.reception.outcome import NOTHING, Outcome, aside, reply_to
from connectors.reception.tending import Tending
from connectors.reception.tying import name_for, tie, who_is_meant
from connectors.reception.words import Command, read_setting
from core.channels import Button, Content
from core.errors import NotFound
from core.wording import say
from db import channel_settings, links, takeovers
from db.channel_settings import PlaceSettings
from db.inbound import Taken
from db.places import SETS
from db.threads import read_thread, save_thumb

CONTROL = frozenset({"help", "link", "unlink", "stop", "takeover", "handback", "settings"})
"""What is done even where the assistant is silent."""
TRIES = ("numbers", "brief", "escalate")
Do = Callable[[Taken, Caller, Command], Awaitable[Outcome]]


@dataclass
class Commands:
    """Does what a linked person commands."""

    house: House
    answers: Answers
    tending: Tending

    async def do(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        """What comes of it; nothing where the assistant is silent, unless it is about that."""
        if (caller.held or caller.settings.silent) and command.name not in CONTROL:
            return NOTHING
        does: dict[str, Do] = {
            "help": self._help,
            "link": self._link,
            "unlink": self._unlink,
            "stop": self._stop,
            "takeover": self._take_over,
            "handback": self._hand_back,
            "settings": self._settings,
            "brief": self._brief,
            "escalations": self._escalations,
            "today": self._today,
            "correct": self._correct,
        }
        return await does[command.name](taken, caller, command)

    async def _help(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        lang = caller.lang
        rows = []
        for one in TRIES:
            question = say(f"chat.try.{one}", lang)
            rows.append((Button(label=question, value=f"ask:{question}"),))
        title = say("chat.help.title", lang, name=caller.person.name)
        return self._answer(taken, caller, say("chat.help.text", lang), title=title, buttons=tuple(rows))

    async def _link(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        arrived, now = taken.arrived, self.house.clock.now()
        redeem = partial(
            links.redeem_code, code=command.rest, channel=arrived.channel, account=arrived.account, now=now
        )
        person = await self.house.write(redeem)
        if person is None and caller.identity is None:
            return self._answer(taken, caller, say("chat.bad_code", caller.lang))
        return self._answer(taken, caller, say("chat.linked", caller.lang, name=(person or caller.person).name))

    async def _unlink(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        arrived, now, person = taken.arrived, self.house.clock.now(), caller.person.person_id
        gone = partial(
            links.unlink, channel=arrived.channel, person_id=person, by=person, now=now, account=arrived.account
        )
        answer = self._answer(taken, caller, say("chat.unlinked", caller.lang))
        return Outcome(answer.says, more=(gone,))

    async def _stop(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        count = int(taken.arrived.extra.get("stopped", 0))
        return self._answer(taken, caller, say("chat.stopped" if count else "chat.nothing_to_stop", caller.lang))

    async def _take_over(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        arrived, person = taken.arrived, caller.person
        if arrived.private:
            return self._answer(taken, caller, say("chat.only_in_threads", caller.lang))
        now = self.house.clock.now()
        take = partial(takeovers.take_over, spot=arrived.spot, person_id=person.person_id, why="asked", now=now)
        content = Content(lang=caller.lang, text=say("chat.taken_over", caller.lang, name=person.name))
        back = Button(label=say("chat.hand_back", caller.lang), value="handback:")
        return Outcome((reply_to(taken, content.model_copy(update={"buttons": ((back,),)})),), more=(take,))

    async def _hand_back(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        arrived, person, now = taken.arrived, caller.person.person_id, self.house.clock.now()
        if not caller.held:
            return self._answer(taken, caller, say("chat.not_taken_over", caller.lang))
        back = partial(takeovers.hand_back, spot=arrived.spot, person_id=person, now=now)
        content = Content(lang=caller.lang, text=say("chat.handed_back", caller.lang, name=caller.person.name))
        return Outcome((reply_to(taken, content),), more=(back,))

    async def _settings(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        arrived, lang, settings = taken.arrived, caller.lang, caller.settings
        if command.rest:
            changes = read_setting(command.rest)
            if changes is None:
                return self._answer(taken, caller, say("chat.no_such_setting", lang))
            if not arrived.private and caller.person.role not in SETS:
                return self._answer(taken, caller, say("chat.not_yours_to_set", lang))
            if "account" in changes:
                return await self._tie(taken, caller, changes["account"])
            person, now = caller.person.person_id, self.house.clock.now()
            settings = await self.house.write(
                lambda session: channel_settings.change(
                    session, arrived.channel, arrived.place, person_id=person, now=now, **changes
                )
            )
        return await self._shown(taken, caller, settings)

    async def _shown(self, taken: Taken, caller: Caller, settings: PlaceSettings) -> Outcome:
        lang, account = caller.lang, settings.account
        values = settings.model_dump(exclude={"account"}).items()
        fields = [
            (say(f"chat.setting.{name}", lang), say(f"chat.value.{value if value is not None else 'any'}", lang))
            for name, value in values
        ]
        if not taken.arrived.private:
            whose = say("chat.value.nobody", lang)
            if account is not None:
                known = await self.house.run(lambda: name_for(self.house.engine, caller.person, account))
                whose = known or say("chat.value.not_yours", lang)
            fields.append((say("chat.setting.account", lang), whose))
        return self._answer(taken, caller, say("chat.how_to_set", lang), fields=tuple(fields))

    async def _tie(self, taken: Taken, caller: Caller, name: str | None) -> Outcome:
        """Make the room a customer's, or nobody's again."""
        lang, house, meant = caller.lang, self.house, None
        if taken.arrived.private:
            return self._answer(taken, caller, say("chat.room.only_rooms", lang))
        if name is not None:
            meant = await house.run(lambda: who_is_meant(house.engine, caller.person, name))
            if meant.account_id is None:
                which = say("chat.room.list", lang).join(one.name for one in meant.could_be)
                key = "which" if which else "unknown"
                return self._answer(taken, caller, say(f"chat.room.{key}", lang, name=name, accounts=which))
        tying = partial(tie, taken=taken, asker=caller.person, meant=meant, lang=lang, now=house.clock.now())
        settings = await house.write(tying)
        await house.run(house.look)
        return await self._shown(taken, caller, settings)

    async def _brief(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        return await self.answers.answer(taken, caller, say("chat.ask.brief", caller.lang, account=command.rest))

    async def _today(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        return await self.answers.answer(taken, caller, say("chat.ask.today", caller.lang))

    async def _escalations(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        content = await self.tending.listed(caller)
        return Outcome((reply_to(taken, aside(taken.arrived, content)),), only_if=caller.person)

    async def _correct(self, taken: Taken, caller: Caller, command: Command) -> Outcome:
        engine, person, thread = self.house.engine, caller.person, caller.thread_id

        def keep() -> bool:
            said = read_thread(engine, person, thread) if thread else []
            turns = [one.reply["turn_id"] for one in said if one.reply]
            if turns:
                now = self.house.clock.now()
                save_thumb(engine, person, turn_id=turns[-1], thumb="down", text=command.rest[:2000], now=now)
            return bool(turns)

        try:
            kept = await self.house.run(keep)
        except NotFound:
            kept = False
        return self._answer(taken, caller, say("chat.corrected" if kept else "chat.nothing_to_correct", caller.lang))

    def _answer(self, taken: Taken, caller: Caller, text: str, **more: object) -> Outcome:
        content = Content.model_validate({"lang": caller.lang, "text": text, **more})
        return Outcome((reply_to(taken, aside(taken.arrived, content)),))
