"""Who may ask what: the rulings of the vocabulary, each with the words and the offer it comes with."""

from datetime import date
from decimal import Decimal

import pytest

from core.periods import Period
from core.reply import Status
from core.wording import LANGS, Lang, say
from tests.tools.metrics.company import Rows, identity
from tools.metrics.desk import Desk
from tools.metrics.query import Filter, MetricQuery, Question, RecordQuery, Refusal, Threshold

Q1 = Period(date(2026, 1, 1), date(2026, 3, 31), "2026-Q1")
REVENUE = MetricQuery(("revenue",))


def about(field: str, *values: str) -> MetricQuery:
    return MetricQuery(("revenue",), filters=(Filter(field, "is", values),))


def refused(desk: Desk, asker: int, question: Question, lang: Lang = "en") -> Refusal:
    answer = desk.run(identity(asker), question, lang)
    assert answer.refusal is not None
    assert answer.table is None
    assert answer.status is answer.refusal.status
    return answer.refusal


def allowed(desk: Desk, asker: int, question: Question) -> bool:
    return desk.run(identity(asker), question, "en").refusal is None


@pytest.mark.parametrize("asker", [14, 15])
@pytest.mark.parametrize("question", [REVENUE, RecordQuery("deal"), RecordQuery("contact", count=True)])
def test_trainers_and_admins_see_no_records(desk: Desk, asker: int, question: Question) -> None:
    found = refused(desk, asker, question)
    assert (found.status, found.reason) == (Status.FORBIDDEN, "no_records_for_role")


def test_the_whole_company_is_for_those_who_see_everything(desk: Desk) -> None:
    whole = MetricQuery(("revenue",), period=Q1, whole_company=True)
    found = refused(desk, 2, whole)
    assert found.reason == "whole_company"
    assert found.offers == ("my team's revenue in Q1 2026",)
    assert refused(desk, 5, whole, "zh").offers == ("我2026年一季度的赢单金额",)
    assert allowed(desk, 1, whole)
    assert refused(desk, 5, RecordQuery("deal", whole_company=True)).offers == ("my deals",)


@pytest.mark.parametrize(("asker", "name"), [(5, "Ben"), (2, "Dee"), (4, "Ann"), (11, "Mei")])
def test_another_persons_numbers_are_theirs(desk: Desk, asker: int, name: str) -> None:
    found = refused(desk, asker, about("rep", name))
    assert (found.status, found.reason, found.params["word"]) == (Status.FORBIDDEN, "other_person", name)


@pytest.mark.parametrize(("asker", "name"), [(5, "Ann"), (2, "Ben"), (2, "Cai"), (1, "Dee"), (4, "Cai")])
def test_people_in_the_line_may_be_named(desk: Desk, asker: int, name: str) -> None:
    assert allowed(desk, asker, about("rep", name))


def test_an_unknown_colleague_is_undefined_with_the_nearest(desk: Desk) -> None:
    found = refused(desk, 5, about("rep", "Bem"))
    assert (found.status, found.reason) == (Status.UNDEFINED, "unknown_person")
    assert found.params["nearest"].startswith("Ben")


def test_two_people_of_one_name_are_asked_about_except_by_themselves(desk: Desk) -> None:
    found = refused(desk, 1, about("rep", "Sam Lee"))
    assert (found.status, found.params["values"]) == (Status.CLARIFY, "Sam Lee (East), Sam Lee (West)")
    assert allowed(desk, 9, about("rep", "Sam Lee"))


TEAMS = [(2, "Mo", 1), (2, "Uma", 1), (2, "Mei", 0), (4, "Mo", 0), (5, "Mo", 0)]
REGIONS = [(2, "East", 1), (3, "West", 1), (4, "East", 0), (5, "East", 0), (2, "West", 0), (1, "North", 1)]


@pytest.mark.parametrize(("asker", "manager", "fine"), TEAMS)
def test_teams_may_be_named_by_who_sees_all_of_them(desk: Desk, asker: int, manager: str, fine: int) -> None:
    question = about("manager", manager)
    assert allowed(desk, asker, question) if fine else refused(desk, asker, question).reason == "other_team"


@pytest.mark.parametrize(("asker", "region", "fine"), REGIONS)
def test_regions_may_be_named_by_who_sees_all_of_them(desk: Desk, asker: int, region: str, fine: int) -> None:
    question = about("region", region)
    assert allowed(desk, asker, question) if fine else refused(desk, asker, question).reason == "other_team"


def test_an_unknown_region_is_undefined(desk: Desk) -> None:
    assert refused(desk, 5, about("region", "Atlantis")).status is Status.UNDEFINED


def test_leaving_others_out_is_no_secret(desk: Desk) -> None:
    question = MetricQuery(
        ("revenue",), filters=(Filter("rep", "is_not", ("Dee",)), Filter("region", "is_not", ("West",)))
    )
    assert allowed(desk, 2, question)


def test_customers_out_of_sight_are_refused_alike_whether_they_exist_or_not(desk: Desk, small_rows: Rows) -> None:
    answer = desk.run(identity(11), RecordQuery("account", ("name",)), "en")
    assert answer.table is not None
    hidden = {str(row["name"]) for row in small_rows.accounts} - {str(row[0]) for row in answer.table.rows}
    assert hidden
    for name in [*hidden, "Nobody Ltd"]:
        found = refused(desk, 11, about("account", name))
        assert (found.status, found.reason) == (Status.FORBIDDEN, "not_visible")
        assert found.params == {"word": name, "scope": "your own records"}
    assert refused(desk, 11, about("parent", "Nobody Group")).reason == "not_visible"


def test_to_a_director_an_unknown_customer_is_undefined(desk: Desk) -> None:
    found = refused(desk, 1, about("account", "Acount 3"))
    assert (found.status, found.reason) == (Status.UNDEFINED, "unknown_value")
    assert "Account 3" in found.params["nearest"]


def test_deals_and_contacts_out_of_sight_are_refused(desk: Desk) -> None:
    for record, name in (("deal", "Deal 999"), ("contact", "Nobody")):
        found = refused(desk, 5, RecordQuery(record, filters=(Filter("name", "is", (name,)),)))
        assert found.reason == "not_visible"


@pytest.mark.parametrize("product", [("product", "Gizmo"), ("series", "Gizmos"), ("stage", "dreaming")])
def test_unknown_products_and_stages_are_undefined_for_everyone(desk: Desk, product: tuple[str, str]) -> None:
    found = refused(desk, 5, about(*product))
    assert (found.status, found.reason) == (Status.UNDEFINED, "unknown_value")


def test_unknown_metrics_and_breakdowns_are_undefined(desk: Desk) -> None:
    assert refused(desk, 1, MetricQuery(("profit",))).reason == "unknown_metric"
    assert (
        refused(desk, 1, MetricQuery(("revenue",), having=(Threshold("profit", "over", Decimal(1)),))).reason
        == "unknown_metric"
    )
    found = refused(desk, 1, MetricQuery(("visits",), ("stage",)), "zh")
    assert (found.reason, found.params["record"], found.params["field"]) == ("no_such_breakdown", "活动", "阶段")
    assert refused(desk, 1, RecordQuery("wishes")).reason == "unknown_record"


@pytest.mark.parametrize("metric", ["open_deals", "pipeline_value", "receivables_overdue"])
def test_snapshots_have_no_history(desk: Desk, metric: str) -> None:
    found = refused(desk, 1, MetricQuery((metric,), period=Q1))
    assert (found.status, found.reason) == (Status.UNDEFINED, "no_history")
    assert refused(desk, 1, MetricQuery((metric,), ("month",))).reason == "no_history"
    now = Period(date(2026, 6, 1), date(2026, 6, 30), "2026-06")
    answer = desk.run(identity(1), MetricQuery((metric,), period=now), "en")
    assert answer.table == desk.run(identity(1), MetricQuery((metric,)), "en").table
    assert answer.receipts[0].period is None


def test_every_reason_has_words_in_both_languages(desk: Desk) -> None:
    found = [
        refused(desk, 14, REVENUE),
        refused(desk, 5, MetricQuery(("revenue",), whole_company=True)),
        refused(desk, 5, about("rep", "Ben")),
        refused(desk, 5, about("region", "West")),
        refused(desk, 5, about("account", "Nobody Ltd")),
        refused(desk, 1, about("rep", "Sam Lee")),
        refused(desk, 1, about("stage", "dreaming")),
        refused(desk, 1, MetricQuery(("profit",))),
        refused(desk, 1, MetricQuery(("visits",), ("stage",))),
        refused(desk, 1, MetricQuery(("open_deals",), period=Q1)),
        refused(desk, 11, MetricQuery(("revenue",), average="team")),
        refused(desk, 5, MetricQuery(("revenue",), ("rep",), average="team")),
        refused(desk, 1, MetricQuery(("win_rate",), share=True)),
        refused(desk, 1, MetricQuery(("revenue",), compare_values=True)),
        refused(desk, 1, RecordQuery("wishes")),
        refused(desk, 1, RecordQuery("campaign_touch")),
    ]
    for refusal in found:
        for lang in LANGS:
            assert "{" not in say(f"answers.{refusal.reason}", lang, **refusal.params)
