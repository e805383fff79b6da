"""Which intent a message has: by cues first, by the nearest example where no cue decides."""

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

from rapidfuzz import fuzz, process

from core.embedding import Vectors, encoder
from core.reply import Status
from prompts import data
from tools.escalations.cues import unquoted

When = Literal["first", "after"]
FUZZY_AT_LEAST = 85.0
RECORDS = "records"
NOTHING = "not_about_records"


class Match(NamedTuple):
    """An intent, and what it is about where a cue says so."""

    intent: "Intent"
    name: str = ""


@dataclass(frozen=True)
class Intent:
    """One thing a message may want, other than an answer from the records."""

    name: str
    when: When
    tool: str | None
    status: Status
    whole: tuple[re.Pattern[str], ...]
    part: tuple[re.Pattern[str], ...]
    examples: tuple[str, ...]
    whole_question: bool = False
    unquoted: bool = False

    def match(self, text: str) -> Match | None:
        """The match of a bare message against the cues."""
        if any(cue.fullmatch(text) for cue in self.whole):
            return Match(self)
        for cue in self.part:
            found = cue.search(text)
            if found:
                return Match(self, found.groupdict().get("name") or "")
        return None


def bare(text: str) -> str:
    """Lower case, half width, single spaces, no punctuation: "Hi, there!" → "hi there"."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("'", "")
    kept = (" " if unicodedata.category(char)[0] in "PSZC" and char not in "%*" else char for char in folded)
    return " ".join("".join(kept).split())


class Meaning:
    """Sentence embeddings of the examples, loaded on a thread of their own; nothing waits for them."""

    def __init__(self, examples: list[tuple[str, str]]) -> None:
        self._examples = examples
        self._loaded: Vectors | None = None
        self._lock = threading.Lock()

    def load(self) -> None:
        """Load the encoder and encode the examples; again does nothing."""
        with self._lock:
            if self._loaded is None:
                self._loaded = encoder().encode([text for text, _ in self._examples])

    def nearest(self, text: str, at_least: float) -> str | None:
        """What the nearest example stands for, if one is near; None until loaded."""
        if self._loaded is None:
            return None
        scores = self._loaded @ encoder().encode([text])[0]
        best = int(scores.argmax())
        return self._examples[best][1] if float(scores[best]) >= at_least else None


class Intents:
    """The intents of `prompts/planner/intents.yaml`."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._all = {name: _intent(name, entry) for name, entry in content["intents"].items()}
        courtesy = "|".join(content["courtesies"])
        self._courtesy = re.compile(rf"^(?:(?:{courtesy})\s*)+|(?:\s*(?:{courtesy}))+$")
        self._amending = [re.compile(cue) for cue in content["amending"]]
        self._continuing = {key: _cues(said) for key, said in content["continuing"].items() if key != "tools"}
        self.going_on_tools: tuple[str, ...] = tuple(content["continuing"]["tools"])
        self._reasons: dict[str, float] = content["reasons"]
        self._otherwise = content["otherwise"]
        self._examples = [(text, intent.name) for intent in self._all.values() for text in intent.examples]
        self.meaning = Meaning([*self._examples, *((text, RECORDS) for text in content[RECORDS])])

    def first(self, message: str) -> Match | None:
        """The intent that decides before the records are asked, if there is one."""
        return self._by_cue(message, "first")

    def continuing(self, message: str, tool: str, *, asked_back: bool) -> Match | None:
        """The intent of a tool whose open question the message answers, or whose proposal it alters."""
        said = bare(message)
        if any(cue.search(said) for cue in self._continuing["question"]):
            return None
        kind = "answers" if asked_back else "alters"
        goes_on = any(cue.search(said) for cue in self._continuing[kind])
        return next((Match(one) for one in self._all.values() if one.tool == tool and goes_on), None)

    def amending(self, message: str, tool: str | None) -> Match | None:
        """The intent that was answered with `tool`, if the message only amends the question before."""
        before = [intent for intent in self._all.values() if intent.tool == tool and intent.whole_question]
        amends = any(cue.search(bare(message)) for cue in self._amending)
        return Match(before[0]) if before and amends else None

    def after(self, message: str, reason: str) -> Match | None:
        """The intent of a message in which the reader, for `reason`, found no question; None to say the reason."""
        if reason not in self._reasons:
            return None
        text = bare(message)
        found = self._by_cue(message, "after")
        if found:
            return found
        name = self.meaning.nearest(text, self._reasons[reason]) or self._fuzzy(text)
        if name is None and reason == NOTHING:
            name = self._otherwise
        return Match(self._all[name]) if name in self._all else None

    def _by_cue(self, message: str, when: When) -> Match | None:
        whole, own = self._ways(message), self._ways(unquoted(message))
        for place in range(len(whole)):
            for intent in self._all.values():
                candidate = own[place] if intent.unquoted else whole[place]
                found = intent.match(candidate) if candidate and intent.when == when else None
                if found:
                    return found
        return None

    def _ways(self, message: str) -> tuple[str, str]:
        """A message without what is only polite, and with it."""
        text = bare(message)
        return self._courtesy.sub("", text).strip(), text

    def _fuzzy(self, text: str) -> str | None:
        best = process.extractOne(text, [example for example, _ in self._examples], scorer=fuzz.ratio)
        return self._examples[best[2]][1] if best and best[1] >= FUZZY_AT_LEAST else None


def _cues(said: str | list[str]) -> list[re.Pattern[str]]:
    return [re.compile(cue) for cue in ([said] if isinstance(said, str) else said)]


def _intent(name: str, entry: dict[str, Any]) -> Intent:
    return Intent(
        name=name,
        when=entry["when"],
        tool=entry.get("tool"),
        status=Status(entry.get("status", "answered")),
        whole=tuple(re.compile(cue) for cue in entry.get("whole", ())),
        part=tuple(re.compile(cue) for cue in entry.get("part", ())),
        examples=tuple(entry["examples"]),
        whole_question=entry.get("argument") == "question",
        unquoted=entry.get("unquoted", False),
    )


@cache
def intents() -> Intents:
    """The one set of intents of this process."""
    return Intents(data("planner/intents"))
