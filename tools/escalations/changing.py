"""What is to become of an open escalation, out of what people say in chat: proposed, never done."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.errors import NotFound, UserError
from core.escalations import OPEN, EscalationView
from core.language import fold
from core.reply import Status
from tools.escalations.cues import Words, cues, first_of, unquoted
from tools.escalations.desk import OFFERS, Acted, Ask, Place, failed, refused_customer, refused_person
from tools.escalations.request import Request

NEEDS = {"snooze": "until", "handover": "person_id", "resolve": "outcome"}
"""What a change can't do without."""
DETAILS = ("until", "person_id", "outcome", "note")


class Changer:
    """Finds which escalation is meant and proposes what is to become of it, or asks for what is missing."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def change(self, ask: Ask, current: str | None) -> Acted:
        """The proposal. `current` is the escalation the thread spoke of last, for "it"."""
        request, lexicon, zone = self._place.read(replace(ask, text=_lengths(ask.text)), opening=True)
        refused = refused_customer(request, lexicon)
        if refused is not None:
            return replace(refused, zone=zone)
        state = _merged(ask, request)
        found = self._meant(ask, request, state, current)
        if isinstance(found, Acted):
            return replace(found, state=state, zone=zone)
        state |= {"escalation": found.id, "account": found.account}
        unclear = _unclear(request, state)
        if unclear is not None:
            return replace(unclear, state=state, account=found.account, zone=zone)
        return self._proposed(ask, found, state, zone)

    def _meant(self, ask: Ask, request: Request, state: dict[str, Any], current: str | None) -> EscalationView | Acted:
        """The one open escalation that is meant."""
        if not request.names_customer and (state.get("escalation") or current):
            try:
                return self._place.escalations.view(ask.identity, str(state.get("escalation") or current))
            except NotFound:
                pass
        customer = self._place.customer(ask.identity, request, ask.last if request.same else None)
        if customer.offers:
            return Acted(Status.CLARIFY, "which", offers=customer.offers[:OFFERS])
        shown = self._place.escalations.listed(ask.identity, states=OPEN, account_id=customer.id)
        if len(shown) > 1:
            cause = first_of("causes", ask.text)
            shown = [one for one in shown if one.cause == cause] or shown
        if len(shown) == 1:
            return shown[0]
        if not shown:
            return Acted(Status.EMPTY, "none_open", account=customer.name)
        return Acted(Status.CLARIFY, "which_escalation", tuple(shown[:OFFERS]), account=customer.name)

    def _proposed(self, ask: Ask, found: EscalationView, state: dict[str, Any], zone: str) -> Acted:
        until = datetime.fromisoformat(state["until"]) if state.get("until") else None
        details = {key: state.get(key) for key in DETAILS} | {"until": until}
        said = {key: value for key, value in details.items() if value is not None}
        try:
            view = self._place.escalations.propose_change(
                ask.identity, found.id, state["verb"], thread_id=ask.thread_id, **said
            )
        except UserError as error:
            return failed(error, ask.lang, state=state, account=found.account, zone=zone)
        params = {"verb": state["verb"], "before": found.person or ""}
        return Acted(
            Status.ANSWERED, "change", (view,), view.account, params=params, state=state | {"id": view.id}, zone=zone
        )


def _lengths(text: str) -> str:
    """The text with lengths of time said as moments are: "for two hours" as "in two hours"."""
    folded = fold(text)
    for pattern, wanted in cues()["lengths"]:
        found = re.search(pattern, folded)
        if found:
            return text[: found.start()] + found.expand(wanted) + text[found.end() :]
    return text


def _merged(ask: Ask, request: Request) -> dict[str, Any]:
    """What is understood now, over what was said before, unless this is about another one."""
    said = unquoted(ask.text)
    verb = first_of("verbs", said)
    anew = verb is not None and request.names_customer
    state: dict[str, Any] = {} if anew else {key: value for key, value in ask.before.items() if key != "id"}
    if verb and verb != state.get("verb"):
        state = {"escalation": state.get("escalation"), "verb": verb}
    if request.person.one:
        state["person_id"] = request.person.one.id
    if request.when.moment:
        state["until"] = request.when.moment.at.isoformat()
    outcome = first_of("outcomes", said) if state.get("verb") == "resolve" else None
    if outcome:
        note = Words(said).search([cues()["note"]])
        state |= {"outcome": outcome, "note": note["note"].strip() if note else None}
    return state


def _unclear(request: Request, state: dict[str, Any]) -> Acted | None:
    verb = state.get("verb")
    if verb is None:
        return Acted(Status.CLARIFY, "which_change")
    if verb == "handover":
        unclear = refused_person(request)
        if unclear is not None:
            return unclear
    if verb == "snooze" and request.when.problem is not None:
        return Acted(Status.CLARIFY, request.when.problem)
    needed = NEEDS.get(verb)
    if needed is not None and state.get(needed) is None:
        return Acted(Status.CLARIFY, f"missing_{needed}")
    return None
