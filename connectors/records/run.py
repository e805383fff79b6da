"""What the parts of one load share."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from connectors.records.directory import Directory
from connectors.records.kinds import record_kinds
from connectors.records.mapping import Mapping
from connectors.records.report import ImportReport
from connectors.records.values import BadValue
from core.company import Company
from core.wording import say

ALIASES = {"person": "people", "account": "accounts", "product": "products"}


@dataclass(eq=False)
class Run:
    """One load: where to, by which mapping, for which company, and what is known of it so far."""

    engine: Engine
    mapping: Mapping
    company: Company
    report: ImportReport
    now: datetime
    _directories: dict[str, Directory] = field(default_factory=dict)

    def directory(self, record: str) -> Directory:
        """Where links to that kind of record are looked up."""
        if record not in self._directories:
            words = self.company.words
            aliases: dict[str, list[str]] = getattr(words, ALIASES[record]) if record in ALIASES else {}
            self._directories[record] = Directory(record_kinds()[record], self.mapping.source, aliases)
        return self._directories[record]

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment where the company is."""
        return moment.astimezone(ZoneInfo(self.company.timezone)).date()

    def words(self, problem: BadValue) -> str:
        """Why a value is bad, in the report's language."""
        params = dict(problem.params)
        if "record" in params:
            params["record"] = say(f"import.record.{params['record']}", self.report.lang)
        return say(f"import.reason.{problem.reason}", self.report.lang, **params)
