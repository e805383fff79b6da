"""Every channel there is, and which of them are set up. A new one is one line."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from sqlalchemy import Engine

from connectors.reception.courier import Undelivered, ignore
from connectors.reception.house import House
from connectors.reception.reception import Reception, open_reception
from core.ports import Assistant, Channel, Jobs, Labels, OpenReception, Workbench
from core.settings import Settings
from db.company import load_company
from db.engine import system_session

Open = Callable[[Settings, Engine, Labels, str], Channel]


def configured(settings: Settings) -> tuple[str, ...]:
    """The names of the channels that the settings turn on."""
    tokens = {"slack": settings.slack_bot_token, "telegram": settings.telegram_token}
    return tuple(name for name, token in tokens.items() if token is not None and token.get_secret_value())


def open_channels(settings: Settings, engine: Engine, labels: Labels, currency: str) -> list[Channel]:
    """The channels that the settings turn on, not yet at work; money is written in `currency`."""
    return [OPENERS[name](settings, engine, labels, currency) for name in configured(settings)]


def receive_for(
    settings: Settings, engine: Engine, labels: Labels, workbench: Workbench, undelivered: Undelivered = ignore
) -> OpenReception | None:
    """What works on the channels that are set up; None if none is."""
    if not configured(settings):
        return None

    def opened(assistant: Assistant, jobs: Jobs) -> AbstractAsyncContextManager[Reception]:
        with system_session(engine) as session:
            currency = load_company(session).company.currency
        house = House(settings, engine, assistant, workbench, jobs)
        return open_reception(house, open_channels(settings, engine, labels, currency), undelivered)

    return opened


def _slack(settings: Settings, engine: Engine, labels: Labels, currency: str) -> Channel:
    from connectors.slack import SlackChannel  # noqa: PLC0415 (heavy, and only where it is set up)

    return SlackChannel(settings, labels, currency=currency)


def _telegram(settings: Settings, engine: Engine, labels: Labels, currency: str) -> Channel:
    from connectors.telegram import TelegramChannel  # noqa: PLC0415 (the same)

    return TelegramChannel(settings, engine, labels, currency=currency)


OPENERS: dict[str, Open] = {"slack": _slack, "telegram": _telegram}
