"""The team's chat, in both directions."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from core.channels import Answered, Arrived, Attachment, Called, Content, Outgoing


class Channel(Protocol):
    """One channel of the team's chat, in both directions. What arrives is given to `FrontDesk.accept`."""

    @property
    def name(self) -> str:
        """What it is called in the records."""
        ...

    async def post(self, message: Outgoing) -> str:
        """Send it; what the channel calls it. ChannelBusy to be tried again, ChannelRefused if never."""
        ...

    async def edit(self, ref: str, message: Outgoing) -> str:
        """Make what was sent read so; what the channel calls it now. The same text again is no error."""
        ...

    async def find(self, message: Outgoing, since: datetime) -> str | None:
        """What the channel calls it, if an earlier try had sent it after all; None if it hadn't."""
        ...

    async def direct(self, account: str) -> str:
        """The place of direct messages to an account."""
        ...

    async def fetch(self, attachment: Attachment, into: Path, most: int) -> None:
        """Write the file's bytes to `into`; UserError for one that is too large or is not what it says."""
        ...

    async def run(self, accept: "Accept") -> None:
        """Take in what arrives by itself (polling, a socket) until cancelled; returns at once where nothing does."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


Accept = Callable[[Arrived], bool]
"""Claim and keep what arrived, from any thread; whether it is new. When it returns, nothing can lose it any more."""


@runtime_checkable
class Webhook(Protocol):
    """A channel that calls us over HTTP."""

    async def receive(self, called: Called, accept: Accept) -> Answered:
        """Verify the request, have what arrived in it kept, and only then answer; BadSignature if it is not theirs."""
        ...


@runtime_checkable
class Choosy(Protocol):
    """A channel that is told of much talk between others, most of which nobody wants."""

    def choose(self, wants: Callable[[Arrived], bool]) -> None:
        """Hand over what `wants` says yes to, which it does at once, and acknowledge the rest."""
        ...


@runtime_checkable
class Directory(Protocol):
    """A channel that can tell who its accounts belong to. Each may wait for the channel, and raise ChannelBusy."""

    async def stranger(self, account: str) -> bool:
        """Whether the account is a guest's, another firm's or a program's: never one to be given data."""
        ...

    async def email(self, account: str) -> str | None:
        """The work address that the channel verified for one of the company's own members; None for all others."""
        ...

    async def called(self, account: str) -> str | None:
        """The name that the account goes by in the channel."""
        ...


class FrontDesk(Protocol):
    """Takes in what arrives from every channel."""

    def accept(self, arrived: Arrived) -> bool:
        """Claim and keep it; whether it is new."""
        ...


class Outbox(Protocol):
    """What is to be said in channels; whoever lives sends it."""

    def put(  # noqa: PLR0913 (an address has that many parts)
        self,
        key: str,
        channel: str,
        place: str,
        content: Content,
        *,
        thread: str | None = None,
        person_id: int | None = None,
        due_at: datetime | None = None,
    ) -> None:
        """Have it sent once under `key`; with other content, have what was sent changed.

        A `place` of `@account` is that account's direct messages.
        """
        ...


class Reception(Protocol):
    """The loops between the channels and the assistant, at work while it is open."""

    @property
    def desk(self) -> FrontDesk:
        """Takes in what arrives."""
        ...

    @property
    def channels(self) -> Mapping[str, Channel]:
        """The configured channels by name."""
        ...
