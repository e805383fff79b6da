"""What every tool may know of the turn it serves. It travels as runtime context, where no model can reach it."""

from dataclasses import dataclass

from core.identity import Identity
from core.wording import Lang


@dataclass(frozen=True, slots=True)
class Turn:
    """Who asks, in which language, and which turn this is."""

    identity: Identity
    lang: Lang
    turn_id: str
