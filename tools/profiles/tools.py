"""What the agent may ask of customers' profiles."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, Protocol

from langchain.tools import ToolRuntime
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, StructuredTool
from sqlalchemy import Engine

from core.clock import Clock
from core.identity import Identity
from core.profiles import FactView, Profile
from core.reply import Receipt, Source, Status
from core.wording import Lang
from db.heard import find_named
from tools.context import Turn
from tools.conversations.asked import CUSTOMERS, Asked, facts_asked, read
from tools.metrics.lexicon import Lexicon
from tools.profiles.profiles import Profiles

BRIEF = "brief_account"
Runtime = ToolRuntime[Turn, Any]
SCORED = ("stage", "health")


class Words(Protocol):
    """Whoever knows the names that mean something to an asker: the desk."""

    def lexicon(self, identity: Identity) -> Lexicon:
        """The asker's lexicon."""
        ...


@dataclass(frozen=True)
class Told:
    """What is known of a customer, or why nothing is told: `reason` names the wording."""

    status: Status
    reason: str
    account: str = ""
    offers: tuple[str, ...] = ()
    name: str = ""
    text: str = ""
    facts: tuple[FactView, ...] = ()
    asked: tuple[str, ...] = ()
    profile: Profile | None = None
    sources: tuple[Source, ...] = ()
    receipts: tuple[Receipt, ...] = field(default=())


class Briefer:
    """Finds the customer that a question is about, and tells what is known of it."""

    def __init__(self, engine: Engine, clock: Clock, words: Words, profiles: Callable[[], Profiles]) -> None:
        self._engine = engine
        self._clock = clock
        self._words = words
        self._profiles = profiles

    def tell(self, identity: Identity, question: str, lang: Lang, last: str | None = None) -> Told:
        """What answers the question; `last` is the customer the thread spoke of, for a question that names none."""
        lexicon = self._words.lexicon(identity)
        today = self._clock.today(lexicon.facts.company.timezone)
        asked = read(question, lexicon, today, place="about")
        refused = _refused(asked, lexicon)
        if refused is not None:
            return refused
        names = {dimension: asked.named(dimension) for dimension in CUSTOMERS}
        if not any(names.values()):
            names = {"account": (last,)} if last else names
        named = find_named(self._engine, identity, names)
        if len(named.accounts) != 1:
            return Told(Status.CLARIFY, "which" if named.accounts else "whom")
        return self._known(identity, named.accounts[0], facts_asked(question), lang)

    def _known(self, identity: Identity, account_id: int, wanted: tuple[str, ...], lang: Lang) -> Told:
        profiles = self._profiles()
        if not wanted:
            brief = profiles.brief(identity, account_id, lang)
            return Told(
                Status.ANSWERED,
                "brief",
                brief.account,
                text=brief.text,
                sources=brief.sources,
                receipts=brief.receipts,
            )
        profile = profiles.profile(identity, account_id, lang)
        facts = tuple(one for one in profile.facts if one.name in wanted and one.valid_to is None)
        known = bool(facts) or any(name in SCORED for name in wanted)
        sources = tuple(source for one in facts if (source := _source(one, profile.account)))
        return Told(
            Status.ANSWERED if known else Status.EMPTY,
            "facts" if known else "no_facts",
            profile.account,
            facts=facts,
            asked=wanted,
            profile=profile,
            sources=sources,
        )


def _refused(asked: Asked, lexicon: Lexicon) -> Told | None:
    if lexicon.nothing:
        return Told(Status.FORBIDDEN, "no_records")
    if asked.doubt:
        return Told(Status.CLARIFY, "which", offers=asked.doubt[:5])
    if asked.unknown is None:
        return None
    if not lexicon.everything:
        return Told(Status.FORBIDDEN, "not_visible", name=asked.unknown)
    near = [name.value for name, _ in lexicon.names.near(asked.unknown) if name.dimension == "account"]
    return Told(Status.UNDEFINED, "unknown", name=asked.unknown, offers=tuple(dict.fromkeys(near)))


def _source(fact: FactView, account: str) -> Source | None:
    said = fact.source
    if said.message is None or said.quote is None or said.at is None:
        return None
    return Source(
        kind="segment" if said.second is not None else "message",
        id=said.message,
        quote=said.quote,
        at=said.at,
        conversation=said.conversation,
        account=account,
        second=said.second,
    )


def profile_tools(briefer: Briefer, described: Callable[[str], str], pool: Executor) -> list[BaseTool]:
    """The tools over one briefer."""

    async def brief_account(question: str, runtime: Runtime) -> tuple[str, dict[str, Any]]:
        turn, last = runtime.context, last_account(runtime.state["messages"])
        work = asyncio.get_running_loop().run_in_executor
        return _packed(await work(pool, briefer.tell, turn.identity, question, turn.lang, last), question)

    return [
        StructuredTool.from_function(
            coroutine=brief_account, name=BRIEF, description=described(BRIEF), response_format="content_and_artifact"
        )
    ]


def last_account(messages: list[Any]) -> str | None:
    """The one customer that the thread last spoke of."""
    for message in reversed(messages):
        artifact = message.artifact if isinstance(message, ToolMessage) else None
        if not isinstance(artifact, dict):
            continue
        if artifact.get("account"):
            return str(artifact["account"])
        accounts = (artifact.get("heard") or {}).get("accounts") or []
        if len(accounts) == 1:
            return str(accounts[0])
    return None


def _packed(told: Told, question: str) -> tuple[str, dict[str, Any]]:
    known: dict[str, Any] = {
        "reason": told.reason,
        "offers": list(told.offers),
        "name": told.name,
        "account": told.account,
        "text": told.text,
        "asked": list(told.asked),
        "facts": [fact.model_dump(mode="json") for fact in told.facts],
    }
    if told.profile is not None:
        known |= {"stage": told.profile.stage_label, "health": told.profile.health}
        known |= {"why": {name: [one.text for one in getattr(told.profile.reasons, name)] for name in SCORED}}
    artifact = {
        "status": told.status.value,
        "asked": question,
        "account": told.account,
        "known": known,
        "sources": [one.model_dump() for one in told.sources],
        "receipts": [one.model_dump() for one in told.receipts],
    }
    shown = {key: known[key] for key in ("reason", "account", "text", "offers", "stage", "health") if known.get(key)}
    shown["facts"] = [{"name": one.label, "value": one.shown, "said": one.source.quote} for one in told.facts]
    return json.dumps({"status": told.status.value, **shown}, ensure_ascii=False, separators=(",", ":")), artifact
