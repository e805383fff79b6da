"""A case is asked as its person, turn by turn, and graded; what breaks fails that case alone."""

from decimal import Decimal
from pathlib import Path

from core.identity import Identity
from core.reply import Reply, Status
from core.settings import Settings
from evals.cases import Case
from evals.run import NOW, People, demo_home, judge
from evals.truth import open_records
from tests.evals.conftest import make_reply, make_table

SUM = "SELECT sum(close_value) AS revenue__money FROM won WHERE rep = :rep"


def make_turns(*turns: str) -> Case:
    return Case.model_validate(
        {"id": "c", "as": "Kevin Chen", "lang": "en", "turns": list(turns),
         "given": {"rep": "SELECT 'Kevin Chen'"}, "expect": {"status": "answered", "sql": SUM}}
    )  # fmt: skip


class Parrot:
    """Answers the last turn with one figure, and remembers what it heard."""

    def __init__(self, figure: Decimal | None) -> None:
        self.figure = figure
        self.heard: list[tuple[str, str, str | None]] = []

    async def turn(
        self, identity: Identity, message: str, *, thread_id: str | None = None, lang: str | None = None
    ) -> Reply:
        self.heard.append((identity.name, message, thread_id))
        if self.figure is None:
            raise RuntimeError("it broke")
        return make_reply(Status.ANSWERED, "Here it is.", make_table(["revenue"], (self.figure,)))


async def test_turns_go_into_one_thread_as_the_asker(demo_file: Path) -> None:
    people = People(f"sqlite:///{demo_file}")
    kevin = people.find("Kevin Chen")
    with open_records(demo_file) as records:
        right = records.truth(SUM, {"rep": "Kevin Chen"}).rows[0][0].value
        assert isinstance(right, Decimal)
        parrot = Parrot(right)
        found = await judge(parrot, kevin, "suite", make_turns("{rep}?", "and now?"), records)
        wrong = await judge(Parrot(right + 1), kevin, "suite", make_turns("{rep}?"), records)
        broken = await judge(Parrot(None), kevin, "suite", make_turns("{rep}?"), records)
    people.close()
    assert found.verdict == "pass"
    assert parrot.heard == [("Kevin Chen", "Kevin Chen?", None), ("Kevin Chen", "and now?", "h")]
    assert wrong.wrong_number
    assert (broken.verdict, broken.wrong_number) == ("fail", False)


def test_a_role_is_its_first_person(demo_file: Path) -> None:
    people = People(f"sqlite:///{demo_file}")
    assert people.find("trainer").name == "Helen Sato"
    people.close()


def test_the_home_is_thrown_away_and_time_stands_still(tmp_path: Path) -> None:
    with demo_home(Settings(home=tmp_path), "builtin") as ours:
        assert ours.clock.now() == NOW
        assert (ours.var / "dealhand.db").exists()
        home = ours.home
    assert not home.exists()
    assert not (tmp_path / "var").exists()
