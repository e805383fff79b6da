"""A workspace on loopback, the channel that talks to it, and a desk that keeps what arrives in memory."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connectors.slack import SlackChannel
from core.channels import Answered, Arrived, Called
from core.settings import Settings
from core.wording import Lang
from tests.conftest import NOW
from tests.fakes.slack_sender import Sent
from tests.fakes.slack_server import APP_TOKEN, SECRET, TOKEN, SlackServer, slack_server
from tests.fakes.slack_world import BOT, TEAM, person

DANA, GUEST, ROBOT, OUTSIDER, MINA = "U0DANA", "U0GUEST", "U0ROBOT", "U0OTHER", "U0MINA"
GENERAL, DM = "C0GENERAL", f"D{DANA}"


@dataclass
class Desk:
    """Keeps each key once, as the real one does."""

    kept: dict[str, Arrived] = field(default_factory=dict)
    broken: bool = False

    def accept(self, arrived: Arrived) -> bool:
        if self.broken:
            raise OSError("the database is away")
        new = arrived.key not in self.kept
        self.kept.setdefault(arrived.key, arrived)
        return new

    @property
    def all(self) -> list[Arrived]:
        return list(self.kept.values())


@pytest.fixture
def server() -> Iterator[SlackServer]:
    with slack_server() as running:
        world = running.world
        world.people = {
            BOT: person(BOT, is_bot=True),
            DANA: person(DANA, email="dana@firm.example", real_name="Dana Reyes"),
            MINA: person(MINA, email="mina@firm.example", is_email_confirmed=False),
            GUEST: person(GUEST, email="guest@agency.example", is_restricted=True),
            ROBOT: person(ROBOT, is_bot=True),
            OUTSIDER: person(OUTSIDER, email="dana@firm.example") | {"team_id": "T0ELSE"},
        }
        world.channels = {GENERAL: {BOT, DANA, GUEST}, DM: {BOT, DANA}}
        assert world.people[DANA]["team_id"] == TEAM
        yield running


@pytest.fixture
def slack_settings(server: SlackServer, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        home=tmp_path,
        now=NOW,
        slack_bot_token=TOKEN,
        slack_signing_secret=SECRET,
        slack_app_token=APP_TOKEN,
        slack_api_url=server.url,
    )


def no_labels(lang: Lang) -> dict[str, str]:
    return {}


@pytest.fixture
async def channel(slack_settings: Settings) -> AsyncIterator[SlackChannel]:
    opened = SlackChannel(slack_settings, no_labels)
    yield opened
    await opened.close()


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def give(channel: SlackChannel, desk: Desk, sent: Sent) -> Answered:
    """Deliver a request as the web server hands it over."""
    return await channel.receive(Called(sent.path, sent.headers, sent.body), desk.accept)
