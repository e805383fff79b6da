"""What every channel does, in words; the port itself is `core.ports.Channel`.

In: verify what came (`BadSignature`), turn it into an `Arrived`, give it to `accept`, and only then acknowledge. The
`key` of an arrival is the same for the same thing in every delivery and every type of delivery, and differs for
everything else. `thread` is where the answer belongs: where a channel answers a message of its own accord in a new
thread, the thread is that message. `addressed` and `stranger` are only said where the channel is sure; one that can
ask who somebody is offers `core.ports.Directory`. What was spoken to the assistant by name comes without that name.
What others say to each other is given to `accept` too, as `talk` where it can't be meant for the assistant: there it
is dropped, unless the place is a customer's room. One that is told of much talk offers `core.ports.Choosy`, and hands
over only what is wanted.

Out: `post` sends a message that was never sent, `edit` changes one that was. Both put a `Content` into the dialect and
within the limits of the channel; a long one is several messages with one reference. `only_for` is shown to that
account alone, in the place where the channel can do that and in direct messages where it can't: never to everybody.
`busy` content may be shown as the channel shows that somebody is writing. `find` says whether a message was sent after
all, by the key of `Outgoing`; a channel that can't find out says what it believes.

A channel that is away or has had enough raises `ChannelBusy` (with the seconds it asked for, or None when it may have
sent the message after all), one that will never take a message `ChannelRefused` with a `reason`. A file is fetched
with `fetch`, which refuses what is larger than `most` (`FileTooLarge`) or not the file (`NotTheFile`).

A new channel: one folder beside this file, one line in `connectors.channels`, one rig for the contract suite in
`tests/connectors/contract`. `connectors.memory` is the smallest example.
"""

from dataclasses import dataclass

BUTTON_BYTES = 64
"""The longest value of a button that every channel can carry."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, all of them, and how many at once."""

    busy_after: float = 0.4
    """Without an answer, after which progress is shown."""
    lease: float = 20.0
    """Without a sign of life, after which what a worker took goes to others."""
    beat: float = 1.0
    """Between two signs of life, and two looks for a stop that was asked for elsewhere."""
    poll: float = 0.5
    """Between two looks for what arrived or is due by way of other processes."""
    retry: float = 1.0
    """Before a turn that failed is tried again."""
    rooms: float = 2.0
    """Between two looks for which places are customers', as other processes may have set."""
    watch: float = 1.5
    """Between two looks at a call that is being heard."""
    send: float = 60.0
    """The longest a message may take to be sent."""
    backoff: float = 1.0
    """Before a message is tried again; doubled each time."""
    longest_backoff: float = 300.0
    at_once: int = 8
    """Turns, and messages, worked on together in one process."""


TRIES = 3
"""Of a turn, before it is said that it failed."""

NOTICE_TRIES = 8
"""Of a notice, before the person is told another way: some four minutes."""

MOST_TRIES = 300
"""Of any other message: about a day."""
