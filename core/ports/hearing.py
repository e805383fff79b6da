"""The parts that hear customers."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from core.calls import Audio, CallRow, CallView, Corrected, Live, Opening, Received
from core.identity import Identity
from core.profiles import Brief, Profile, Setting
from core.said import Filters, Hit, Reading, Utterance
from core.trackers import Described, Spotted
from core.wording import Lang

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
