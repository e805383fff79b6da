"""What the database keeps exact: the company's facts, money, and moments."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import StatementError

from core.clock import Clock
from core.company import Company, CompanyWords
from db.company import load_company, save_company
from db.engine import system_session
from db.tables import CompanyRow, Product


def _product(name: str, price: Decimal, now: datetime) -> Product:
    return Product(source="test", external_id=name, custom={"色": "红"}, loaded_at=now, name=name, list_price=price)


def test_an_empty_database_has_the_defaults(engine: Engine) -> None:
    with system_session(engine) as session:
        facts = load_company(session)
    assert facts.company == Company()
    assert facts.loaded == {}


def test_settings_are_replaced_and_what_was_loaded_adds_up(engine: Engine, clock: Clock) -> None:
    company = Company(name="Acme", words=CompanyWords(regions={"East": ["华东"]}))
    with system_session(engine) as session:
        save_company(session, Company(name="Old"), {"deal": {"stage"}}, clock.now())
    with system_session(engine) as session:
        save_company(session, company, {"deal": {"close_date"}, "payment": {"amount"}}, clock.now())
    with system_session(engine) as session:
        facts = load_company(session)
        assert session.scalar(select(func.count()).select_from(CompanyRow)) == 1
    assert facts.company == company
    assert facts.loaded == {"deal": {"stage", "close_date"}, "payment": {"amount"}}
    assert facts.version == clock.now()


def test_money_is_exact_and_sums_exactly(engine: Engine, clock: Clock) -> None:
    with system_session(engine) as session:
        session.add_all(_product(str(number), Decimal("0.1"), clock.now()) for number in range(3))
        session.add(_product("big", Decimal("99999999999.9999"), clock.now()))
    with system_session(engine) as session:
        assert session.scalar(select(func.sum(Product.list_price))) == Decimal("100000000000.2999")


def test_money_with_more_than_four_decimals_is_refused(engine: Engine, clock: Clock) -> None:
    with pytest.raises(StatementError), system_session(engine) as session:
        session.add(_product("fine", Decimal("0.00001"), clock.now()))


def test_moments_come_back_in_utc_and_naive_ones_are_refused(engine: Engine, clock: Clock) -> None:
    with system_session(engine) as session:
        session.add(_product("now", Decimal(1), clock.now().astimezone()))
    with system_session(engine) as session:
        product = session.scalars(select(Product)).one()
        assert product.loaded_at == clock.now()
        assert product.loaded_at.utcoffset() == timedelta(0)
        assert product.custom == {"色": "红"}
    with pytest.raises(StatementError), system_session(engine) as session:
        session.add(_product("naive", Decimal(1), datetime.now(UTC).replace(tzinfo=None)))
