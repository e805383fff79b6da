"""A language model's second opinion. It can only quote what is there; when it fails, nothing changes."""

import json
import re
from collections.abc import Sequence
from time import monotonic
from typing import Any

import structlog
from langchain_core.exceptions import ModelError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, SecretStr, ValidationError

from core.language import detect
from core.said import KINDS, Attitude, Feeling, Found, Reading, Utterance
from core.settings import Settings
from prompts import load

AT_ONCE = 8
MOST_CHARACTERS = 2000
ADDED, DOUBTED = 0.6, 0.5
"""How sure a signal is that only the language model found; and below what its silence strikes one that we found."""
REST_SECONDS = 60.0
"""How long it is not asked after it failed."""
OBJECT = re.compile(r"\{.*\}", re.DOTALL)
log = structlog.get_logger("signals")


class Said(BaseModel):
    """One signal as the model tells it."""

    kind: str
    quote: str


class Line(BaseModel):
    """What the model says of one line."""

    n: int
    signals: list[Said] = []
    sentiment: Attitude = "neutral"


class Lines(BaseModel):
    """The whole answer."""

    lines: list[Line]


class Opinion:
    """Asks the model about customers' lines, a few at once."""

    def __init__(self, model: BaseChatModel) -> None:
        self._model = model
        self._rest_until = 0.0

    def find(self, texts: Sequence[Utterance], readings: Sequence[Reading]) -> list[Reading]:
        """The readings merged with the model's; as they were where it gave no answer that could be used."""
        merged = list(readings)
        asked = [at for at, said in enumerate(texts) if said.speaker != "rep" and said.text.strip()]
        for first in range(0, len(asked), AT_ONCE):
            some = asked[first : first + AT_ONCE]
            for at, line in zip(some, self._ask([texts[at] for at in some]), strict=True):
                if line is not None:
                    merged[at] = merge(texts[at].text, readings[at], line)
        return merged

    def _ask(self, texts: Sequence[Utterance]) -> list[Line | None]:
        if monotonic() < self._rest_until:
            return [None] * len(texts)
        lang = detect(" ".join(said.text for said in texts))
        lines = [{"n": n, "line": said.text[:MOST_CHARACTERS]} for n, said in enumerate(texts, 1)]
        try:
            answer = self._model.invoke(
                [SystemMessage(load("signals", lang).render()), HumanMessage(json.dumps(lines, ensure_ascii=False))]
            )
            told = _read(str(answer.text))
        except (ModelError, TimeoutError, ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.info("signals.opinion", error=type(error).__name__)
            self._rest_until = monotonic() + REST_SECONDS
            return [None] * len(texts)
        return [told.get(n) for n in range(1, len(texts) + 1)]


def open_opinion(settings: Settings) -> Opinion | None:
    """The opinion of the configured model; None for the built-in one alone."""
    kind, _, name = settings.model.partition(":")
    if kind != "openai" or not name:
        return None
    options: dict[str, Any] = {"temperature": 0} if settings.openai_base_url else {}
    key = settings.openai_api_key or SecretStr("none")
    seconds = settings.model_timeout_seconds
    return Opinion(
        ChatOpenAI(
            model=name, base_url=settings.openai_base_url, api_key=key, max_retries=0, timeout=seconds, **options
        )
    )


def merge(text: str, ours: Reading, line: Line) -> Reading:
    """What both found stays; what one alone found stays if it can be quoted, or we were sure of it."""
    theirs = {said.kind: said.quote for said in line.signals if said.kind in KINDS and _quotable(said.quote, text)}
    kept = [one for one in ours.signals if one.method == "tracker" or one.kind in theirs or one.confidence >= DOUBTED]
    known = {one.kind for one in kept}
    for kind, quote in theirs.items():
        if kind not in known:
            start = text.index(quote.strip())
            kept.append(Found(kind, quote.strip(), start, start + len(quote.strip()), ADDED, "llm"))
    feeling = ours.sentiment
    if feeling.label == "neutral" and line.sentiment != "neutral":
        feeling = Feeling(line.sentiment, 0.5 if line.sentiment == "positive" else -0.5)
    return Reading(tuple(kept), feeling)


def _quotable(quote: str, text: str) -> bool:
    return bool(quote.strip()) and quote.strip() in text


def _read(answer: str) -> dict[int, Line]:
    """The answer's lines by number; small models put it in a code fence, or words around it."""
    found = OBJECT.search(answer)
    if not found:
        raise ValueError("no object")
    return {line.n: line for line in Lines.model_validate_json(found.group()).lines}
