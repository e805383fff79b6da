"""A new escalation out of what people say in chat: as a proposal, which the asker's own word makes happen."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.errors import UserError
from core.escalations import Evidence, Role, Wanted
from core.identity import Identity
from core.reply import Status
from core.said import Filters
from db.heard import find_evidence
from tools.escalations.cues import cues
from tools.escalations.desk import OFFERS, Acted, Ask, Customer, Place, failed, refused_customer, refused_person
from tools.escalations.request import ASKED, Request
from tools.escalations.when import Moment, default_due, moved
from tools.metrics.lexicon import Lexicon
from tools.metrics.lexicon.lexicon import Colleague

RECENT = timedelta(days=30)
QUOTES = 3


class Scheduler:
    """Makes a proposal of what is asked for, or asks for what is missing."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def schedule(self, ask: Ask) -> Acted:
        """The proposal; what was said before in the thread counts where the message goes on with it."""
        request, lexicon, zone = self._place.read(ask)
        state = _fresh(request, ask.before)
        refused = refused_customer(request, lexicon)
        if refused is not None and (refused.status is Status.FORBIDDEN or request.names_customer):
            return replace(refused, state=self._merged(ask, state, request), zone=zone)
        customer = self._place.customer(ask.identity, request, state.get("account") or ask.last)
        state = self._merged(ask, state, request)
        if customer.id is not None:
            state |= {"account": customer.name, "account_id": customer.id}
        open_points = _open_points(request, customer)
        if open_points is not None:
            return replace(open_points, state=state, account=customer.name, zone=zone)
        missing = [name for name, key in (("customer", "account_id"), ("role", "role")) if state.get(key) is None]
        if missing:
            return Acted(
                Status.CLARIFY, "missing", missing=tuple(missing), state=state, account=customer.name, zone=zone
            )
        return self._proposed(ask, state, lexicon, zone)

    def _merged(self, ask: Ask, state: dict[str, Any], request: Request) -> dict[str, Any]:
        """What is understood now: what the message says, over what was said before."""
        merged = dict(state)
        if request.role:
            merged |= {"role": request.role, "person_id": None}
        if request.person.one:
            person: Colleague = request.person.one
            merged |= {"person_id": person.id, "role": request.role or self._place.role_of(ask.identity, person.id)}
        if request.when.moment:
            moment = moved(request.when.moment, _before(state)) if "at" in state else request.when.moment
            merged |= {"kind": moment.kind, "at": moment.at.isoformat(), "zone": moment.zone, "rule": moment.rule}
            merged |= {"told": sorted(moment.told), "exact": moment.exact}
        if request.cause != ASKED or request.note:
            merged |= {"cause": request.cause, "note": request.note}
        if merged.get("role") is None:
            merged["role"] = cues()["fitting"].get(merged.get("cause"))
        return merged

    def _proposed(self, ask: Ask, state: dict[str, Any], lexicon: Lexicon, zone: str) -> Acted:
        said = "at" in state
        wanted = self._wanted(ask.identity, state, lexicon, zone)
        try:
            view = self._place.escalations.propose(ask.identity, wanted, thread_id=ask.thread_id)
        except UserError as error:
            return failed(error, ask.lang, state=state, account=state["account"], zone=zone)
        params = {"rule": state.get("rule") or "", "named": "yes" if state.get("person_id") else ""}
        state = state | {"id": view.id}
        return Acted(
            Status.ANSWERED, "proposal", (view,), view.account, params=params, state=state, zone=zone, said=said
        )

    def _wanted(self, identity: Identity, state: dict[str, Any], lexicon: Lexicon, zone: str) -> Wanted:
        now, days = self._place.clock.now(), lexicon.facts.company.working_days
        role: Role = state["role"]
        if "at" in state:
            at, kind, zone = datetime.fromisoformat(state["at"]), state["kind"], state["zone"]
        else:
            at, kind = default_due(role, now, zone, working_days=days).at, "deadline"
        cause = state.get("cause") or ASKED
        return Wanted(
            account_id=state["account_id"],
            role=role,
            cause=cause,
            due_at=at,
            time_zone=zone,
            person_id=state.get("person_id"),
            appointment_at=at if kind == "appointment" else None,
            note=state.get("note"),
            evidence=self._evidence(identity, state["account_id"], cause, now),
        )

    def _evidence(self, identity: Identity, account_id: int, cause: str, now: datetime) -> tuple[Evidence, ...]:
        """What this customer lately said of the kind that is given as the reason."""
        if cause == ASKED:
            return ()
        lately = Filters(accounts=(account_id,), since=now - RECENT)
        found = find_evidence(self._place.engine, identity, (cause,), lately, QUOTES)
        return tuple(Evidence(one.quote, one.kind, one.hit.message_id, one.hit.at) for one in found)


def _fresh(request: Request, before: Mapping[str, Any]) -> dict[str, Any]:
    """What still holds of what was said before: nothing, if the message asks for another one by itself."""
    anew = request.names_customer and (request.role or request.person.one)
    return {} if anew else {key: value for key, value in before.items() if key != "id"}


def _before(state: Mapping[str, Any]) -> Moment:
    """The moment that was understood before."""
    at = datetime.fromisoformat(state["at"])
    return Moment(state["kind"], at, state["zone"], state["exact"], told=frozenset(state["told"]))


def _open_points(request: Request, customer: Customer) -> Acted | None:
    if customer.offers:
        return Acted(Status.CLARIFY, "which", offers=customer.offers[:OFFERS])
    unclear = refused_person(request)
    if unclear is not None:
        return unclear
    if request.when.problem is not None:
        return Acted(Status.CLARIFY, request.when.problem)
    return None
