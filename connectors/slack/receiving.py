"""Bolt as we use it: it verifies and acknowledges, and what arrived is kept before it does."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from logging import getLogger

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from connectors.slack.presses import arrived_of
from core.channels import Answered, Arrived, BadSignature, Called
from core.clock import Clock
from core.errors import UserError
from core.ports import Accept

log = structlog.get_logger("slack")
LONGEST_STAMP = 12
AT_ONCE = 32
"""Arrivals that wait to be kept: the desk keeps all that wait in one commit."""
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What reading a body of another shape than Slack documents ends in."""


class Receiver:
    """Takes Slack's requests and envelopes. `me` is the assistant's own account, once that is known."""

    def __init__(
        self, client: AsyncWebClient, signing_secret: str | None, clock: Clock, notice: Callable[[Arrived], None]
    ) -> None:
        self.me: str | None = None
        self._notice = notice
        self.accept: Accept | None = None
        self.wants: Callable[[Arrived], bool] = lambda arrived: True
        self._clock = clock
        self._keepers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slack")
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None
        # Requests are verified before Bolt reads them: it would read the body of a stranger first.
        self.app = AsyncApp(
            client=client,
            name="dealhand",
            logger=getLogger("slack_bolt"),
            signing_secret=signing_secret or "",
            before_authorize=self._keep,
            request_verification_enabled=False,
            ssl_check_enabled=False,
        )

    async def receive(self, called: Called, accept: Accept) -> Answered:
        """Verify a request, keep what is in it, acknowledge; BadSignature if it is not Slack's."""
        body = self._verified(called)
        self.accept = accept
        try:
            request = AsyncBoltRequest(body=body, headers=dict(called.headers))
        except UNREADABLE as error:
            raise UserError() from error
        response = await self.app.async_dispatch(request)
        mime = response.headers.get("content-type", ["text/plain"])[0]
        return Answered(response.body or "", mime.partition(";")[0], response.status)

    def close(self) -> None:
        """Let go of threads."""
        self._keepers.shutdown(wait=False)

    def _verified(self, called: Called) -> str:
        stamp = called.headers.get("x-slack-request-timestamp", "")
        if self._verifier is None or not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= LONGEST_STAMP):
            raise BadSignature()
        try:
            genuine = self._verifier.is_valid_request(called.body, dict(called.headers))
            body = called.body.decode("utf-8")
        except (UnicodeDecodeError, TypeError) as error:
            raise BadSignature() from error
        if not genuine:
            raise BadSignature()
        return body

    async def _keep(self, req: AsyncBoltRequest, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        if req.body.get("type") == "url_verification":
            return await next()
        try:
            arrived = arrived_of(req.body, self.me, self._clock.now())
        except UNREADABLE as error:
            log.warning("slack.unreadable", error=type(error).__name__, kind=str(req.body.get("type")))
            arrived = None
        if arrived is None or (arrived.talk and not self.wants(arrived)):
            return BoltResponse(status=200, body="")
        assert self.accept is not None, "nothing arrives before there is someone to take it"
        try:
            if not arrived.talk:
                self._notice(arrived)
            await asyncio.get_running_loop().run_in_executor(self._keepers, self.accept, arrived)
        except Exception:
            # Not acknowledged, so Slack delivers it again.
            log.exception("slack.not_kept", key=arrived.key)
            return BoltResponse(status=503, body="")
        return BoltResponse(status=200, body="")
