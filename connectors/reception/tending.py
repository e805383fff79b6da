"""Escalations by buttons: what was pressed is done, said, and shown in the message it was pressed on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

from connectors.reception.caller import Caller
from connectors.reception.house import House
from core.channels import Button, Content
from core.errors import NotFound
from core.escalations import OPEN, EscalationView, Outcome
from core.ports import Escalations
from core.wording import Lang, phrases, say
from db.engine import system_session
from db.people import list_people

VERBS = ("accept", "snooze", "handover", "resolve", "cancel")
MOST = 8
SNOOZES = (60, 240, 1440)
"""Minutes that can be chosen."""
OUTCOMES = ("useful", "not_useful")
LONGEST_ID = 10


@dataclass(frozen=True, slots=True)
class Done:
    """What to say; `over` is whether the buttons that were pressed have done their work."""

    content: Content
    over: bool = True


@dataclass
class Tending:
    """Does what is pressed on escalations, as the person who pressed."""

    house: House

    @property
    def _port(self) -> Escalations:
        return self.house.bench.escalations

    async def do(self, caller: Caller, channel: str, verb: str, argument: str, note: str) -> Done:
        """Do it, or ask for what is still open: until when, to whom, with what outcome."""
        number, _, rest = argument.partition(":")
        lang = caller.lang
        if verb == "snooze" and not rest:
            choices = [(say(f"chat.snooze.{one}", lang), f"snooze:{number}:{one}") for one in SNOOZES]
            return Done(_choice(say("chat.which_snooze", lang), choices, lang), over=False)
        if verb == "resolve" and not rest:
            choices = [(say(f"chat.outcome.{one}", lang), f"resolve:{number}:{one}") for one in OUTCOMES]
            return Done(_choice(say("chat.which_outcome", lang), choices, lang), over=False)
        if verb == "handover" and not rest:
            return Done(await self.house.run(lambda: self._whom(caller, number)), over=False)
        view = await self.house.run(lambda: self._act(caller, channel, verb, (number, rest, note)))
        return Done(Content(lang=lang, text=did(verb, view, lang), fields=fields_of(view, lang)))

    async def decide(self, caller: Caller, channel: str, argument: str) -> Done:
        """The person's word on what the assistant proposed."""
        word, _, number = argument.partition(":")
        person, lang = caller.person, caller.lang
        view = await self.house.run(
            lambda: self._port.decide(person, number, confirmed=word == "yes", channel=channel, lang=lang)
        )
        return Done(Content(lang=lang, text=say(f"chat.{_decided(word, view)}", lang), fields=fields_of(view, lang)))

    async def listed(self, caller: Caller) -> Content:
        """The open ones that the person may see, the next due first."""
        lang = caller.lang
        found = await self.house.run(lambda: self._port.listed(caller.person, states=OPEN, limit=MOST))
        if not found:
            return Content(lang=lang, text=say("chat.no_escalations", lang))
        mine = [one for one in found[:MOST] if one.person_id == caller.person.person_id and one.state != "accepted"]
        return Content(
            lang=lang,
            title=say("chat.escalations", lang),
            fields=tuple((one.account, _line(one, lang)) for one in found[:MOST]),
            buttons=tuple(
                (
                    Button(
                        label=say("chat.accept_for", lang, account=one.account),
                        value=f"accept:{one.id}",
                        style="good",
                    ),
                )
                for one in mine
            ),
            text=say("chat.more_escalations", lang) if len(found) > MOST else "",
        )

    def _act(self, caller: Caller, channel: str, verb: str, about: tuple[str, str, str]) -> EscalationView:
        number, rest, note = about
        port, person = self._port, caller.person
        if verb == "accept":
            return port.accept(person, number, channel=channel)
        if verb == "snooze" and rest in map(str, SNOOZES):
            until = self.house.clock.now() + timedelta(minutes=int(rest))
            return port.snooze(person, number, until, channel=channel)
        if verb == "handover" and rest.isdecimal() and len(rest) < LONGEST_ID:
            return port.hand_over(person, number, int(rest), channel=channel, note=note or None)
        if verb == "resolve" and rest in OUTCOMES:
            return port.resolve(person, number, cast(Outcome, rest), channel=channel, note=note or None)
        if verb == "cancel":
            return port.cancel(person, number, channel=channel)
        raise NotFound

    def _whom(self, caller: Caller, number: str) -> Content:
        """Colleagues who could take it: the person's own line and region first."""
        lang, asker = caller.lang, caller.person
        view = self._port.view(asker, number)
        with system_session(self.house.engine) as session:
            people = [one for one in list_people(session) if one.id not in (asker.person_id, view.person_id)]
        wanted = ("manager", "director") if view.role == "sales_manager" else ("rep", "manager", "director")
        people = [one for one in people if one.role in wanted]
        people.sort(key=lambda one: (one.region != asker.region, one.manager != asker.name))
        choices = [(one.name, f"handover:{number}:{one.id}") for one in people[:MOST]]
        return _choice(say("chat.which_person", lang), choices, lang)


def _decided(word: str, view: EscalationView) -> str:
    """What came of a word on a proposal, which may have been decided before."""
    if view.state == "expired":
        return "expired"
    if (view.state == "declined") == (word != "yes"):
        return "confirmed" if word == "yes" else "declined"
    return "decided_before"


def did(verb: str, view: EscalationView, lang: Lang) -> str:
    """What was done, in words."""
    return say(f"chat.did.{verb}", lang, account=view.account, person=view.person or "")


def fields_of(view: EscalationView, lang: Lang) -> tuple[tuple[str, str], ...]:
    """What it is about, in a few lines."""
    found = (
        ("account", view.account),
        ("role", say(f"ladder.role.{view.role}", lang)),
        ("person", view.person or ""),
        ("due", _moment(view)),
        ("cause", _cause(view, lang)),
        ("state", say(f"chat.state.{view.state}", lang)),
    )
    return tuple((say(f"chat.field.{name}", lang), value) for name, value in found if value)


def _line(view: EscalationView, lang: Lang) -> str:
    parts = (_cause(view, lang), view.person or "", _moment(view), say(f"chat.state.{view.state}", lang))
    return " · ".join(part for part in parts if part)


def _cause(view: EscalationView, lang: Lang) -> str:
    key = f"ladder.cause.{view.cause}"
    return say(key, lang) if key in phrases(lang) else view.cause


def _moment(view: EscalationView) -> str:
    local = view.due_at.astimezone(ZoneInfo(view.time_zone))
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


def _choice(text: str, choices: list[tuple[str, str]], lang: Lang) -> Content:
    return Content(lang=lang, text=text, buttons=tuple((Button(label=label, value=value),) for label, value in choices))
