"""The Bot API: one client with our settings, and its errors in our words."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, TelegramError
from telegram.request import HTTPXRequest

from core.channels import ChannelBusy, ChannelRefused
from core.settings import Settings

POLL_SECONDS = 25
POOL = 64
TOKEN_WRONG_SECONDS = 60.0


class Later(TelegramError):
    """The API asks to wait so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:g} s")
        self.seconds = seconds


class Partly(NetworkError):
    """Some of it was sent, and the rest may not be sent yet."""


class Transport(HTTPXRequest):
    """Answers 429 with Later: the library's own error warns about the type of its seconds whenever it is made."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """The status and the body."""
        status, body = await super().do_request(*args, **kwargs)
        if status == 429:
            raise Later(_seconds(body))
        return status, body


def _seconds(body: bytes) -> float:
    try:
        return float(json.loads(body)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return 1.0


def open_bot(settings: Settings, *, patience: float) -> Bot:
    """The bot of the settings; nothing is asked yet. `patience` is how many seconds an answer may take."""
    assert settings.telegram_token is not None, "there is no bot without a token"
    base = settings.telegram_api_url.rstrip("/")
    return Bot(
        settings.telegram_token.get_secret_value(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=Transport(connection_pool_size=POOL, read_timeout=patience, connect_timeout=patience, pool_timeout=30),
    )


async def get_updates(bot: Bot, transport: Transport, offset: int, kinds: Sequence[str]) -> list[dict[str, Any]]:
    """The updates from `offset` on as they came: the library's own method reads all of them or none."""
    asked = urlencode({"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": json.dumps(kinds)})
    found = await transport.post(f"{bot.base_url}/getUpdates?{asked}", read_timeout=POLL_SECONDS + 10)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def webhook_secret(settings: Settings) -> str:
    """What Telegram sends along with each call: as set, or made from the token, so that all processes agree."""
    if settings.telegram_secret is not None:
        return settings.telegram_secret.get_secret_value()
    assert settings.telegram_token is not None, "there is no bot without a token"
    token = settings.telegram_token.get_secret_value().encode()
    return hmac.new(token, b"telegram webhook", hashlib.sha256).hexdigest()


@contextmanager
def in_our_words() -> Iterator[None]:
    """Let the API's errors be the ports' errors."""
    try:
        yield
    except Later as error:
        raise ChannelBusy(error.seconds, reason=str(error)) from error
    except (Forbidden, BadRequest) as error:
        raise ChannelRefused(reason=str(error)) from error
    except InvalidToken as error:
        raise ChannelBusy(TOKEN_WRONG_SECONDS, reason="the token is not valid") from error
    except TelegramError as error:
        raise ChannelBusy(reason=str(error)) from error


def says(error: TelegramError, *words: str) -> bool:
    """Whether the API's reason has one of these in it."""
    return any(word in str(error).lower() for word in words)
