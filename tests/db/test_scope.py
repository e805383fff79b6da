"""Who sees which rows, table by table, on both databases."""

import pytest
from sqlalchemy import func, select, update

from core.errors import UnscopedQuery
from core.identity import Role
from db.engine import reader, system_session
from db.scope import scope_of
from db.tables import Account, AuditEntry, Base, Contact, Conversation, Deal, Message, Person, Product
from tests.db.company import OWNERS, SCOPED, Small

EVERYONE = {name or "nobody" for name in OWNERS}
SEEN = {
    "Dana": EVERYONE,
    "Mei": {"Ann", "Bo", "Max"},
    "Max": {"Ann", "Max"},
    "Otto": {"Cy"},
    "Rita": {"Rita", "Rolf"},
    "Rolf": {"Rita", "Rolf"},
    "Ann": {"Ann"},
    "Bo": {"Bo"},
    "Tess": set(),
    "Adam": set(),
}
THREADS = {Conversation, Message}


def _seen(small: Small, name: str, model: type[Base]) -> set[str]:
    with reader(small.engine, small.people[name]) as records:
        rows = records.scope.rows(model)
        key = rows.c.subject if model is AuditEntry else rows.c.external_id
        return set(records.execute(select(key)).scalars())


@pytest.mark.parametrize("name", SEEN)
def test_each_table_shows_the_rows_of_the_askers_line(small: Small, name: str) -> None:
    for model in SCOPED:
        expected = set(SEEN[name])
        if model in THREADS:
            expected |= {f"{name}-thread"} if name in EVERYONE else set()
        elif model is AuditEntry and name != "Dana":
            expected = {name} & EVERYONE
        assert _seen(small, name, model) == expected, model.__tablename__


def test_rows_without_an_owner_are_the_directors(small: Small) -> None:
    assert "nobody" in _seen(small, "Dana", Deal)
    assert "nobody" not in _seen(small, "Mei", Deal)


def test_a_thread_with_the_assistant_is_its_askers_alone(small: Small) -> None:
    assert not any(key.endswith("-thread") for key in _seen(small, "Dana", Message))
    assert "Ann-thread" in _seen(small, "Ann", Message)
    assert "Ann-thread" not in _seen(small, "Max", Conversation)


def test_a_deal_shows_its_account_and_the_people_there(small: Small) -> None:
    with system_session(small.engine) as session:
        cy = session.scalars(select(Account.id).where(Account.external_id == "Cy")).one()
        session.execute(update(Deal).where(Deal.external_id == "Ann").values(account_id=cy))
    assert _seen(small, "Ann", Account) == {"Ann", "Cy"}
    assert _seen(small, "Max", Contact) == {"Ann", "Max", "Cy"}
    assert _seen(small, "Ann", Deal) == {"Ann"}


def test_a_new_report_is_seen_from_the_next_question_on(small: Small) -> None:
    with system_session(small.engine) as session:
        session.execute(update(Person).where(Person.name == "Cy").values(manager_id=small.people["Max"].person_id))
    assert "Cy" in _seen(small, "Mei", Deal)
    assert "Cy" not in _seen(small, "Otto", Deal)


def test_colleagues_and_products_are_no_secret(small: Small) -> None:
    with reader(small.engine, small.people["Ann"]) as records:
        assert records.execute(select(func.count()).select_from(Person)).scalar_one() == len(small.people)
        assert records.execute(select(Product.name)).scalar_one() == "GTX"


def test_scopes_of_the_same_shape_do_not_share_rows(small: Small) -> None:
    def owners(name: str) -> set[int]:
        with reader(small.engine, small.people[name]) as records:
            return set(records.execute(select(records.scope.rows(Deal).c.owner_id)).scalars())

    for _ in range(3):
        assert owners("Ann") == {small.people["Ann"].person_id}
        assert owners("Bo") == {small.people["Bo"].person_id}


def test_rows_of_one_scope_are_refused_by_another(small: Small) -> None:
    with reader(small.engine, small.people["Dana"]) as boss, reader(small.engine, small.people["Ann"]) as rep:
        deals = boss.scope.rows(Deal)
        with pytest.raises(UnscopedQuery):
            rep.execute(select(deals))


def test_who_sees_nothing_says_so(small: Small) -> None:
    with system_session(small.engine) as session:
        scopes = {name: scope_of(session, person) for name, person in small.people.items()}
    assert {name for name, scope in scopes.items() if scope.nothing} == {"Tess", "Adam"}
    assert [name for name, scope in scopes.items() if scope.everything] == ["Dana"]


@pytest.mark.parametrize("model", [Person, Product])
def test_open_tables_have_no_owner_to_scope_by(small: Small, model: type[Base]) -> None:
    with reader(small.engine, small.people["Ann"]) as records, pytest.raises(UnscopedQuery):
        records.scope.rows(model)


def test_every_role_has_a_rule(small: Small) -> None:
    assert {person.role for person in small.people.values()} == set(Role)
