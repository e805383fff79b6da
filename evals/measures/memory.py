"""How well memory finds what was said: over invented conversations, beside plain dense and plain lexical search."""

import math
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine

from core.embedding import Vectors, encoder
from core.identity import Identity, Role
from core.settings import Settings
from core.wording import LANGS, Lang
from db.engine import open_engine, system_session
from db.migrations.run import migrate
from db.people import add_person
from db.tables import Account, Conversation, Message
from evals.measures.measured import Figure, Measured
from tools.memory.memory import Memory
from tools.memory.words import words_of

SUITES = Path(__file__).parents[1] / "suites"
START = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
K = 3
ENOUGH = 12
"""So many hits are asked for, to see the best three conversations."""

GOAL = 0.95
HONEST = 0.9
UNSEEN = "memory_unseen"
SPEAKERS = {"c": "customer", "r": "rep"}

Finder = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation; `name` is its external id."""

    name: str
    conversation: str
    account: str
    channel: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Probe:
    """A question, and the lines that answer it; none for one that nobody talked about."""

    text: str
    lang: Lang
    of: Lang | None
    answers: frozenset[str]
    held_out: bool

    @property
    def crosses(self) -> bool:
        """Whether the answer is in the other language."""
        return self.of is not None and self.of != self.lang


def run(settings: Settings) -> Measured:
    """Ask every question of a memory that holds the conversations, and compare."""
    lines, probes = load()
    with tempfile.TemporaryDirectory() as folder:
        home = settings.model_copy(update={"home": Path(folder), "database_url": None, "chroma_url": None})
        with _filled(home, lines) as (memory, asker):
            hits = {one: [hit.message for hit in memory.search(asker, one.text, k=ENOUGH)] for one in probes}
    ours = {one: names[:K] for one, names in hits.items()}
    figures = list(_figures("recall_at_3", probes, ours, GOAL))
    figures += _talks(probes, hits)
    figures += _honest(probes, ours)
    for name, plain in (("dense_alone", dense(lines)), ("lexical_alone", lexical(lines))):
        found = {one: plain(one.text) for one in probes if one.answers}
        figures += _figures(f"recall_at_3_{name}", probes, found, None)
    return Measured("memory", tuple(figures), tuple(_failures(probes, ours)))


def load() -> tuple[list[Line], list[Probe]]:
    """The conversations and the questions; nothing is tuned on those of `memory_unseen`."""
    lines: list[Line] = []
    probes: list[Probe] = []
    for name in ("memory", "memory_later", "memory_more", UNSEEN):
        held_out = name == UNSEEN
        for of in LANGS:
            for talk in _read(f"{name}_{of}"):
                said = list(_lines(talk))
                lines += said
                probes += (_probe(talk["ask"][lang], said, lang, of, held_out=held_out) for lang in LANGS)
        nothing: dict[Lang, list[str]] = _read(f"{name}_nothing")
        for lang in LANGS:
            probes += (Probe(question, lang, None, frozenset(), held_out) for question in nothing[lang])
    return lines, probes


def _probe(asked: tuple[str, int | list[int]], said: Sequence[Line], lang: Lang, of: Lang, *, held_out: bool) -> Probe:
    question, answers = asked
    wanted = answers if isinstance(answers, list) else [answers]
    return Probe(question, lang, of, frozenset(said[number - 1].name for number in wanted), held_out)


def _read(name: str) -> Any:
    return yaml.load((SUITES / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)


def _lines(talk: dict[str, Any]) -> Iterator[Line]:
    spoken = [line.strip() for line in talk["said"].splitlines() if line.strip()]
    for number, line in enumerate(spoken, start=1):
        speaker, _, text = line.partition(":")
        name = f"{talk['id']}.{number}"
        yield Line(name, talk["id"], talk["account"], talk["channel"], SPEAKERS[speaker], text.strip())


@contextmanager
def _filled(settings: Settings, lines: Sequence[Line]) -> Iterator[tuple[Memory, Identity]]:
    migrate(settings.database)
    engine = open_engine(settings.database)
    try:
        asker = _write(engine, lines)
        memory = Memory(settings, engine)
        try:
            memory.catch_up()
            yield memory, asker
        finally:
            memory.close()
    finally:
        engine.dispose()


def _write(engine: Engine, lines: Sequence[Line]) -> Identity:
    with system_session(engine) as session:
        asker = add_person(session, "Dora", role=Role.DIRECTOR, region=None, manager=None, now=START)
        talks: dict[str, Conversation] = {}
        for number, line in enumerate(lines):
            mark = {"source": "eval", "custom": {}, "loaded_at": START}
            at = START + timedelta(minutes=number)
            if line.conversation not in talks:
                account = Account(external_id=line.account, name=line.account, **mark)
                session.add(account)
                session.flush()
                talk = Conversation(
                    external_id=line.conversation, channel=line.channel, account_id=account.id, started_at=at, **mark
                )
                session.add(talk)
                session.flush()
                talks[line.conversation] = talk
            talk_id = talks[line.conversation].id
            said = {"speaker": line.speaker, "text": line.text, "at": at}
            session.add(Message(external_id=line.name, conversation_id=talk_id, **said, **mark))
    return asker


def _figures(name: str, probes: Sequence[Probe], found: dict[Probe, list[str]], goal: float | None) -> Iterator[Figure]:
    asked = [probe for probe in probes if probe.answers]
    parts: list[tuple[str, list[Probe], Lang | None]] = [
        (name, asked, None),
        (f"{name}_tuned", [probe for probe in asked if not probe.held_out], None),
        (f"{name}_unseen", [probe for probe in asked if probe.held_out], None),
        (f"{name}_unseen_across_languages", [probe for probe in asked if probe.held_out and probe.crosses], None),
        (f"{name}_across_languages", [probe for probe in asked if probe.crosses], None),
        *((f"{name}_{lang}", [probe for probe in asked if probe.lang == lang], lang) for lang in LANGS),
        *(
            (f"{name}_across_{lang}", [one for one in asked if one.crosses and one.lang == lang], lang)
            for lang in LANGS
        ),
    ]
    for part, those, lang in parts:
        right = sum(bool(probe.answers & set(found[probe])) for probe in those)
        yield Figure(part, right / len(those), goal, len(those), lang)


def _talks(probes: Sequence[Probe], found: dict[Probe, list[str]]) -> Iterator[Figure]:
    """How often one of the best three conversations is that of the answer, whichever of its lines is found."""
    asked = [probe for probe in probes if probe.answers]
    for name, those in (
        ("conversation_at_3", asked),
        ("conversation_at_3_tuned", [probe for probe in asked if not probe.held_out]),
        ("conversation_at_3_unseen", [probe for probe in asked if probe.held_out]),
        ("conversation_at_3_across_languages", [probe for probe in asked if probe.crosses]),
    ):
        right = sum(bool({*_talks_of(probe.answers)} & {*_talks_of(found[probe])[:K]}) for probe in those)
        yield Figure(name, right / len(those), None, len(those), None)


def _talks_of(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name.rpartition(".")[0] for name in names))


def _honest(probes: Sequence[Probe], found: dict[Probe, list[str]]) -> Iterator[Figure]:
    nothing = [probe for probe in probes if not probe.answers]
    for name, those, lang in (
        ("honest_nothing", nothing, None),
        ("honest_nothing_tuned", [probe for probe in nothing if not probe.held_out], None),
        ("honest_nothing_unseen", [probe for probe in nothing if probe.held_out], None),
        *((f"honest_nothing_{lang}", [probe for probe in nothing if probe.lang == lang], lang) for lang in LANGS),
    ):
        yield Figure(name, sum(not found[probe] for probe in those) / len(those), HONEST, len(those), lang)


def _failures(probes: Sequence[Probe], found: dict[Probe, list[str]]) -> Iterator[str]:
    for probe in probes:
        if probe.held_out:
            # Who looked at these would tune on them.
            continue
        names = found[probe]
        if (probe.answers and not probe.answers & set(names)) or (not probe.answers and names):
            yield f"{probe.text} → {', '.join(names)} ({', '.join(sorted(probe.answers))})"


def dense(lines: Sequence[Line]) -> Finder:
    """Chroma as it is: the question's vector against every line's."""
    import chromadb  # noqa: PLC0415 (heavy)

    client = chromadb.EphemeralClient()
    options: dict[str, Any] = {"embedding_function": None, "configuration": {"hnsw": {"space": "cosine"}}}
    said = client.get_or_create_collection("plain", **options)
    vectors: Vectors = encoder().encode([line.text for line in lines])
    said.upsert(ids=[line.name for line in lines], embeddings=vectors)

    def find(question: str) -> list[str]:
        found = said.query(query_embeddings=encoder().encode([question]), n_results=K, include=[])
        return list(found["ids"][0])

    return find


def lexical(lines: Sequence[Line]) -> Finder:
    """BM25 over the same words that memory looks for, without the glossary."""
    texts = [Counter(words_of(line.text)) for line in lines]
    usual = sum(map(len, texts)) / len(texts)
    said_in = Counter(word for text in texts for word in text)

    def points(text: Counter[str], words: Sequence[str]) -> float:
        total = 0.0
        for word in words:
            if word in text:
                rare = math.log(1 + (len(texts) - said_in[word] + 0.5) / (said_in[word] + 0.5))
                total += rare * 2.2 / (1 + 1.2 * (0.25 + 0.75 * len(text) / usual))
        return total

    def find(question: str) -> list[str]:
        words = words_of(question)
        ranked = sorted(range(len(lines)), key=lambda place: -points(texts[place], words))
        return [lines[place].name for place in ranked[:K]]

    return find
