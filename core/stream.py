"""What a turn says while it happens; every channel that can stream shows it in its own way."""

from core.reply import Reply, Value


class Progress(Value):
    """What the turn is doing now, in the asker's language."""

    text: str


class Delta(Value):
    """The next piece of the reply's text; `restart` takes back every piece before it."""

    text: str
    restart: bool = False


Event = Progress | Delta | Reply
"""Any number of the first two, then one reply."""
