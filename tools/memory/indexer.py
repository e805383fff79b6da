"""Keeping the indexes true to the messages: words and vectors in the records, and the vectors again in Chroma."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Engine

from core.embedding import seeker
from core.settings import Settings
from db.memory import Entry, Heard, Ledger
from db.migrations.words import make_words, words_are_there
from tools.memory import meaning, words
from tools.memory.likeness import likeness
from tools.memory.ranking import FIELD, SHORT
from tools.memory.vectors import Store, fits, pack
from tools.memory.words import words_of

VERSION = f"{meaning.VERSION}/{words.VERSION}/2"
QUICKLY = f"{VERSION}/quickly"
"""What is kept at once; its vector is made whole when nothing else is to be done."""

BATCH = 64
DEEP = 64
STEP = 1000
STEPS_A_TICK = 4
LONGEST = 4000
"""Characters of a message that its vector and words are made of."""

ANSWERED = 300
"""Characters of what a short answer answers."""


@dataclass(frozen=True, slots=True)
class State:
    """How memory stands; `vectors` is None where another process owns them, which are `behind` by so many changes."""

    waiting: int
    missing: int
    kept: int
    words: bool
    behind: int
    vectors: int | None

    @property
    def well(self) -> bool:
        """Whether nothing has to be repaired; what waits is indexed by itself."""
        vectors = self.waiting > 0 or self.behind > 0 or self.vectors in (None, self.kept)
        return self.words and self.missing == 0 and vectors


class Indexer:
    """Indexes over one database and one store of vectors; every step may be killed and is done again."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.store = Store(settings, VERSION)
        self._engine = engine
        self._ledger = Ledger(engine, VERSION)
        self._indexing = Lock()
        self._syncing = Lock()

    def waiting(self) -> bool:
        """Whether anything waits to be indexed."""
        return self._ledger.waiting()

    def index(self, limit: int = BATCH, *, whole: bool = False) -> int:
        """Index the latest changes, quickly unless `whole`; how many messages that were."""
        with self._indexing:
            batch = self._ledger.batch(limit)
            if not batch.queued:
                return 0
            self._ledger.keep(entries_of(batch.heard, whole=whole), batch.gone, batch.queued)
            return len(batch.heard) + len(batch.gone)

    def deepen(self, limit: int = DEEP) -> int:
        """Make the latest vectors whole that are not, or of another version; how many messages that were."""
        if not seeker().usable:
            return 0
        batch = self._ledger.older(limit)
        if batch.gone:
            self._ledger.keep((), batch.gone)
        # Nothing waits for this: what changes meanwhile is left to its own turn.
        self._ledger.renew(entries_of(batch.heard, whole=True), batch.hashes)
        return len(batch.heard) + len(batch.gone)

    def catch_up(self) -> int:
        """Index whatever waits; how many messages that were."""
        done = 0
        while changed := self.index(whole=seeker().usable) or self.deepen():
            done += changed
        self.sync()
        return done

    def tick(self) -> int:
        """Do some of what waits, unless another process does it; how much that was."""
        waiting = self._ledger.waiting()
        if not waiting and self.store.name is None:
            return 0
        done = 0
        if waiting:
            with self._turn() as mine:
                done = self.index() if mine else 0
        return done + self.sync(STEPS_A_TICK)

    def deepen_in_turn(self) -> int:
        """Do some of what `deepen` has to, unless another process does it; how many messages that were."""
        with self._turn() as mine:
            return self.deepen() if mine else 0

    def sync(self, most: int | None = None) -> int:
        """Bring the store of vectors up to what is kept, `most` steps of it; nothing where another process owns it."""
        done = 0
        with self._syncing:
            if self._ledger.head() == 0 or not self.store.open():
                return 0
            while most is None or done < most:
                with self._turn() as mine:
                    if not mine or not self._step():
                        return done
                done += 1
        return done

    def reached(self) -> int:
        """How far the store has come: what is newer is only in the records."""
        name = self.store.name
        return self._ledger.reached(name) if name else 0

    def heal(self) -> int:
        """Queue whatever is not kept as it should be; how many messages that are."""
        if not words_are_there(self._engine):
            make_words(self._engine)
        return self._ledger.queue_missing()

    def repair(self) -> State:
        """Rebuild from the messages whatever is missing or wrong; how it stands afterwards."""
        make_words(self._engine)
        self._ledger.queue_missing()
        self._ledger.queue(list(self._altered()))
        self.catch_up()
        if not self.store.open():
            self._ledger.start_over()
        elif self.store.ids() != self._ledger.kept_ids():
            self.store.clear()
            self.sync()
        return self.state()

    def state(self) -> State:
        """How memory stands."""
        opened = self.store.open()
        return State(
            waiting=self._ledger.backlog() + (self._ledger.count_older() if seeker().usable else 0),
            missing=self._ledger.missing(),
            kept=self._ledger.kept(),
            words=words_are_there(self._engine, thoroughly=True),
            behind=self._ledger.changed(self.reached()) if opened else 0,
            vectors=self.store.count() if opened else None,
        )

    def forget(self, message_ids: Sequence[int]) -> None:
        """Take these messages out of every index."""
        with self._indexing:
            self._ledger.forget(list(message_ids))
        self.sync()

    def _step(self) -> bool:
        name = self.store.name
        assert name
        changes = self._ledger.changes(self._ledger.reached(name), STEP)
        if not changes:
            return False
        there = [(one.message_id, one.vector) for one in changes if one.vector is not None and fits(one.vector)]
        self.store.remove([change.message_id for change in changes if change.vector is None])
        self.store.put([message for message, _ in there], [vector for _, vector in there])
        self._ledger.reach(name, changes[-1].rev)
        return True

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Whether this process may index and write to the store now: one process at a time."""
        if not self.store.shared:
            yield self.store.open()
            return
        with self._ledger.turn() as mine:
            yield mine

    def _altered(self) -> Iterator[int]:
        """Messages whose text is another than the one that was indexed."""
        last = 0
        while page := self._ledger.heard_after(last, STEP):
            yield from (one.message_id for one, kept in page if kept != hash_of(one))
            last = page[-1][0].message_id


def entries_of(heard: Sequence[Heard], *, whole: bool) -> list[Entry]:
    """What is kept of these messages; unless `whole`, what is quickly made."""
    if not heard:
        return []
    texts = [one.text[:LONGEST] for one in heard]
    likeness().learn(texts)
    vectors = meaning.of_messages([meant_by(one) for one in heard], whole=whole)
    version = VERSION if whole else QUICKLY
    return [
        Entry(one.message_id, one.conversation_id, one.at, fields_of(one), vector, hash_of(one), version)
        for one, vector in zip(heard, pack(vectors), strict=True)
    ]


def meant_by(heard: Heard) -> str:
    """The text whose meaning a message has: an answer in a few words means something only after what it answers."""
    text = heard.text[:LONGEST]
    if not heard.before or len(words_of(text)) > SHORT:
        return text
    return heard.before.rsplit("\n", 1)[-1][-ANSWERED:] + "\n" + text


def fields_of(heard: Heard) -> str:
    """The words of a message, of its conversation's names, and of the lines before it."""
    parts = (heard.text[:LONGEST], heard.names, heard.before[:LONGEST])
    return f" {FIELD} ".join(" ".join(words_of(part)) for part in parts).replace("  ", " ").strip()


def hash_of(heard: Heard) -> str:
    """What changes when any of the text that is indexed does."""
    said = "\x1f".join((heard.text, heard.names, heard.before))
    return hashlib.sha256(said.encode()).hexdigest()[:32]
