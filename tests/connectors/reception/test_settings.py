"""How the assistant behaves in a place, as it is set and read back there in both languages."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from connectors.reception.words import read_setting
from core.wording import Lang, say
from db import channel_settings
from db.channel_settings import PlaceSettings
from db.engine import system_session
from db.tables import AuditEntry, ChannelSetting
from tests.conftest import NOW
from tests.connectors.contract.memory_rig import MemoryRig
from tests.connectors.reception.conftest import Office, open_office

SETS = {
    "settings follow-ups off": ("follow_ups", False),
    "Settings Follow ups: on": ("follow_ups", True),
    "settings private off": ("discreet", False),
    "settings discreet = on": ("discreet", True),
    "settings quiet on": ("silent", True),
    "SETTINGS SILENT OFF": ("silent", False),
    "settings language zh": ("lang", "zh"),
    "settings language English": ("lang", "en"),
    "settings lang auto": ("lang", None),
    "设置追问 关": ("follow_ups", False),
    "设置 跟进 开": ("follow_ups", True),
    "设置：私密 关闭": ("discreet", False),
    "设置 仅自己可见 打开": ("discreet", True),
    "设置静音开": ("silent", True),
    "设置 安静 否": ("silent", False),
    "设置 语言 英文": ("lang", "en"),
    "设置语言中文": ("lang", "zh"),
    "设置 语言 自动": ("lang", None),
}
NAMES = ("follow_ups", "discreet", "silent", "lang")
WRONG = (
    "settings volume 11", "settings follow-ups", "settings follow-ups any", "settings follow-ups maybe",
    "settings language on", "settings language klingon", "settings quiet", "设置 音量 开",
    "设置 追问 自动", "设置 语言 开",
)  # fmt: skip


@pytest.fixture
async def office(sqlite_engine: Engine, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(MemoryRig(), sqlite_engine, tmp_path) as opened:
        yield opened


def kept(office: Office, place: str) -> PlaceSettings:
    with system_session(office.engine) as session:
        return channel_settings.read(session, "memory", place)


def shown(settings: PlaceSettings, lang: Lang) -> list[tuple[str, str]]:
    told = {
        name: value
        for name, value in settings.model_dump().items()
        if name in ("follow_ups", "discreet", "silent", "lang")
    }
    return [
        (say(f"chat.setting.{name}", lang), say(f"chat.value.{'any' if value is None else value}", lang))
        for name, value in told.items()
    ]


def fields(office: Office, place: str) -> list[tuple[str, str]]:
    """Of the message that was said last there."""
    rig = office.rig
    assert isinstance(rig, MemoryRig)
    return list(rig.board.in_place(place, None)[-1].content.fields)


@pytest.mark.parametrize("words", list(SETS))
async def test_each_setting_is_set_and_read_back(office: Office, words: str) -> None:
    name, value = SETS[words]
    other: dict[str, Any] = {"lang": "zh" if value is None else None} if name == "lang" else {name: not value}
    place, person = office.rig.said("x", by="max").place, office.people["max"].person_id
    with system_session(office.engine) as session:
        before = channel_settings.change(session, "memory", place, person_id=person, now=NOW, **other)
    await office.ask(words, by="max")
    after = before.model_copy(update={name: value})
    assert kept(office, place) == after
    await office.ask("settings", by="max")
    assert set(shown(after, after.lang or "en")) <= set(fields(office, place))
    await office.ask("设置", by="max")
    assert set(shown(after, after.lang or "zh")) <= set(fields(office, place))
    assert kept(office, place) == after


@pytest.mark.parametrize("words", WRONG)
async def test_wrong_words_set_nothing_and_say_what_can_be_set(office: Office, words: str) -> None:
    lang: Lang = "en" if words.isascii() else "zh"
    assert say("chat.no_such_setting", lang) in await office.ask(words, by="max")
    assert office.assistant.asked == []
    with system_session(office.engine) as session:
        assert session.scalars(select(ChannelSetting)).all() == []


@pytest.mark.parametrize("who", ["max", "dora", "ada"])
async def test_managers_directors_and_admins_set_where_others_read_along(office: Office, who: str) -> None:
    event = await office.tell("settings private off", by=who, where="public", addressed=True)
    await office.read(where="public", by=who)
    assert kept(office, event.place) == PlaceSettings(discreet=False)
    with system_session(office.engine) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "place.set")).all()
        assert entry.actor_id == office.people[who].person_id
        assert (entry.detail["before"]["discreet"], entry.detail["after"]["discreet"]) == (True, False)


@pytest.mark.parametrize("who", ["rita", "tess"])
async def test_nobody_else_sets_there_but_may_read(office: Office, who: str) -> None:
    event = await office.tell("settings private off", by=who, where="public", addressed=True)
    (seen,) = await office.read(where="public", by=who)
    assert say("chat.not_yours_to_set", "en") in seen.text
    assert seen.private
    assert kept(office, event.place) == PlaceSettings()
    await office.tell("设置", by=who, where="public", addressed=True)
    await office.read(2, where="public", by=who)
    assert set(shown(PlaceSettings(), "zh")) <= set(fields_of_last(office, who))


def fields_of_last(office: Office, who: str) -> list[tuple[str, str]]:
    rig = office.rig
    assert isinstance(rig, MemoryRig)
    last = list(rig.board.shown.values())[-1]
    assert last.content.only_for == rig.account(who)
    return list(last.content.fields)


@pytest.mark.parametrize("who", ["rita", "tess"])
async def test_in_their_own_talk_anybody_sets(office: Office, who: str) -> None:
    await office.ask("settings language zh", by=who)
    assert kept(office, office.rig.said("x", by=who).place).lang == "zh"
    assert kept(office, office.rig.said("x", by="max").place).lang is None
    await office.ask("revenue", by=who)
    rig = office.rig
    assert isinstance(rig, MemoryRig)
    assert list(rig.board.shown.values())[-1].content.lang == "zh"


async def test_whoever_is_nobody_sets_nothing(office: Office) -> None:
    assert "link CODE" in await office.ask("settings quiet on", by="zed")
    with system_session(office.engine) as session:
        assert session.scalars(select(ChannelSetting)).all() == []


async def test_a_quiet_place_can_be_woken_by_the_same_words(office: Office) -> None:
    await office.ask("settings quiet on", by="rita")
    before = len(office.rig.seen(by="rita"))
    for words in ("revenue", "today", "escalations"):
        await office.tell(words, by="rita")
    await office.quiet()
    assert len(office.rig.seen(by="rita")) == before
    assert office.assistant.asked == []
    await office.ask("设置 静音 关", by="rita")
    assert "Rita asked: revenue" in await office.ask("revenue", by="rita")


@pytest.mark.parametrize("rest", ["", " ", "on", "off follow-ups", "follow-ups off please", "private quiet on"])
def test_what_is_no_setting_is_none(rest: str) -> None:
    assert read_setting(rest) is None
