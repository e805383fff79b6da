"""What channels and routes are handed: the assistant, and the parts that hear customers."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, runtime_checkable

from core.calls import Audio, CallRow, CallView, Corrected, Live, Opening, Received
from core.channels import Answered, Arrived, Attachment, Called, Content, Outgoing
from core.escalations import EscalationView, Opened, Outcome, Precision, State, Wanted
from core.identity import Identity
from core.profiles import Brief, Profile, Setting
from core.reply import Reply
from core.said import Filters, Hit, Reading, Utterance
from core.stream import Event
from core.trackers import Described, Spotted
from core.wording import Lang


class Assistant(Protocol):
    """Takes turns for signed-in people."""

    async def turn(
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = "console",
    ) -> Reply:
        """One whole turn. `channel` is where the asker says it: a yes to a proposal is recorded with it."""
        ...

    def stream(
        self,
        identity: Identity,
        message: str,
        *,
        thread_id: str | None = None,
        lang: Lang | None = None,
        channel: str = "console",
    ) -> AsyncIterator[Event]:
        """The same turn as it happens; the last event is the reply."""
        ...

    async def stop(self, identity: Identity, thread_id: str) -> bool:
        """Stop the asker's turn that runs in the thread; whether one did. The thread shows that it was stopped."""
        ...


OpenAssistant = Callable[[], AbstractAsyncContextManager[Assistant]]
Labels = Callable[[Lang], Mapping[str, str]]
"""What the columns of tables are called, by canonical name."""


ANYTHING = Filters()


class Signals(Protocol):
    """Reads utterances for signals; nothing is stored."""

    def detect(self, utterances: Sequence[Utterance]) -> list[Reading]:
        """A reading for each utterance, in order."""
        ...

    def spot(self, described: Described, utterances: Sequence[Utterance]) -> list[Spotted | None]:
        """Where each utterance carries a signal that someone described."""
        ...

    def retrain(self) -> Mapping[str, Any]:
        """Learn from the labels as they are now; how that went."""
        ...


class Memory(Protocol):
    """Finds what was said, within what the asker may see."""

    def search(self, identity: Identity, query: str, *, filters: Filters = ANYTHING, k: int = 10) -> list[Hit]:
        """The best hits first; empty when nothing said answers the query."""
        ...


class Jobs(Protocol):
    """Work that survives a kill. Keys are for good: a key that was enqueued once is not done again."""

    def enqueue(self, name: str, key: str, payload: Mapping[str, Any]) -> None:
        """Have the workflow `name` done once under `key`; `payload` holds JSON values."""
        ...

    def settled(self, key: str, seconds: float) -> bool:
        """Wait up to `seconds` for the work under `key` to end; whether it did."""
        ...


class LiveCalls(Protocol):
    """Takes the sound of calls that run, and tells what is heard in it."""

    detect: Callable[[Sequence[Utterance]], list[Reading]] | None

    def start(self, identity: Identity, opening: Opening) -> Live:
        """A new call that runs."""
        ...

    def view(self, identity: Identity, live_id: str) -> Live:
        """A call as far as it was heard."""
        ...

    def mine(self, identity: Identity, live_id: str) -> Live:
        """A call that the asker sends."""
        ...

    def add(self, identity: Identity, live_id: str, number: int, piece: bytes) -> int:
        """Keep a piece of sound; the number of the next."""
        ...

    def watch(self, live_id: str, tell: Callable[[Mapping[str, Any]], None]) -> Callable[[], None]:
        """Have `tell` told what is heard; what is given back ends that."""
        ...

    def end(self, identity: Identity, live_id: str) -> Received | None:
        """The call is over and a recording like any other; None if nothing was ever sent."""
        ...


class Calls(Protocol):
    """Takes recordings in and hands their words out, within what the asker may see."""

    def receive(
        self,
        identity: Identity | None,
        file: Path | BinaryIO,
        filename: str,
        *,
        account: str | int | None = None,
        channel_speakers: Sequence[str] | None = None,
    ) -> Received:
        """Keep a recording; the same content is the same call. `identity` is None for whoever runs the product."""
        ...

    def calls(
        self, identity: Identity, *, account: int | None = None, after: int | None = None, limit: int = 20
    ) -> list[CallRow]:
        """The asker's calls, the latest first; one more than `limit` if there are more."""
        ...

    def call(self, identity: Identity, call_id: str) -> CallView:
        """One call as it stands."""
        ...

    def audio(self, identity: Identity, call_id: str) -> Audio:
        """The recording itself."""
        ...

    def correct(
        self, identity: Identity, call_id: str, message: str, *, speaker: str | None = None, text: str | None = None
    ) -> Corrected:
        """Correct who said a segment, or what."""
        ...

    def set_speakers(self, identity: Identity, call_id: str, speakers: Sequence[str]) -> Corrected:
        """Say who is on each channel."""
        ...

    def erase_audio(self, identity: Identity, call_id: str) -> None:
        """Remove the recording; what was said in it stays."""
        ...

    @property
    def live(self) -> LiveCalls:
        """Where calls that run are heard; made when first asked for: not on the loop."""
        ...


class Profiles(Protocol):
    """What we believe of accounts, within what the asker may see."""

    def profile(self, identity: Identity, account_id: int, lang: Lang) -> Profile:
        """Stage, health, value and facts of one account."""
        ...

    def brief(self, identity: Identity, account_id: int, lang: Lang) -> Brief:
        """One screen for a visit."""
        ...

    def correct(self, identity: Identity, account_id: int, setting: Setting) -> int:
        """Keep a person's word on a fact; its id."""
        ...


class Escalations(Protocol):
    """Gets the right person to step in, once and on time. `channel` says through which channel the asker acts."""

    def open(self, identity: Identity, wanted: Wanted, *, channel: str) -> Opened:
        """Open one at the asker's own word, or merge it into the open one of that cause and account."""
        ...

    def propose(self, identity: Identity, wanted: Wanted, *, thread_id: str | None) -> EscalationView:
        """Keep one that takes effect only when the asker confirms it; shows whom it would ask and when."""
        ...

    def propose_change(
        self, identity: Identity, escalation_id: str, verb: str, *, thread_id: str | None, **details: Any
    ) -> EscalationView:
        """The same for a change of an open one: accept, snooze, handover, resolve or cancel."""
        ...

    def decide(
        self, identity: Identity, proposal_id: str, *, confirmed: bool, channel: str, lang: Lang
    ) -> EscalationView:
        """The asker's word on what was proposed; saying it again changes nothing."""
        ...

    def waiting(self, identity: Identity, thread_id: str) -> EscalationView | None:
        """What the asker was last asked to confirm in this thread, if it still waits."""
        ...

    def accept(self, identity: Identity, escalation_id: str, *, channel: str) -> EscalationView:
        """The asker steps in."""
        ...

    def snooze(self, identity: Identity, escalation_id: str, until: datetime, *, channel: str) -> EscalationView:
        """Ask again at `until`."""
        ...

    def hand_over(
        self, identity: Identity, escalation_id: str, person_id: int, *, channel: str, note: str | None = None
    ) -> EscalationView:
        """Another person is to step in instead."""
        ...

    def resolve(
        self, identity: Identity, escalation_id: str, outcome: Outcome, *, channel: str, note: str | None = None
    ) -> EscalationView:
        """It is over; whether it was useful, and what happened."""
        ...

    def cancel(self, identity: Identity, escalation_id: str, *, channel: str) -> EscalationView:
        """It is not needed any more; nobody is asked again."""
        ...

    def view(self, identity: Identity, escalation_id: str) -> EscalationView:
        """One escalation or proposal that the asker may see."""
        ...

    def listed(
        self,
        identity: Identity,
        *,
        states: Sequence[State] | None = None,
        account_id: int | None = None,
        mine: bool = False,
        after: int | None = None,
        limit: int = 50,
    ) -> list[EscalationView]:
        """Those the asker may see, the next due first among the open ones; one more than `limit` if there are more.

        `mine` are those the asker is asked in, asked for, or owns the account of.
        """
        ...

    def precision(self, identity: Identity) -> list[Precision]:
        """How often each trigger was right, over what the asker may see."""
        ...

    def calendar(self, identity: Identity, escalation_id: str) -> str:
        """The appointment as an iCalendar file; NotFound without one."""
        ...


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
class Directory(Protocol):
    """A channel that can tell who its accounts belong to. Both may wait for the channel, and raise ChannelBusy."""

    async def stranger(self, account: str) -> bool:
        """Whether the account is a guest's, another firm's or a program's: never one to be given data."""
        ...

    async def email(self, account: str) -> str | None:
        """The work address that the channel verified for one of the company's own members; None for all others."""
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


class Workbench(Protocol):
    """The parts that hear customers; each is made when first asked for, which may take seconds: not on the loop."""

    @property
    def signals(self) -> Signals:
        """Reads utterances for signals."""
        ...

    @property
    def memory(self) -> Memory:
        """Finds what was said."""
        ...

    @property
    def calls(self) -> Calls:
        """Takes recordings in."""
        ...

    @property
    def profiles(self) -> Profiles:
        """What we believe of accounts."""
        ...

    @property
    def escalations(self) -> Escalations:
        """Gets the right person to step in."""
        ...

    def close(self) -> None:
        """Close what was opened."""
        ...


OpenJobs = Callable[[], AbstractContextManager[Jobs]]
OpenReception = Callable[[Assistant, Jobs], AbstractAsyncContextManager[Reception]]
