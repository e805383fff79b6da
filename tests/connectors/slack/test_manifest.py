"""The manifest asks for what the code hears and does, and the page explains all of it."""

import re
from pathlib import Path
from typing import Any

import yaml

from connectors.reception.buttons import AS_COMMANDS
from connectors.slack import channel
from connectors.slack.events import READERS
from connectors.slack.presses import ASK
from web.routes import slack

FILE = Path(channel.__file__).with_name("manifest.yaml")
PAGE = (Path(__file__).parents[3] / "docs" / "howto" / "slack.md").read_text(encoding="utf-8")


def manifest() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_every_scope_is_explained_and_no_other() -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if re.match(r"\| `[a-z]+[:a-z.`, ]+", line)]
    explained = {scope for row in rows for scope in re.findall(r"`([a-z_.:]+)`", row)}
    assert set(manifest()["oauth_config"]["scopes"]["bot"]) <= explained


def test_every_event_is_heard_and_every_reader_gets_its_event() -> None:
    events = manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert {event.partition(".")[0] for event in events} == set(READERS)
    assert all(f"`{event}`" in PAGE for event in events)


def test_every_shortcut_is_understood() -> None:
    assert {one["callback_id"] for one in manifest()["features"]["shortcuts"]} <= {ASK, *AS_COMMANDS}


def test_the_addresses_are_ours() -> None:
    paths = {getattr(route, "path", "") for route in slack.router.routes}
    told = re.findall(r"https://YOUR-ADDRESS(\S+)", FILE.read_text(encoding="utf-8"))
    assert set(told) == paths


def test_slack_s_limits_on_a_manifest() -> None:
    shown = manifest()
    assert len(shown["display_information"]["name"]) <= 35
    assert len(shown["display_information"]["description"]) <= 140
    assert 174 <= len(shown["display_information"]["long_description"]) <= 4000
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in shown["features"]["shortcuts"])
