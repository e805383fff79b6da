"""Who Slack's accounts belong to: colleagues, guests, other firms, programs."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.slack.wire import Wire
from core.channels import ChannelRefused

FRESH = 600.0
MOST = 10_000
UNKNOWN = {"user_not_found", "user_not_visible", "users_not_found"}


@dataclass(frozen=True, slots=True)
class Member:
    """An account as Slack describes it; `ours` only for full members of the workspace the app is installed in."""

    ours: bool
    email: str | None
    name: str | None = None


class Members:
    """Asks Slack about accounts, each at most once in ten minutes."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._known: dict[str, tuple[float, Member]] = {}
        self._own: Mapping[str, Any] | None = None

    async def me(self) -> str:
        """The assistant's own account."""
        return str((await self._asked_own())["user_id"])

    async def _asked_own(self) -> Mapping[str, Any]:
        if self._own is None:
            self._own = await self._wire.call(self._wire.client.auth_test())
        return self._own

    async def member(self, account: str) -> Member:
        """The account as it was at most ten minutes ago."""
        held = self._known.get(account)
        if held and time.monotonic() - held[0] < FRESH:
            return held[1]
        member = await self._asked(account)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[account] = (time.monotonic(), member)
        return member

    async def _asked(self, account: str) -> Member:
        if not account.startswith(("U", "W")):
            return Member(ours=False, email=None)
        own = await self._asked_own()
        try:
            found = await self._wire.call(self._wire.client.users_info(user=account))
        except ChannelRefused as error:
            if error.params.get("reason") in UNKNOWN:
                return Member(ours=False, email=None)
            raise
        return member_of(found.get("user") or {}, str(own["team_id"]))


def member_of(user: Mapping[str, Any], team: str) -> Member:
    """The account in Slack's description, as the workspace `team` is to treat it."""
    flags = ("deleted", "is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "is_app_user")
    teams = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or [])}
    ours = team in teams and not any(user.get(flag) for flag in flags)
    email = (user.get("profile") or {}).get("email")
    verified = ours and email and user.get("is_email_confirmed", True)
    name = (user.get("profile") or {}).get("real_name") or user.get("real_name") or user.get("name")
    return Member(ours=ours, email=str(email) if verified else None, name=str(name) if name else None)
