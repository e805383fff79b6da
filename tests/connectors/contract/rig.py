"""What the contract suite needs of a channel under test: one class a channel, beside its fake server.

The suite runs the real reception (desk, turns, courier) over a real database and a scripted assistant; the rig stands
for the outside world: the service's fake server and the people who use it. To have a new channel pass the suite, write
a `Rig` and add it to `RIGS` in `conftest.py`.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from core.ports import Accept, Channel

Where = Literal["private", "public"]
"""Direct messages with the assistant, or a channel or group with others in it."""
Kind = Literal["wait", "error", "lost", "refuse", "slow"]


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with the next call of the service: `wait` is a 429 with retry-after `seconds`, `error` a 5xx,

    `lost` takes the message and never answers (or cuts the connection), `refuse` says it never will, `slow` takes
    `seconds`. Only calls that send or change a message count.
    """

    kind: Kind
    seconds: float = 0.0


@dataclass(frozen=True)
class Seen:
    """One message of the assistant as it reads now, its text with the title, tables and buttons in it or not."""

    ref: str
    text: str
    edits: int = 0
    private: bool = False
    """Shown to the one who looks alone."""


Event = Any
"""A raw event of the service. It is one thing: delivered again, it is the same thing again."""


class Rig(Protocol):
    """The outside world of one channel."""

    @property
    def name(self) -> str:
        """Of the channel in our records."""
        ...

    @property
    def channel(self) -> Channel:
        """The channel under test, over the fake; `restart` makes a new one."""
        ...

    async def open(self, accept: Accept) -> None:
        """Start the fake; what is delivered from now on goes to `accept`, by the way the channel really comes in."""
        ...

    async def close(self) -> None:
        """Stop the fake."""
        ...

    def account(self, who: str) -> str:
        """What the channel calls a person, e.g. `U_RITA` for `rita`."""
        ...

    def said(
        self,
        text: str,
        *,
        by: str = "rita",
        where: Where = "private",
        thread: Event | None = None,
        addressed: bool = False,
        stranger: bool = False,
    ) -> Event:
        """Somebody writes something; `thread` is the event whose thread it goes on in. `addressed` names the bot."""
        ...

    def types_of(self, text: str, *, by: str = "rita") -> list[Event]:
        """One message in public that names the bot, as every type of event the channel delivers it as."""
        ...

    def sent_file(self, data: bytes | None, *, name: str, by: str = "rita", claims: int | None = None) -> Event:
        """Somebody sends a file in private; None as data is a page of HTML where the file should be. `claims` is the

        size that the event says it has.
        """
        ...

    def pressed(self, value: str, *, by: str = "rita", where: Where = "private", on: str | None = None) -> Event:
        """Somebody presses a button; `on` is the `ref` of the message it is on."""
        ...

    async def deliver(self, event: Event, *, forged: bool = False, old: bool = False) -> int:
        """The service delivers it; the HTTP status of the answer (200, or 401 for a forged or old one).

        A way in that has no signature (a socket, polling) need only be able to deliver by the one that has.
        """
        ...

    def seen(self, where: Where = "private", *, by: str = "rita") -> list[Seen]:
        """The assistant's messages there, oldest first, as that person sees them; in a thread or not."""
        ...

    def misbehave(self, *troubles: Trouble) -> None:
        """What goes wrong with the next calls, in order."""
        ...

    async def restart(self) -> None:
        """The process was killed: a new channel over the same fake."""
        ...
