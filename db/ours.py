"""Which side of a conversation is ours: by name, address, or the company's own domain."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.firms import author_of, domain_of, fold_name
from db.tables import Person


@dataclass(frozen=True)
class OurSide:
    """Our people by folded name and by address, and the domains that are the company's own."""

    names: dict[str, frozenset[int]] = field(default_factory=dict)
    addresses: dict[str, int] = field(default_factory=dict)
    domains: frozenset[str] = frozenset()

    def is_ours(self, author: str) -> bool:
        """Whether an author is one of us: by the address where that tells, else by name."""
        name, address = author_of(author)
        if address and (address in self.addresses or domain_of(address) in self.domains):
            return True
        tells = address and domain_of(address) and self.domains
        return not tells and fold_name(name) in self.names

    def person(self, author: str) -> int | None:
        """The one colleague an author is; None if they are nobody, or could be several."""
        name, address = author_of(author)
        if address in self.addresses:
            return self.addresses[address]
        known = self.names.get(fold_name(name), frozenset()) if self.is_ours(author) else frozenset()
        return next(iter(known)) if len(known) == 1 else None

    def also(self, name: str) -> "OurSide":
        """This side, with one more name or address that is ours."""
        said, address = author_of(name)
        names = {**self.names, **({fold_name(said): self.names.get(fold_name(said), frozenset())} if said else {})}
        return OurSide(names, self.addresses, self.domains | ({domain_of(address)} - {""}))


def our_side(session: Session) -> OurSide:
    """Who is ours as the active people stand now."""
    names: dict[str, set[int]] = {}
    addresses: dict[str, int] = {}
    for row in session.execute(select(Person.id, Person.name, Person.email).where(Person.active)):
        names.setdefault(fold_name(row.name), set()).add(row.id)
        if row.email:
            addresses[row.email.strip().lower()] = row.id
    domains = frozenset(domain_of(address) for address in addresses) - {""}
    return OurSide({name: frozenset(ids) for name, ids in names.items()}, addresses, domains)
