"""Grammar and model together: evidence is exact, reps give nothing, and the model on disk is never stale."""

from pathlib import Path

import pytest

from core.said import KINDS, Utterance
from tests.tools.signals.conftest import Read, kinds
from tools.signals.detector import Detector
from tools.signals.examples import held_out, packaged, to_learn
from tools.signals.judge import macro, score
from tools.signals.store import Shelf, key_of


def test_evidence_is_a_substring_at_its_place(detector: Detector) -> None:
    lines = [one.text for one in packaged()[:300]]
    readings = detector.detect([Utterance(text, "customer") for text in lines])
    found = [(text, one) for text, reading in zip(lines, readings, strict=True) for one in reading.signals]
    assert found
    assert all(text[one.start : one.end] == one.quote != "" for text, one in found)
    assert all(0 < one.confidence <= 1 and one.kind in KINDS for _, one in found)


def test_a_rep_says_nothing(read: Read) -> None:
    reading = read("You said our price is too high and you may cancel the contract.", "rep")
    assert reading.signals == ()
    assert reading.sentiment.label == "neutral"


def test_someone_unknown_counts_for_less(read: Read) -> None:
    known, unknown = (read("This is far too expensive for us.", who).signals[0] for who in ("customer", "unknown"))
    assert unknown.confidence < known.confidence


@pytest.mark.parametrize("text", ["", "   ", "👍", "。。。", "\n\n", "ok", "a" * 5000, "太" * 3000])
def test_odd_lines_do_no_harm(read: Read, text: str) -> None:
    assert all(text[one.start : one.end] == one.quote for one in read(text).signals)


def test_attitude_has_a_score_on_its_side(read: Read) -> None:
    glad, sad = read("Thank you so much, excellent service!"), read("你们的服务太差了，非常失望")
    assert glad.sentiment.label == "positive"
    assert glad.sentiment.score > 0
    assert sad.sentiment.label == "negative"
    assert sad.sentiment.score < 0


def test_lines_are_read_each_on_its_own(detector: Detector) -> None:
    lines = [Utterance("太贵了", "customer"), Utterance("好的", "rep"), Utterance("How much?", "customer")]
    assert detector.detect(lines) == [detector.detect([line])[0] for line in lines]


def test_the_held_out_split_is_not_learnt_from() -> None:
    learnt = {one.text for one in to_learn()}
    assert not learnt & {one.text for one in held_out()}
    assert all(one.speaker != "rep" for one in to_learn())


def test_reps_lines_of_the_held_out_split_give_nothing(detector: Detector) -> None:
    reps = [Utterance(one.text, one.speaker) for one in held_out() if one.speaker == "rep"]
    assert all(not reading.signals for reading in detector.detect(reps))


def test_the_held_out_split_does_not_fall_back(detector: Detector) -> None:
    examples = [one for one in held_out() if one.speaker != "rep"]
    readings = detector.detect([Utterance(one.text, "customer", lang=one.lang) for one in examples])
    found = [kinds(reading) for reading in readings]
    scores = score([one.kinds for one in examples], found, [one.lang for one in examples])
    assert macro(scores, "en") > 0.6
    assert macro(scores, "zh") > 0.6


def test_a_model_is_named_by_what_made_it() -> None:
    one = packaged()[0]
    assert key_of(()) != key_of([one])
    assert key_of([one]) == key_of([one])


def test_a_broken_file_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / f"model-{key_of(())}.npz").write_bytes(b"PK\x03\x04 not whole")
    model, card = Shelf(tmp_path).model()
    assert model.grams.any()
    assert card["key"] == key_of(())


def test_the_card_tells_scores(detector: Detector) -> None:
    card = detector.card
    assert {row["kind"] for row in card["scores"]} == set(KINDS)
    assert detector.version.endswith(card["key"][:12])


def test_conditional_threats_and_colleagues_count(read: Read) -> None:
    assert "churn_risk" in kinds(read("If the next delivery is late again, we will cancel the contract."))
    assert "price_sensitivity" in kinds(read("My CFO says it's too expensive."))
    assert "price_sensitivity" in kinds(read("我们财务觉得太贵了"))


def test_somebody_elses_trouble_does_not_count(read: Read) -> None:
    assert "complaint" not in kinds(read("Price isn't the issue."))
    assert kinds(read("Please cancel the meeting on Friday.")) == set()
    assert kinds(read("多少钱一套？")) == set()
