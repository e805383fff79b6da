"""What a message of ours is called in Slack, as kept in the records."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["said", "alone", "status", "home"]


@dataclass(frozen=True, slots=True)
class Ref:
    """Messages in order, by their ts: `said` to everybody there, or shown to one `alone`; or what is no message."""

    kind: Kind = "said"
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = ",".join(self.parts)
        return told if self.kind == "said" else f"{self.kind}:{told}" if told else self.kind


STATUS, HOME = Ref("status"), Ref("home")


def ref_of(text: str) -> Ref:
    """The ref that `str` made this of."""
    kind, _, rest = text.partition(":")
    if kind not in ("alone", "status", "home"):
        kind, rest = "said", text
    return Ref(kind, tuple(part for part in rest.split(",") if part))  # type: ignore[arg-type]  # narrowed above
