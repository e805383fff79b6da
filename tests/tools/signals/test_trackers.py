"""A described signal is found by its words and by its meaning, not where it only looks like it."""

from core.said import Reading, Utterance
from core.trackers import Described
from tools.signals.trackers import Trackers, spot

SAMPLES = Described(
    name="wants a sample",
    examples=(
        "Could you send us a sample first?",
        "Can we get two samples to test?",
        "能先寄个样品给我们吗",
        "想要一件样品试试",
    ),
    counterexamples=("The sample rate is too low.", "Thanks, the samples arrived."),
    phrases=("trial unit",),
)


def quotes(*texts: str) -> list[str | None]:
    found = spot(SAMPLES, [Utterance(text, "customer") for text in texts])
    return [one.quote if one else None for one in found]


def test_it_is_found_in_other_words() -> None:
    found = quotes(
        "Hello. Would you send a sample to us? Regards", "可以先寄一个样品过来吗？", "We'd like a Trial Unit."
    )
    assert found == ["Would you send a sample to us?", "可以先寄一个样品过来吗？", "Trial Unit"]


def test_what_looks_like_it_is_left() -> None:
    assert quotes("The sample rate is too low.", "How much is it?", "今天天气不错", "") == [None] * 4


def test_reps_are_not_read() -> None:
    assert spot(SAMPLES, [Utterance("Could you send us a sample first?", "rep")]) == [None]


def test_active_ones_add_to_readings() -> None:
    trackers = Trackers(lambda: [SAMPLES])
    reading = trackers.find([Utterance("Could you send us a sample first?", "customer")], [Reading()])[0]
    assert [(one.kind, one.method) for one in reading.signals] == [("wants a sample", "tracker")]
