"""What strangers say in channels moves nothing, and hostile words go out as words."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from connectors.rendering.slack import blocks_of
from connectors.rendering.telegram import html_of
from connectors.telegram.api import webhook_secret
from core.channels import Content
from core.reply import Column, Reply, Status, Table
from core.wording import LANGS, Lang
from db.tables import Escalation, Notice, Proposal
from tests.acceptance.conftest import House
from tests.fakes.slack_sender import event_body, event_request, message
from tests.fakes.slack_world import BOT, person

SUITES = Path(__file__).parents[2] / "evals" / "suites"
ZED, NUMBER = "U0ZED", 99
TAGS = {f"<{slash}{tag}>" for tag in ("b", "i", "pre", "blockquote") for slash in ("", "/")} | {
    "<blockquote expandable>"
}


def told(lang: Lang) -> list[dict[str, Any]]:
    suite: dict[str, Any] = yaml.safe_load((SUITES / f"injection_{lang}.yaml").read_text("utf-8"))
    return list(suite["cases"])


STRANGE = [one["text"] for lang in LANGS for one in told(lang) if one["into"] == "stranger"]
ALL = [one["text"] for lang in LANGS for one in told(lang)]


def no_labels(lang: Lang) -> dict[str, str]:
    return {}


async def test_strangers_are_told_how_to_link_and_nothing_else(house: House) -> None:
    house.link("Rita", "slack")
    house.slack.world.people[ZED] = person(ZED)
    house.slack.world.channels[f"D{ZED}"] = {BOT, ZED}
    house.telegram.chat(NUMBER)
    for place, text in enumerate(STRANGE):
        said = message(text, user=ZED, channel=f"D{ZED}", ts=house.slack.world.ts())
        sent = event_request(event_body(said, f"Ev{place}"))
        answered = await house.client.post(sent.path, content=sent.body, headers=dict(sent.headers))
        assert answered.status_code == 200
        update = house.telegram.says(text, user=NUMBER, chat=NUMBER)
        house.telegram.updates.remove(update)
        secret = {"x-telegram-bot-api-secret-token": webhook_secret(house.settings)}
        answered = await house.client.post("/telegram/webhook", content=json.dumps(update), headers=secret)
        assert answered.status_code == 200

    def answers() -> list[str]:
        slack = [one.words for one in house.slack.world.messages if (one.user, one.channel) == (BOT, f"D{ZED}")]
        return slack + [str(one.get("text")) for one in house.telegram.chat(NUMBER).ours]

    await house.until(lambda: len(answers()) >= 2)
    with house.records() as session:
        for table in (Escalation, Proposal, Notice):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    for text in answers():
        assert "/me" in text, text
        assert not any(name in text for name in ("Rita", "Max", "Acme")), text
    assert house.seen("Rita", "slack") == []


@pytest.mark.parametrize("text", ALL)
def test_hostile_words_go_out_as_words(text: str) -> None:
    columns = (Column(name="account"), Column(name="note"))
    table = Table(columns=columns, rows=((text, "x"), ("y", text)))
    reply = Reply(
        turn_id="1", thread_id="1", status=Status.ANSWERED, lang="en", text=text, table=table, took_ms=1
    )  # fmt: skip
    contents = [Content(lang="en", title=text, text=text, fields=((text, text),)), Content(lang="en", reply=reply)]
    for content in contents:
        for one in blocks_of(content, no_labels):
            for raw in (one.text, *_marked(one.blocks)):
                assert "<" not in raw, raw
        for page in html_of(content, no_labels):
            assert set(re.findall(r"<[^>]*>", page.text)) <= TAGS, page.text


def _marked(held: Any) -> Iterator[str]:
    """What Slack reads as mark-up, of blocks."""
    if isinstance(held, dict):
        if held.get("type") == "mrkdwn":
            yield held["text"]
        for value in held.values():
            yield from _marked(value)
    elif isinstance(held, list):
        for one in held:
            yield from _marked(one)
