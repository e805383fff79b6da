"""Who steps in where, and who is away, said at the desk."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.terminal.duties import BadAbsence, give_absence, give_duty
from core.company import Company
from core.errors import UnknownPerson
from core.identity import Role
from core.settings import Settings
from db.audit import verify
from db.company import save_company
from db.engine import open_engine, system_session
from db.people import add_person
from db.tables import Absence, AuditEntry, Duty
from tests.conftest import NOW


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path, database_url=sqlite_url, now=NOW, _env_file=None)
    engine = open_engine(sqlite_url)
    with system_session(engine) as session:
        save_company(session, Company(timezone="Asia/Shanghai"), {}, NOW)
        add_person(session, "Tina", role=Role.REP, region=None, manager=None, now=NOW)
    engine.dispose()
    return made


def test_a_duty_is_given_and_given_anew(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    for skills in (["data"], ["security", "deployment"]):
        give_duty(settings, "Tina", "technical_consultant", skills=skills, regions=["East"], most_open=3)
    assert capsys.readouterr().out.splitlines()[-1] == "Tina steps in as technical consultant."
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        (duty,) = session.scalars(select(Duty))
        assert (duty.skills, duty.regions, duty.most_open) == (["security", "deployment"], ["East"], 3)
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last
        assert (last.action, last.detail["before"]["skills"]) == ("person.duty", ["data"])
        assert verify(session) == []
    engine.dispose()
    with pytest.raises(UnknownPerson):
        give_duty(settings, "Nobody", "sales_manager", skills=[], regions=[], most_open=None)


def test_days_of_an_absence_are_whole_and_in_the_person_s_zone(settings: Settings) -> None:
    for _ in range(2):
        give_absence(settings, "Tina", "2026-07-01", "2026-07-02", "holiday")
    give_absence(settings, "Tina", "2026-08-01T14:00", "2026-08-01T10:00+00:00", None)
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        found = [(one.from_at, one.to_at) for one in session.scalars(select(Absence).order_by(Absence.id))]
    engine.dispose()
    assert found == [
        (datetime(2026, 6, 30, 16, tzinfo=UTC), datetime(2026, 7, 2, 16, tzinfo=UTC)),
        (datetime(2026, 8, 1, 6, tzinfo=UTC), datetime(2026, 8, 1, 10, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(("start", "end"), [("2026-07-02", "2026-07-01"), ("soon", "2026-07-01"), ("2026-07-01", "")])
def test_an_absence_that_can_not_be_is_refused(settings: Settings, start: str, end: str) -> None:
    with pytest.raises(BadAbsence):
        give_absence(settings, "Tina", start, end, None)
