"""What the agent may do about escalations: read them, and propose. Nothing here takes effect by itself."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from langchain.tools import ToolRuntime
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, ToolMessage
from langchain_core.tools import BaseTool, StructuredTool

from core.escalations import EscalationView
from core.reply import Source, Status
from tools.context import Turn
from tools.escalations.changing import Changer
from tools.escalations.desk import Acted, Ask, Place
from tools.escalations.listing import Lister
from tools.escalations.scheduling import Scheduler
from tools.profiles.tools import last_account

SCHEDULE = "schedule_escalation"
CHANGE = "change_escalation"
LIST = "list_escalations"
READS, WRITES = {"access": "read"}, {"access": "write"}
"""How a tool is marked; one that writes only ever makes a proposal, which a person confirms outside of the model."""
ACTED = "escalation"
LONGEST_QUOTE = 300
PROPOSED = ("proposal", "change")
"""What the tools that write come to when nothing is missing."""
Runtime = ToolRuntime[Turn, Any]


def escalation_tools(place: Place, described: Callable[[str], str], pool: Executor) -> list[BaseTool]:
    """The tools over one place. Their work is done on `pool`."""
    scheduler, changer, lister = Scheduler(place), Changer(place), Lister(place)

    async def schedule_escalation(question: str, runtime: Runtime) -> tuple[str, dict[str, Any]]:
        ask = _ask(question, runtime, SCHEDULE)
        return _packed(await _work(pool, scheduler.schedule, ask), question)

    async def change_escalation(question: str, runtime: Runtime) -> tuple[str, dict[str, Any]]:
        current = last_escalation(runtime.state["messages"])
        return _packed(await _work(pool, changer.change, _ask(question, runtime, CHANGE), current), question)

    async def list_escalations(question: str, runtime: Runtime) -> tuple[str, dict[str, Any]]:
        return _packed(await _work(pool, lister.list, _ask(question, runtime, LIST)), question)

    marked = (
        (schedule_escalation, SCHEDULE, WRITES),
        (change_escalation, CHANGE, WRITES),
        (list_escalations, LIST, READS),
    )
    return [
        StructuredTool.from_function(
            coroutine=work,
            name=name,
            description=described(name),
            response_format="content_and_artifact",
            metadata=mark,
        )
        for work, name, mark in marked
    ]


async def _work(pool: Executor, work: Callable[..., Acted], *arguments: Any) -> Acted:
    return await asyncio.get_running_loop().run_in_executor(pool, work, *arguments)


def _ask(question: str, runtime: Runtime, tool: str) -> Ask:
    turn, messages = runtime.context, runtime.state["messages"]
    thread_id = (runtime.config.get("configurable") or {}).get("thread_id")
    before = going_on(messages, tool) or {}
    last = last_account(messages)
    return Ask(turn.identity, question, turn.lang, thread_id, last, before)


def open_point(messages: Sequence[BaseMessage]) -> str | None:
    """Why the last tool's result waits for more words of the asker: a proposal, or what it asked back."""
    for message in reversed(messages):
        if isinstance(message, AIMessage) and ACTED in message.additional_kwargs:
            return None
        if isinstance(message, ToolMessage):
            acted = (message.artifact or {}).get("acting")
            return acted["reason"] if acted and acted["open"] else None
    return None


def proposes(messages: Sequence[BaseMessage]) -> bool:
    """Whether one of these results is a proposal that the asker has to see."""
    artifacts = [one.artifact or {} for one in messages if isinstance(one, ToolMessage)]
    return any((one.get("acting") or {}).get("reason") in PROPOSED for one in artifacts)


def going_on(messages: list[AnyMessage], tool: str) -> Mapping[str, Any] | None:
    """What is understood so far of what the thread speaks of, if the tool was used last and is not done."""
    for message in reversed(messages):
        if isinstance(message, AIMessage) and ACTED in message.additional_kwargs:
            return None
        if isinstance(message, ToolMessage):
            acted = (message.artifact or {}).get("acting") if message.name == tool else None
            return acted["state"] if acted else None
    return None


def last_escalation(messages: list[AnyMessage]) -> str | None:
    """The one escalation that the thread last spoke of."""
    for message in reversed(messages):
        if isinstance(message, AIMessage) and message.additional_kwargs.get(ACTED):
            return str(message.additional_kwargs[ACTED])
        acted = (message.artifact or {}).get("acting") if isinstance(message, ToolMessage) else None
        if acted and acted["reason"] == "list" and len(acted["views"]) == 1:
            return str(acted["views"][0]["id"])
    return None


def _packed(acted: Acted, question: str) -> tuple[str, dict[str, Any]]:
    packed = acting_to_json(acted)
    artifact = {
        "status": acted.status.value,
        "asked": question,
        "account": acted.account,
        "acting": packed,
        "actions": actions_of(acted.views),
        "sources": [one.model_dump() for view in acted.views for one in _sources(view, ZoneInfo(acted.zone))],
    }
    keys = ("account", "role", "person", "cause", "note", "appointment_at", "due_at", "time_zone", "state")
    told = {
        "status": acted.status.value,
        "reason": acted.reason,
        "takes_effect": "when_confirmed" if acted.reason in PROPOSED else None,
        "offers": list(acted.offers),
        "missing": list(acted.missing),
        "found": [{key: view[key] for key in keys} for view in packed["views"]],
        "precision": packed["precision"],
        **acted.params,
    }
    shown = {key: value for key, value in told.items() if value}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")), artifact


def actions_of(views: tuple[EscalationView, ...]) -> list[dict[str, str]]:
    """The escalations of a reply, as its actions."""
    return [{"kind": ACTED, "id": view.id, "state": view.state} for view in views]


def _sources(view: EscalationView, zone: ZoneInfo) -> list[Source]:
    """The customer's words behind a proposal, once it has them."""
    return [
        Source(
            kind="message",
            id=str(one.message_id),
            quote=one.quote[:LONGEST_QUOTE],
            at=one.at.astimezone(zone).isoformat(),
            conversation=view.conversation,
            account=view.account,
        )
        for one in view.evidence
        if one.message_id is not None and one.at is not None
    ]


def acting_to_json(acted: Acted) -> dict[str, Any]:
    """What came of it as JSON values, as it travels in a tool's artifact."""
    return {
        "reason": acted.reason,
        "account": acted.account,
        "offers": list(acted.offers),
        "missing": list(acted.missing),
        "params": dict(acted.params),
        "state": dict(acted.state),
        "zone": acted.zone,
        "more": acted.more,
        "said": acted.said,
        "open": acted.status is Status.CLARIFY or acted.reason in (*PROPOSED, "refused"),
        "views": [view_to_json(view) for view in acted.views],
        "precision": [asdict(one) | {"share": one.share} for one in acted.precision],
    }


def view_to_json(view: EscalationView) -> dict[str, Any]:
    """An escalation as JSON values, as far as it is told in chat."""
    said = view.history[0].detail if view.history else {}
    return {
        "id": view.id,
        "account": view.account,
        "role": view.role,
        "person": view.person,
        "owner": view.owner,
        "cause": view.cause,
        "note": view.note,
        "quotes": [one.quote for one in view.evidence],
        "appointment_at": _iso(view.appointment_at),
        "due_at": _iso(view.due_at),
        "time_zone": view.time_zone,
        "state": view.state,
        "until": _iso(view.snoozed_until),
        "outcome": view.outcome,
        "outcome_note": view.outcome_note,
        "asked_by": view.asked_by,
        "merges": bool(said.get("merges")),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
