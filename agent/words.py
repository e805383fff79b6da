"""A plain yes or no, by the words of `core/lexicon/decisions.yaml`."""

import re
from functools import cache
from typing import Any

from agent.intents import bare
from core.language import lexicon


@cache
def _words() -> dict[bool, list[re.Pattern[str]]]:
    tree: dict[str, Any] = lexicon("decisions")
    also = tree["also"]
    made = {True: tree["yes"], False: tree["no"]}
    return {
        word: [re.compile(rf"(?:{also}\s*)*(?:{cue}\s*)+(?:{also}\s*)*") for cue in said] for word, said in made.items()
    }


def plain_word(message: str) -> bool | None:
    """Whether the message is a yes or a no and nothing else; None for anything more or other."""
    said = bare(message)
    heard = [word for word, cues in _words().items() if said and any(cue.fullmatch(said) for cue in cues)]
    return heard[0] if len(heard) == 1 else None
