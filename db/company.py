"""The company as the database knows it: settings, and which records were ever loaded."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.company import Company
from db.engine import Reader
from db.tables import CompanyRow

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CompanyFacts:
    """`loaded` maps a kind of record to its fields that were ever loaded; `version` changes with every load."""

    company: Company
    loaded: dict[str, frozenset[str]]
    version: datetime


def load_company(session: Session | Reader) -> CompanyFacts:
    """The company's facts; the defaults where nothing was loaded yet."""
    row = session.execute(select(CompanyRow.settings, CompanyRow.loaded, CompanyRow.loaded_at)).first()
    if row is None:
        return CompanyFacts(Company(), {}, NEVER)
    loaded = {record: frozenset(fields) for record, fields in row.loaded.items()}
    return CompanyFacts(Company.model_validate(row.settings), loaded, row.loaded_at)


def save_company(session: Session, company: Company, loaded: dict[str, set[str]], now: datetime) -> None:
    """Replace the settings, and add what was loaded to what is known to have been."""
    known = {record: set(fields) for record, fields in load_company(session).loaded.items()}
    for record, fields in loaded.items():
        known.setdefault(record, set()).update(fields)
    row = session.scalar(select(CompanyRow)) or CompanyRow(id=1)
    row.settings = company.model_dump(mode="json")
    row.loaded = {record: sorted(fields) for record, fields in sorted(known.items())}
    row.loaded_at = now
    session.add(row)
