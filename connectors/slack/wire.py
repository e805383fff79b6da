"""Calls of Slack's Web API: one connection pool, and every failure as one of ours."""

from collections.abc import Awaitable, Mapping
from logging import getLogger
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from core.channels import ChannelBusy, ChannelRefused

PATIENCE = 10.0
"""Seconds after which a call counts as not answered."""
LOCAL = {"127.0.0.1", "::1", "localhost"}
LATER = {
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
}


class Wire:
    """The Web API under one token. Nothing is tried again here: what was cut off may have been done."""

    def __init__(self, token: str, url: str, patience: float = PATIENCE) -> None:
        self.client = AsyncWebClient(token=token, base_url=url, retry_handlers=[], logger=getLogger("slack_sdk"))
        if urlsplit(url).hostname in LOCAL:
            # The library takes the proxy of the environment for every host.
            self.client.proxy = None
        self._patience = patience
        self._over = False

    @property
    def session(self) -> aiohttp.ClientSession:
        """The pool of connections, opened with the first call; ChannelBusy once it was closed for good."""
        if self._over:
            raise ChannelBusy(reason="closed")
        if self.client.session is None or self.client.session.closed:
            self.client.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._patience))
        return self.client.session

    @property
    def proxy(self) -> str | None:
        """The proxy by which Slack is reached."""
        return self.client.proxy

    async def call(self, asked: Awaitable[Any]) -> Mapping[str, Any]:
        """What Slack answers to a call of `client`; ChannelBusy or ChannelRefused."""
        self.client.session = self.session
        try:
            response = await asked
        except SlackApiError as error:
            raise failure(error) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ChannelBusy(reason=type(error).__name__) from None
        data = response.data
        return data if isinstance(data, Mapping) else {}

    async def close(self) -> None:
        """Close the connections, for good."""
        self._over = True
        if self.client.session is not None:
            await self.client.session.close()


def failure(error: SlackApiError) -> ChannelBusy | ChannelRefused:
    """What Slack's refusal means for a message: later, or never."""
    response = error.response
    data = getattr(response, "data", None)
    reason = data.get("error") if isinstance(data, Mapping) else None
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    if status == 429 or reason in LATER:
        return ChannelBusy(_seconds(getattr(response, "headers", {})), reason=reason or "ratelimited")
    if reason is None or status >= 500:
        return ChannelBusy(reason=f"http_{status}")
    return ChannelRefused(reason=reason)


def _seconds(headers: Mapping[str, Any]) -> float | None:
    for name, value in headers.items():
        if name.lower() == "retry-after":
            text = str(value[0] if isinstance(value, list) else value)
            return float(text) if text.replace(".", "", 1).isdecimal() else None
    return None
