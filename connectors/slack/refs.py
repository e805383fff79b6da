"""What a message of ours is called in Slack, as kept in the records."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["said", "status", "alone", "home"]


@dataclass(frozen=True, slots=True)
class Ref:
    """Messages in order, by their ts, or what is no message: a status line, an ephemeral, the home tab."""

    kind: Kind = "said"
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ",".join(self.parts) if self.kind == "said" else self.kind


STATUS, ALONE, HOME = Ref("status"), Ref("alone"), Ref("home")


def ref_of(text: str) -> Ref:
    """The ref that `str` made this of."""
    return {str(one): one for one in (STATUS, ALONE, HOME)}.get(text) or Ref("said", tuple(text.split(",")))
