"""Whose conversation is it: by the account named, an address, a telephone number, a domain or a name. Sure, or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, FromClause, func, or_, select
from sqlalchemy.orm import Session

from core.firms import FirmName, author_of, domain_of, firm_name, fold_name, phone_of, phone_region
from db.company import load_company
from db.engine import Reader
from db.scope import Scope
from db.tables import Account, Contact

Why = Literal["external_id", "name", "address", "phone", "domain", "contact", "similar", "settled"]
LEAST_LATIN, LEAST_CHINESE = 4, 2
MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Clues:
    """What came with a conversation: the account as it was named, and the customers' addresses, numbers and names.

    `account_id` is the account where a person said so before; nothing else counts then.
    """

    account: str | None = None
    hints: tuple[str, ...] = ()
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account it may be, and what speaks for it."""

    account_id: int
    name: str
    why: Why


@dataclass(frozen=True, slots=True)
class Match:
    """The account, its owner and the contact when it is sure; else the candidates, the likeliest first."""

    account_id: int | None = None
    contact_id: int | None = None
    owner_id: int | None = None
    why: Why | None = None
    candidates: tuple[Candidate, ...] = ()


class _Firm(NamedTuple):
    id: int
    external_id: str
    name: str
    owner_id: int | None


class _Person(NamedTuple):
    id: int
    account_id: int
    name: str
    email: str | None
    phone: str | None


def match(session: Session | Reader, clues: Clues, *, scope: Scope | None = None) -> Match:
    """Whose it is, among the accounts of `scope` (None: all there are). Two that fit equally well are no match.

    An account that was named but is not among them is never replaced by what the hints say; they are candidates then.
    """
    return Book(scope).match(session, clues)


class Book:
    """Matches many conversations against the same accounts; what it read once it does not read again."""

    def __init__(self, scope: Scope | None = None) -> None:
        self._scope = scope
        self._all: list[_Firm] | None = None
        self._phones: dict[str, list[_Person]] | None = None
        self._aliases: dict[str, str] | None = None
        self._region = ""

    def match(self, session: Session | Reader, clues: Clues) -> Match:
        """As the function of that name."""
        if clues.account_id is not None:
            settled = self._firms(session, self._accounts.c.id == clues.account_id)
            return self._sure(session, settled[0], "settled", clues.hints) if settled else Match()
        named = self._named(session, clues.account) if clues.account else None
        if named is not None and len(named) == 1:
            return self._sure(session, *named[0], clues.hints)
        hinted = self._hinted(session, clues.hints)
        both = hinted if named is None else [one for one in named if one[0] in {firm for firm, _ in hinted}]
        if len({firm.id for firm, _ in both}) == 1:
            return self._sure(session, *both[0], clues.hints)
        return Match(candidates=_candidates([*(named or ()), *hinted, *self._near(session, clues)]))

    def _sure(self, session: Session | Reader, firm: _Firm, why: Why, hints: Sequence[str]) -> Match:
        people = self._people(session, self._contacts.c.account_id == firm.id)
        wanted = {author_of(hint) for hint in hints}
        numbers = {phone_of(hint, self._home(session)) for hint in hints} - {None}
        by_address = [one for one in people if one.email and one.email.strip().lower() in {a.address for a in wanted}]
        by_phone = [one for one in people if one.phone and phone_of(one.phone, self._home(session)) in numbers]
        by_name = [one for one in people if fold_name(one.name) in {fold_name(a.name) for a in wanted if a.name}]
        best = next((found for found in (by_address, by_phone, by_name) if found), [])
        contact = best[0].id if len(best) == 1 else None
        return Match(firm.id, contact, firm.owner_id, why, (Candidate(firm.id, firm.name, why),))

    def _named(self, session: Session | Reader, name: str) -> list[tuple[_Firm, Why]]:
        """The accounts of that external id or name, by the surest way that finds any."""
        exact = self._firms(session, self._accounts.c.external_id == name)
        if exact:
            return [(firm, "external_id") for firm in exact]
        exact = self._firms(session, self._accounts.c.name == name)
        return [(firm, "name") for firm in exact or self._folded(session, name)]

    def _folded(self, session: Session | Reader, name: str) -> list[_Firm]:
        """Accounts of that name whatever its writing; without a legal form only where none contradicts it."""
        wanted = firm_name(self._canonical(session, name))
        if not wanted.whole:
            return []
        known = [(firm, firm_name(firm.name)) for firm in self._every(session)]
        whole = [firm for firm, at in known if at.whole == wanted.whole]
        return whole or [firm for firm, at in known if at.core == wanted.core and _same_form(at, wanted)]

    def _hinted(self, session: Session | Reader, hints: Sequence[str]) -> list[tuple[_Firm, Why]]:
        """The accounts that the hints lead to, by the surest kind of hint that leads anywhere."""
        addresses = sorted({author_of(hint).address for hint in hints} - {""})
        found = self._owning(session, self._by_address(session, addresses), "address")
        found = found or self._owning(session, self._by_phone(session, hints), "phone")
        found = found or self._owning(session, self._by_domain(session, addresses), "domain")
        return found or self._by_name(session, [hint for hint in hints if "@" not in hint])

    def _by_address(self, session: Session | Reader, addresses: Sequence[str]) -> list[_Person]:
        email = func.lower(self._contacts.c.email)
        return self._people(session, email.in_(addresses)) if addresses else []

    def _by_domain(self, session: Session | Reader, addresses: Sequence[str]) -> list[_Person]:
        domains = sorted({domain_of(address) for address in addresses} - {""})
        email = func.lower(self._contacts.c.email)
        ends = [email.endswith(f"@{domain}", autoescape=True) for domain in domains]
        return self._people(session, or_(*ends)) if ends else []

    def _by_phone(self, session: Session | Reader, hints: Sequence[str]) -> list[_Person]:
        region = self._home(session)
        numbers = {number for hint in hints if (number := phone_of(hint, region))}
        if not numbers:
            return []
        if self._phones is None:
            self._phones = {}
            for one in self._people(session, self._contacts.c.phone.is_not(None)):
                self._phones.setdefault(phone_of(one.phone or "", region) or "", []).append(one)
        return [one for number in sorted(numbers) for one in self._phones.get(number, ())]

    def _by_name(self, session: Session | Reader, names: Sequence[str]) -> list[tuple[_Firm, Why]]:
        """An account that a hint is the name of; else one that is in a hint together with one of its people."""
        exact = [(firm, "name") for name in names for firm in self._folded(session, name)]
        found: list[tuple[_Firm, Why]] = [(firm, "name") for firm, _ in exact]
        return found or [(firm, "contact") for name in names for firm in self._spoken_of(session, name)]

    def _spoken_of(self, session: Session | Reader, text: str) -> list[_Firm]:
        """Accounts named inside a text, where it also names someone there: "Li Wei (Acme)"."""
        folded = fold_name(text)
        inside = [firm for firm in self._every(session) if _long(core := firm_name(firm.name).core) and core in folded]
        if not inside:
            return []
        people = self._people(session, self._contacts.c.account_id.in_([firm.id for firm in inside]))
        there = {one.account_id for one in people if len(name := fold_name(one.name)) > 1 and name in folded}
        return [firm for firm in inside if firm.id in there]

    def _near(self, session: Session | Reader, clues: Clues) -> list[tuple[_Firm, Why]]:
        """What a person might mean: names that contain each other, and accounts where someone has the author's name."""
        cores = [firm_name(text).core for text in (clues.account, *clues.hints) if text and "@" not in text]
        cores = [core for core in cores if _long(core)]
        alike: list[tuple[_Firm, Why]] = []
        for firm in self._every(session) if cores else ():
            at = firm_name(firm.name).core
            if any(core in at or (_long(at) and at in core) for core in cores):
                alike.append((firm, "similar"))
        names = sorted({author_of(hint).name for hint in clues.hints} - {""})
        people = self._people(session, self._contacts.c.name.in_(names)) if names else []
        return alike[:MOST_CANDIDATES] + self._owning(session, people[:MOST_CANDIDATES], "contact")

    def _owning(self, session: Session | Reader, people: Iterable[_Person], why: Why) -> list[tuple[_Firm, Why]]:
        ids = list(dict.fromkeys(one.account_id for one in people))
        if not ids:
            return []
        return [(firm, why) for firm in self._firms(session, self._accounts.c.id.in_(ids))]

    def _canonical(self, session: Session | Reader, name: str) -> str:
        """The account's own name, where the company has other words for it."""
        if self._aliases is None:
            words = load_company(session).company.words.accounts
            self._aliases = {fold_name(word): account for account, others in words.items() for word in others}
        return self._aliases.get(fold_name(name), name)

    def _home(self, session: Session | Reader) -> str:
        if not self._region:
            self._region = phone_region(load_company(session).company.timezone)
        return self._region

    def _every(self, session: Session | Reader) -> list[_Firm]:
        if self._all is None:
            self._all = self._firms(session)
        return self._all

    @property
    def _accounts(self) -> FromClause:
        return self._scope.rows(Account) if self._scope else Account.__table__

    @property
    def _contacts(self) -> FromClause:
        return self._scope.rows(Contact) if self._scope else Contact.__table__

    def _firms(self, session: Session | Reader, *conditions: ColumnElement[bool]) -> list[_Firm]:
        at = self._accounts.c
        statement = select(at.id, at.external_id, at.name, at.owner_id).where(*conditions).order_by(at.id)
        return [_Firm(*row) for row in session.execute(statement)]

    def _people(self, session: Session | Reader, *conditions: ColumnElement[bool]) -> list[_Person]:
        at = self._contacts.c
        statement = select(at.id, at.account_id, at.name, at.email, at.phone).where(at.account_id.is_not(None))
        return [_Person(*row) for row in session.execute(statement.where(*conditions).order_by(at.id))]


def _same_form(one: FirmName, other: FirmName) -> bool:
    """Acme Inc. and Acme GmbH are two firms; Acme may be either."""
    return one.form is None or other.form is None or one.form == other.form


def _long(name: str) -> bool:
    """Whether a name says enough to be looked for inside a text."""
    return len(name) >= (LEAST_LATIN if name.isascii() else LEAST_CHINESE)


def _candidates(found: Iterable[tuple[_Firm, Why]]) -> tuple[Candidate, ...]:
    kept: dict[int, Candidate] = {}
    for firm, why in found:
        kept.setdefault(firm.id, Candidate(firm.id, firm.name, why))
    return tuple(kept.values())[:MOST_CANDIDATES]
