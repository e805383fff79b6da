"""Rows into records: ids, links, owners, roles, repeats, re-runs."""

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select

from connectors.records import Progress, load
from core.clock import Clock
from core.identity import Role
from db.audit import verify
from db.company import load_company
from db.engine import system_session
from db.tables import Account, Activity, AuditEntry, Contact, Deal, Invoice, Payment, Person, Product, Stage, Target
from tests.connectors.records.conftest import Desk

SMALL = """
    source: crm
    company: {name: Firm, currency: EUR, timezone: Asia/Shanghai, words: {regions: {East: [E, eastern]}}}
    records:
      - record: person
        from: team.csv
        fields: {name: rep, region: office}
        links: {manager: lead}
      - record: account
        from: accounts.csv
        id: key
        fields: {name: name}
        links: {owner: keeper}
      - record: product
        from: products.csv
        fields: {name: item, list_price: price}
      - record: deal
        from: deals.csv
        id: no
        fields: {stage: stage, close_date: closed, close_value: value}
        links: {owner: rep, account: {column: client, match: id}, product: item}
"""


@pytest.fixture
def firm(both: Desk) -> Desk:
    both.write("team.csv", "rep,office,lead\nAnna Berg,E,Bo Li\nTom Hara,eastern,Bo Li\nBo Li,East,\n")
    both.write("accounts.csv", "key,name,keeper\nK1,Acme,Tom Hara\nK2,Beta,\n")
    both.write("products.csv", "item,price\nGTX Pro,100\nGTX Basic,50\n")
    both.write(
        "deals.csv",
        "no,stage,closed,value,rep,client,item\n"
        "1,won,2026-01-02,90,anna  BERG,K1,GTXPro\n"
        "2,won,2026-01-03,45,,K1,gtx-basic\n"
        "3,prospecting,,,Nobody Known,K9,GTX\n",
    )
    return both


def test_links_owners_list_prices_and_what_is_missing(firm: Desk) -> None:
    report = firm.load(SMALL)
    assert report.bad == 0
    with system_session(firm.engine) as session:
        found = session.execute(
            select(Deal.external_id, Person.name, Account.name, Product.name, Deal.list_price)
            .outerjoin(Person, Deal.owner_id == Person.id)
            .outerjoin(Account, Deal.account_id == Account.id)
            .outerjoin(Product, Deal.product_id == Product.id)
            .order_by(Deal.external_id)
        )
        assert [tuple(row) for row in found] == [
            ("1", "Anna Berg", "Acme", "GTX Pro", Decimal(100)),
            ("2", "Tom Hara", "Acme", "GTX Basic", Decimal(50)),
            ("3", None, None, None, None),
        ]
    warned = [(note.line, note.column, note.value) for note in report.notes]
    assert warned == [(4, "rep", "Nobody Known"), (4, "client", "K9"), (4, "item", "GTX")]
    assert report.warnings == 3
    assert set(firm.rows(Person.region)) == {("East",)}


def test_roles_from_reports_and_the_next_run_leaves_everything(firm: Desk) -> None:
    firm.load(SMALL)
    people = firm.rows(Person.name, Person.role, Person.manager_id, Person.loaded_at)
    assert [(name, role) for name, role, _, _ in people] == [
        ("Anna Berg", Role.REP),
        ("Tom Hara", Role.REP),
        ("Bo Li", Role.MANAGER),
    ]
    later = load(
        str(firm.folder / "in"), firm.mapping(SMALL), firm.engine, Clock(dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    )
    assert [(feed.added, feed.updated, feed.unchanged) for feed in later.feeds] == [
        (0, 0, 3),
        (0, 0, 2),
        (0, 0, 2),
        (0, 0, 3),
    ]
    assert firm.rows(Person.name, Person.role, Person.manager_id, Person.loaded_at) == people


def test_a_changed_row_is_updated_alone(firm: Desk) -> None:
    firm.load(SMALL)
    file = firm.folder / "in" / "deals.csv"
    file.write_text(file.read_text().replace("3,prospecting,,,Nobody Known", "3,lost,2026-02-01,,Tom Hara"))
    deals = firm.load(SMALL).feeds[-1]
    assert (deals.added, deals.updated, deals.unchanged) == (0, 1, 2)
    assert firm.rows(Deal.external_id, Deal.stage)[2] == ("3", Stage.LOST)


def test_a_link_that_is_required_makes_the_row_bad(firm: Desk) -> None:
    report = firm.load(SMALL.replace("owner: rep,", "owner: {column: rep, required: true},"))
    assert [(note.line, note.column, note.value) for note in report.bad_rows] == [
        (3, "rep", ""),
        (4, "rep", "Nobody Known"),
    ]
    assert len(firm.rows(Deal.id)) == 1


def test_a_bad_row_names_every_fault_and_the_rest_loads(firm: Desk) -> None:
    firm.write(
        "deals.csv", "no,stage,closed,value,rep,client,item\n1,wonn,02/01/2026,x,,,\n2,won,2026-01-01,1,,,\n,won,,,,,\n"
    )
    report = firm.load(SMALL)
    assert report.bad == 2
    assert [(note.file, note.line, note.column, note.value) for note in report.bad_rows] == [
        ("deals.csv", 2, "stage", "wonn"),
        ("deals.csv", 2, "closed", "02/01/2026"),
        ("deals.csv", 2, "value", "x"),
        ("deals.csv", 4, "id", ""),
    ]
    assert "the nearest is won" in report.bad_rows[0].reason
    assert firm.rows(Deal.external_id) == [("2",)]


def test_the_company_what_was_loaded_and_the_audit_log(firm: Desk) -> None:
    firm.load(SMALL)
    with system_session(firm.engine) as session:
        first = load_company(session)
        assert first.company.currency == "EUR"
        assert {"stage", "close_value", "owner", "list_price"} <= first.loaded["deal"]
        assert "region" not in first.loaded["deal"]
        entry = session.execute(select(AuditEntry.action, AuditEntry.subject)).one()
        assert tuple(entry) == ("import", "crm")
        assert verify(session) == []
    firm.load(SMALL)
    with system_session(firm.engine) as session:
        assert load_company(session).version > first.version


def test_a_second_mapping_adds_to_the_company_and_links_across_sources(firm: Desk) -> None:
    firm.load(SMALL)
    firm.write("pay.csv", "ref,day,sum,deal\nP1,2026-02-01,90,1\n")
    firm.write("inv.csv", "ref,day,sum,deal\nI1,2026-01-15,90,1\n")
    report = firm.load(
        """
        source: erp
        records:
          - record: invoice
            from: inv.csv
            id: ref
            fields: {date: day, amount: sum}
            links: {deal: {column: deal, match: id, source: crm}}
          - record: payment
            from: pay.csv
            id: ref
            fields: {date: day, amount: sum}
            links: {invoice: {constant: I1}}
            custom: {via: {constant: bank}}
        """
    )
    assert (report.bad, report.warnings) == (0, 0)
    with system_session(firm.engine) as session:
        facts = load_company(session)
        assert facts.company.name == "Firm"
        assert {"deal", "payment", "invoice"} <= set(facts.loaded)
        assert [one.name for one in facts.company.custom_fields] == ["via"]
        owner = session.execute(select(Person.name).join(Payment, Payment.owner_id == Person.id)).scalar_one()
        assert owner == "Anna Berg"
        assert session.scalar(select(Account.name).join(Invoice, Invoice.account_id == Account.id)) == "Acme"


def test_names_that_fit_two_records_need_an_id(desk: Desk) -> None:
    desk.write(
        "accounts.csv", "key,name\n1,Acme Inc\n2,ACME, Inc.\n3,Beta\n4,beta!\n".replace("ACME, Inc.", '"ACME, Inc."')
    )
    desk.write("deals.csv", 'no,client\n1,Acme Inc\n2,"ACME, Inc."\n3,acme-inc\n4,BETA\n')
    report = desk.load(
        """
        source: crm
        records:
          - {record: account, from: accounts.csv, id: key, fields: {name: name}}
          - {record: deal, from: deals.csv, id: no, fields: {stage: {constant: won}}, links: {account: client}}
        """
    )
    names = dict(desk.rows(Account.id, Account.name))
    assert [names.get(account) for (account,) in desk.rows(Deal.account_id)] == ["Acme Inc", "ACME, Inc.", None, "Beta"]
    assert "2 records" in next(note.reason for note in report.notes if note.column == "client")


def test_creating_what_is_only_named(both: Desk) -> None:
    both.write("deals.csv", "no,rep,client,item\n1,Anna,Acme,X1\n2,ANNA,ACME,X-1\n3,Tom,Beta,\n")
    mapping = """
        source: crm
        records:
          - record: deal
            id: no
            fields: {stage: {constant: engaging}}
            links:
              owner: {column: rep, create: true}
              account: {column: client, create: true}
              product: {column: item, create: true, match: id}
    """
    report = both.load(mapping)
    assert report.feeds[0].created == {"person": 2, "account": 2, "product": 2}
    assert both.load(mapping).feeds[0].created == {}
    assert both.rows(Person.name, Person.role) == [("Anna", Role.REP), ("Tom", Role.REP)]
    assert both.rows(Product.external_id) == [("X1",), ("X-1",)]
    with system_session(both.engine) as session:
        assert "name" in load_company(session).loaded["account"]


def test_a_second_feed_adds_fields_but_no_records(desk: Desk) -> None:
    desk.write("a.csv", "key,name\n1,Acme\n2,Beta\n")
    desk.write("b.csv", "key,sector,size\n1,Retail,10\n7,Energy,20\n")
    mapping = """
        source: crm
        records:
          - {record: account, from: a.csv, id: key, fields: {name: name}, custom: {kind: {constant: x}}}
          - record: account
            from: b.csv
            id: key
            fields: {sector: sector}
            custom: {size: {column: size, type: number}}
    """
    report = desk.load(mapping)
    assert [(note.line, note.column) for note in report.bad_rows] == [(3, "name")]
    assert desk.rows(Account.name, Account.sector, Account.custom) == [
        ("Acme", "Retail", {"kind": "x", "size": 10}),
        ("Beta", None, {"kind": "x"}),
    ]
    again = desk.load(mapping)
    assert [(feed.updated, feed.unchanged) for feed in again.feeds] == [(0, 2), (0, 1)]


def test_custom_fields_keep_their_type_and_can_become_empty(both: Desk) -> None:
    both.write("a.csv", 'name,n,d,b,t\nAcme,"1,5",03/02/2026,ja,x\n')
    mapping = """
        source: crm
        records:
          - record: account
            fields: {name: name}
            custom:
              n: {column: n, type: number, number: {decimal: ",", thousands: ""}}
              d: {column: d, type: date, date_format: DD/MM/YYYY}
              b: {column: b, type: boolean, values: {ja: "true", nein: "false"}}
              t: {column: t, words: [tier, 等级]}
    """
    both.load(mapping)
    assert both.rows(Account.custom) == [({"n": 1.5, "d": "2026-02-03", "b": True, "t": "x"},)]
    both.write("a.csv", "name,n,d,b,t\nAcme,,03/02/2026,nein,x\n")
    assert both.load(mapping).feeds[0].updated == 1
    assert both.rows(Account.custom) == [({"d": "2026-02-03", "b": False, "t": "x"},)]


def test_activities_targets_contacts_and_conditions(both: Desk) -> None:
    both.write("c.csv", "name,firm\nAnn,Acme\nAnn,Beta\n")
    both.write("act.csv", "kind,at,who,amount\nPhone,2026-01-01 23:30,Rep,5\nFax,2026-01-02 08:00,Rep,1\nZoom,,Rep,9\n")
    both.write("q.csv", 'rep,month,quota\nRep,2026-02,"10,000"\nRep,2026-Q2,5\nRep,sometime,5\n')
    report = both.load(
        """
        source: crm
        company: {timezone: Asia/Shanghai}
        people: [{name: Rep, role: rep}]
        records:
          - {record: account, from: c.csv, fields: {name: firm}}
          - {record: contact, from: c.csv, fields: {name: name}, links: {account: firm}}
          - record: activity
            from: act.csv
            id: "{_line}"
            fields: {kind: {column: kind, values: {Phone: call, "*": meeting}}, at: at}
            links: {owner: who}
            when: [{column: amount, above: 2, below: 10}, {column: kind, not_in: [fax]}]
          - record: target
            from: q.csv
            id: "{rep}/{month}"
            fields: {metric: {constant: revenue}, period: month, value: quota}
            links: {owner: rep}
        """
    )
    assert both.rows(Activity.kind, Activity.date, Activity.at) == [
        ("call", dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, 15, 30, tzinfo=dt.UTC))
    ]
    assert both.rows(Target.start_date, Target.end_date, Target.value) == [
        (dt.date(2026, 2, 1), dt.date(2026, 2, 28), Decimal(10000)),
        (dt.date(2026, 4, 1), dt.date(2026, 6, 30), Decimal(5)),
    ]
    assert len(both.rows(Contact.id)) == 2
    assert [(note.file, note.line, note.column) for note in report.bad_rows] == [
        ("act.csv", 4, "date"),
        ("q.csv", 4, "month"),
    ]
    assert [feed.skipped for feed in report.feeds if feed.record == "activity"] == [1]


def test_spellings_that_look_alike_are_told(desk: Desk) -> None:
    desk.write(
        "a.csv", "name,sector\nA,technology\nB,technology\nC,technolgy\nD,Retail\nE,retail\nF,Zone 1\nG,Zone 2\n"
    )
    report = desk.load("source: s\nrecords: [{record: account, fields: {name: name, sector: sector}}]")
    assert {(note.value, note.line) for note in report.notes} == {("technolgy", 4), ("retail", 6)}


def test_doubtful_deals_are_warned_of(desk: Desk) -> None:
    desk.write("d.csv", "no,stage,o,c\n1,won,2026-01-01,\n2,lost,2026-02-01,2026-01-01\n3,engaging,,\n")
    report = desk.load(
        "source: s\nrecords: [{record: deal, id: no, fields: {stage: stage, engage_date: o, close_date: c}}]"
    )
    assert [(note.line, note.column) for note in report.notes] == [(2, "close_date"), (3, "close_date")]
    assert len(desk.rows(Deal.id)) == 3


def test_progress_goes_forward_to_the_end(desk: Desk, sqlite_engine: Engine, clock: Clock) -> None:
    desk.write("d.csv", "no\n" + "".join(f"{number}\n" for number in range(5000)))
    mapping = desk.mapping("source: s\nrecords: [{record: deal, id: no, fields: {stage: {constant: won}}}]")
    seen: list[Progress] = []
    load(str(desk.folder / "in"), mapping, sqlite_engine, clock, seen.append)
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert (seen[-1].read, seen[-1].done) == (5000, 1.0)
    with system_session(sqlite_engine) as session:
        assert session.scalar(select(func.count()).select_from(Deal)) == 5000
