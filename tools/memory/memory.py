"""Memory: everything said by customers and to them, found by meaning and by words, within what the asker may see."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest

import numpy as np
import structlog
from sqlalchemy import Engine

from core.embedding import Vectors
from core.identity import Identity
from core.ports import ANYTHING
from core.said import Filters, Hit
from core.settings import Settings
from db.recall import Candidate, Recall, Said, Seen, recall
from tools.memory import meaning
from tools.memory.indexer import Indexer, State
from tools.memory.keeper import Keeper
from tools.memory.likeness import likeness
from tools.memory.meaning import nearness
from tools.memory.question import Question, glossary, read
from tools.memory.ranking import Scored, judge, settled, ways_of, weight_of
from tools.memory.vectors import ChromaAway, unpack
from tools.memory.words import keep_dictionary, segmenter

Nearest = Callable[[Vectors, int], list[int]]
LONGEST_QUERY = 1000
LITTLE = 64
MORE = 20
WARM = "?"
log = structlog.get_logger("memory")


@dataclass(frozen=True, slots=True)
class Limits:
    """How a question is looked for. Up to `few` messages are judged one by one; up to `exact`, and where the store of

    vectors leaves fewer than `enough`, vectors are compared one by one; `nearest` of them are judged.
    """

    few: int = 1000
    exact: int = 15_000
    nearest: int = 100
    overfetch: int = 1000
    enough: int = 30


USUAL = Limits()


class Memory:
    """Finds what was said, and keeps its indexes up with the messages from a thread of its own."""

    def __init__(self, settings: Settings, engine: Engine, limits: Limits = USUAL) -> None:
        self._engine = engine
        self._limits = limits
        self._indexer = Indexer(settings, engine)
        self._keeper = Keeper(self)
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="memory")
        keep_dictionary(settings.var / "cache")

    def start(self) -> None:
        """Index what comes in the background from now on; again does nothing."""
        self._keeper.start()

    def search(self, identity: Identity, query: str, *, filters: Filters = ANYTHING, k: int = 10) -> list[Hit]:
        """The best hits first; empty when nothing said answers the query."""
        question = read(query[:LONGEST_QUERY])
        if not question.units or k < 1:
            return []
        # Beside what the database has to do; neither needs the other until the end.
        sought = self._threads.submit(meaning.seek, question.text)
        if self._indexer.waiting():
            self._indexer.index(LITTLE)
        reached = self._reached()
        with recall(self._engine, identity, filters) as look:
            best = Search(look, question, sought, self._limits).best(self._indexer.store.nearest, reached)[: k + MORE]
            return settled(look.hits({one.message_id: one.score for one in best}), k) if best else []

    def catch_up(self) -> int:
        """Index whatever waits; how many messages that were."""
        return self._indexer.catch_up()

    def tick(self) -> int:
        """Do some of what waits; how much that was."""
        return self._indexer.tick()

    def deepen(self) -> int:
        """Do some of what only makes searches better; how much that was."""
        return self._indexer.deepen_in_turn()

    def heal(self) -> int:
        """Queue whatever is not kept as it should be; how many messages that are."""
        return self._indexer.heal()

    def repair(self) -> State:
        """Rebuild from the messages whatever is missing or wrong; how it stands afterwards."""
        return self._indexer.repair()

    def state(self) -> State:
        """How memory stands."""
        return self._indexer.state()

    def forget(self, message_ids: Sequence[int]) -> None:
        """Take these messages out of every index, and their words out of the file of words."""
        self._indexer.forget(message_ids)
        likeness().forget()

    def warm(self) -> None:
        """Load what the first search would wait for."""
        segmenter()
        glossary()
        vector = meaning.of_question(WARM)
        if self._indexer.store.open():
            # Its first answer takes seconds: it reads its whole index.
            self._indexer.store.nearest(vector[None], 1)

    def _reached(self) -> int:
        """How far the store of vectors can be relied on; where it is away, the records answer alone."""
        try:
            self._indexer.store.open()
        except ChromaAway:
            log.warning("vectors.away", exc_info=True)
            return 0
        return self._indexer.reached()

    def close(self) -> None:
        """Stop, and let another process own the vectors."""
        self._keeper.stop()
        self._threads.shutdown()
        self._indexer.store.close()


class Search:
    """One question over one look at memory."""

    def __init__(self, look: Recall, question: Question, sought: "Future[Vectors]", limits: Limits) -> None:
        self._look = look
        self._question = question
        self._sought = sought
        self._limits = limits

    @cached_property
    def _vector(self) -> Vectors:
        return meaning.of_question(self._question.text, self._sought.result)

    def best(self, nearest: Nearest, reached: int) -> list[Scored]:
        """The messages that answer, best first. `nearest` asks the store, which has the vectors up to `reached`."""
        likeness().learn([self._question.text])  # while the seeker reads the question
        count = self._look.count(self._limits.exact + 1)
        if count <= self._limits.few:
            candidates = self._look.candidates()
            return judge(self._question, candidates, lambda: self._vector, None, count)
        exact = count <= self._limits.exact
        said = self._look.saying(ways_of(self._question))
        total = count if exact else self._look.head()
        saying = self._telling(said, total)
        near = self._compared([self._look.vectors()]) if exact else self._near(nearest, reached)
        candidates = self._look.candidates(near, saying)
        if not exact and not self._look.everything and self._too_few(candidates, near):
            near = self._compared(self._look.vectors_after(0))
            candidates = self._look.candidates(near, saying)
        return judge(self._question, candidates, lambda: self._vector, [one.count for one in said], total)

    def _near(self, nearest: Nearest, reached: int) -> list[int]:
        """What the store finds, and what it does not have yet."""
        count = self._limits.nearest if self._look.everything else self._limits.overfetch
        found = nearest(self._vector[None], count)
        return [*found, *self._compared(self._look.vectors_after(reached if found else 0))]

    def _too_few(self, candidates: Sequence[Candidate], near: Sequence[int]) -> bool:
        return len({one.message_id for one in candidates}.intersection(near)) < self._limits.enough

    def _compared(self, pages: Iterable[list[Seen]]) -> list[int]:
        """The nearest by comparing every vector."""
        ids: list[int] = []
        scores: list[float] = []
        for page in pages:
            if not page:
                continue
            near = nearness(unpack([seen.vector for seen in page]), self._vector[None])[:, 0]
            top = np.argsort(-near)[: self._limits.nearest]
            ids += [page[place].message_id for place in top]
            scores += [float(near[place]) for place in top]
        return [ids[place] for place in np.argsort(-np.array(scores))[: self._limits.nearest]]

    def _telling(self, said: Sequence[Said], total: int) -> list[int]:
        """The messages, by their revs, that say the most telling of what is sought."""
        points: dict[int, float] = {}
        for one in said:
            weight = weight_of(one.count, total)
            for rev in one.revs:
                points[rev] = points.get(rev, 0.0) + weight
        return nlargest(self._limits.nearest, points, key=lambda rev: (points[rev], rev))


def open_memory(settings: Settings, engine: Engine) -> Memory:
    """The memory of one database; it keeps up with the messages by itself until it is closed."""
    memory = Memory(settings, engine)
    memory.start()
    return memory
