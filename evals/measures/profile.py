"""How well profiles say what dialogues say: the stage, the facts that hold, and those that no longer do."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, select

from core.identity import Identity, Role
from core.profiles import FactView, Profile
from core.said import Incoming, IncomingConversation
from core.settings import Settings
from core.wording import LANGS, Lang
from db.engine import open_engine, system_session
from db.intake import take_in
from db.migrations.run import migrate
from db.people import add_person
from db.tables import Account, Conversation
from evals.hearing import understand
from evals.measures.measured import Figure, Measured
from tools.workbench import Workbench

SUITES = Path(__file__).parents[1] / "suites"
NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
GOAL = 0.85
APART = "profile_exam"
"""The suite that nobody who works on the rules reads."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One expectation of one case, and whether it was met."""

    lang: Lang
    what: str
    met: bool
    told: str
    apart: bool


def run(settings: Settings) -> Measured:
    """Hear every dialogue, each on an account of its own, and compare the profiles."""
    cases = list(_cases())
    with tempfile.TemporaryDirectory() as folder:
        update = {"home": Path(folder), "database_url": None, "now": NOW, "model": "builtin"}
        home = settings.model_copy(update=update)
        migrate(home.database)
        engine = open_engine(home.database)
        workbench = Workbench(home, engine)
        try:
            asker = _director(engine)
            found = [judged for case in cases for judged in _judge(case, _heard(case, engine, workbench, asker))]
        finally:
            workbench.close()
            engine.dispose()
    return Measured("profile", tuple(_figures(found)), tuple(_told(one) for one in found if not one.met))


def _cases() -> Iterator[dict[str, Any]]:
    """Every dialogue; `apart` marks those that the rules were not worked out on."""
    for file in sorted(SUITES.glob("profile*.yaml")):
        for case in yaml.safe_load(file.read_text("utf-8")):
            yield {**case, "apart": file.stem == APART}


def _director(engine: Engine) -> Identity:
    with system_session(engine) as session:
        return add_person(session, "Judge", role=Role.DIRECTOR, region=None, manager=None, now=NOW)


def _heard(case: dict[str, Any], engine: Engine, workbench: Workbench, asker: Identity) -> Profile:
    with system_session(engine) as session:
        account = Account(source="eval", external_id=case["id"], custom={}, loaded_at=NOW, name=case["account"])
        session.add(account)
        session.flush()
        account_id = account.id
        take_in(session, [_conversation(case)], source="eval", by=asker, now=NOW)
        wanted = Conversation.source == "eval", Conversation.external_id == case["id"]
        conversation = session.scalars(select(Conversation).where(*wanted)).one()
        conversation.account_id = account_id
        understand(session, workbench, conversation.id, NOW)
    return workbench.profiles.profile(asker, account_id, case["lang"])


def _conversation(case: dict[str, Any]) -> IncomingConversation:
    said = []
    for place, one in enumerate(case["messages"]):
        at = datetime.fromisoformat(str(one["day"])).replace(tzinfo=UTC) + timedelta(hours=2, minutes=place)
        said.append(Incoming(f"{case['id']}-{place}", one["speaker"], one["text"], at))
    return IncomingConversation(case["id"], "chat", tuple(said), account=case["account"])


def _judge(case: dict[str, Any], profile: Profile) -> Iterator[Judged]:
    lang, expect, apart = case["lang"], case["expect"], case["apart"]
    holding = [fact for fact in profile.facts if fact.valid_to is None]
    told = f"{case['id']}: stage {profile.stage}, expected {expect['stage']}"
    yield Judged(lang, "stage", profile.stage == expect["stage"], told, apart)
    for fact in expect.get("facts", ()):
        named = [one.value for one in holding if one.name == fact["name"]]
        met = any(one.name == fact["name"] and _fits(one, str(fact["value"])) for one in holding)
        yield Judged(lang, "facts", met, f"{case['id']}: {fact['name']} {fact['value']}, found {named}", apart)
    for fact in expect.get("absent", ()):
        there = [one.value for one in holding if one.name == fact["name"] and _fits(one, str(fact["value"]))]
        yield Judged(lang, "absent", not there, f"{case['id']}: {fact['name']} {fact['value']} should not hold", apart)


def _told(one: Judged) -> str:
    """What was missed; of the suite set apart only that something was."""
    return one.told.partition(":")[0] + f": {one.what}" if one.apart else one.told


def _fits(fact: FactView, value: str) -> bool:
    if fact.name == "budget":
        return fact.value == value.replace(",", "")
    if fact.name == "renewal_date":
        return fact.value.startswith(value) or value.startswith(fact.value)
    said = fact.value.casefold()
    return all(word in said for word in value.casefold().split())


def _figures(found: list[Judged]) -> Iterator[Figure]:
    for lang in LANGS:
        for what in ("stage", "facts", "absent"):
            for apart, name in ((True, f"profile_{what}"), (False, f"profile_{what}_seen")):
                some = [one.met for one in found if (one.lang, one.what, one.apart) == (lang, what, apart)]
                if some:
                    yield Figure(name, sum(some) / len(some), GOAL, len(some), lang)
