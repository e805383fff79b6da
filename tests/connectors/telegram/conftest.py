"""A Telegram that runs on loopback, and our channel to it."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from sqlalchemy import Engine

from connectors.telegram import TelegramChannel
from core.channels import Arrived, Content, Outgoing
from core.settings import Settings
from core.wording import Lang
from tests.conftest import NOW
from tests.fakes.telegram_server import TOKEN, TelegramServer, run_telegram_server

Make = Callable[..., Outgoing]


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with run_telegram_server() as running:
        running.chat(11)
        running.chat(12)
        running.chat(-500, "group")
        running.chat(-1001, "supergroup")
        yield running


@pytest.fixture
def settings(server: TelegramServer) -> Settings:
    return Settings(_env_file=None, telegram_token=TOKEN, telegram_api_url=server.url, now=NOW)


def no_labels(lang: Lang) -> dict[str, str]:
    return {}


@pytest.fixture
async def channel(settings: Settings, sqlite_engine: Engine) -> AsyncIterator[TelegramChannel]:
    made = TelegramChannel(settings, sqlite_engine, no_labels, patience=1.0)
    yield made
    await made.close()


def outgoing(
    text: str = "Hello", *, place: str = "11", key: str = "k", thread: str | None = None, **more: object
) -> Outgoing:
    return Outgoing(key, place, thread, Content.model_validate({"text": text, **more}))


class Desk:
    """Keeps what arrives; refuses while it is closed."""

    def __init__(self) -> None:
        self.kept: dict[str, Arrived] = {}
        self.calls = 0
        self.closed = False

    def accept(self, arrived: Arrived) -> bool:
        self.calls += 1
        if self.closed:
            raise OSError("the database is away")
        new = arrived.key not in self.kept
        self.kept[arrived.key] = arrived
        return new
