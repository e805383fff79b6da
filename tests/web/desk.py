"""Where what channels bring is kept in these tests."""

from dataclasses import dataclass, field

from core.channels import Arrived


@dataclass
class Desk:
    """Keeps what arrives, or can't."""

    kept: list[Arrived] = field(default_factory=list)
    broken: bool = False

    def accept(self, arrived: Arrived) -> bool:
        if self.broken:
            raise OSError("the database is away")
        self.kept.append(arrived)
        return True
