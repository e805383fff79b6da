"""What every part of one answer needs: the asker's reader, the catalogue, the company, today."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from core.company import Company
from core.identity import Identity
from db.engine import Reader
from tools.metrics.colleagues import Colleague, Colleagues, read_colleagues
from tools.metrics.entries import Catalogue, Dimension, Field
from tools.metrics.query import Refusal


@dataclass(frozen=True)
class Frame:
    """One question's surroundings. `rows` is the most rows a table may have."""

    reader: Reader
    catalogue: Catalogue
    company: Company
    loaded: dict[str, frozenset[str]]
    today: date
    rows: int = 1000

    @cached_property
    def colleagues(self) -> Colleagues:
        """Everyone as they stand now; read when the question first needs them."""
        return read_colleagues(self.reader)

    @property
    def identity(self) -> Identity:
        """Who asks."""
        return self.reader.scope.identity

    def people_named(self, name: str) -> list[Colleague]:
        """Everyone of that name; an asker who gives their own name means themselves."""
        people = self.colleagues.named(name)
        own = [person for person in people if person.id == self.identity.person_id]
        return own or people

    def field_of(self, record: str, name: str) -> Field | Dimension | None:
        """The dimension or field called `name` that rows of `record` have; None if they have none."""
        catalogue = self.catalogue
        if name in catalogue.dimensions and catalogue.reachable(record, name):
            return catalogue.dimensions[name]
        return catalogue.records[record].fields.get(name)


class Refused(Exception):
    """Ends the making of an answer with a refusal; never leaves `desk`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal
