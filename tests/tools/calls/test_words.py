"""From words with times to lines: loops, marks, sentences, speakers, languages."""

import pytest

from core.said import Speaker
from tools.calls.guards import covered, cut_loops, is_phantom
from tools.calls.hints import before, choose_languages
from tools.calls.roles import name_speakers
from tools.calls.transcript import Hints, Spoken, Word
from tools.calls.turns import tidy, to_turns


def words(text: str, *, step: float = 0.3, sure: float = 0.9) -> list[Word]:
    parts = [f" {part}" for part in text.split()] if " " in text else list(text)
    return [Word(part, at * step, (at + 1) * step, sure) for at, part in enumerate(parts)]


def test_loops_are_cut_and_emphasis_is_kept() -> None:
    looped = cut_loops(words("so we go on " + "and on we go " * 12 + "then stop"))
    assert looped.looped
    assert "".join(word.word for word in looped.words) == " so we go on and on we go then stop"
    assert not cut_loops(words("no no no no I said no and no")).looped
    assert cut_loops(words("好的" * 9)).looped


@pytest.mark.parametrize(
    "text", ["Thanks for watching!", "请不吝点赞 订阅 转发 打赏", "字幕由志愿者提供", "...", "(music)"]
)
def test_what_is_only_ever_made_up_is_known(text: str) -> None:
    assert is_phantom(text)


@pytest.mark.parametrize("text", ["Thank you.", "谢谢您。", "I subscribe to your newsletter", "我想订阅这个服务"])
def test_what_customers_say_is_not_taken_for_made_up(text: str) -> None:
    assert not is_phantom(text)


def test_chinese_becomes_simplified_with_its_own_marks() -> None:
    assert (
        "".join(word.word for word in tidy(words("請問這個價格,能不能便宜一點?"), "zh"))
        == "请问这个价格，能不能便宜一点？"
    )


def test_a_pause_ends_a_line_and_doubt_is_marked() -> None:
    said = [
        *words("the price is"),
        Word(" tentoo", 0.9, 1.2, 0.1),
        Word(" high", 1.2, 1.5, 0.2),
        Word(" ok", 8.0, 8.2, 0.9),
    ]
    first, second = to_turns(said, lang="en", channel=0)
    assert (first.text, second.text) == ("the price is tentoo high", "ok")
    assert [first.text[a:b] for a, b in first.low] == ["tentoo high"]
    assert second.low == ()


def test_who_hesitates_within_a_sentence_is_still_saying_it_unless_answered() -> None:
    said = [Word("because", 0, 0.4, 0.9), Word(" about", 3.0, 3.3, 0.9), Word(" it.", 3.3, 3.5, 0.9)]
    said.append(Word(" Right.", 5.0, 5.2, 0.9))
    assert [line.text for line in to_turns(said, lang="en", channel=0)] == ["because about it.", "Right."]
    answered = [line.text for line in to_turns(said, lang="en", channel=0, others=[1.0])]
    assert answered == ["because", "about it.", "Right."]


def test_coverage_counts_what_has_words() -> None:
    assert covered(0.0, 10.0, []) == 0.0
    assert covered(0.0, 10.0, words("a b c")) == pytest.approx(1.4)


def test_the_language_is_the_calls_unless_a_window_is_sure() -> None:
    odds = [{"zh": 0.9, "en": 0.1}, {"zh": 0.4, "en": 0.6}, {"zh": 0.02, "en": 0.98}, {"en": 0.99, "zh": 0.01}]
    assert choose_languages(odds, [25.0, 20.0, 20.0, 1.0], Hints(likely="zh")) == ["zh", "zh", "en", "zh"]
    assert choose_languages([{"ja": 0.6, "zh": 0.4}], [10.0], Hints()) == ["zh"]
    assert choose_languages(odds, [1.0] * 4, Hints(lang="en")) == ["en"] * 4


def test_names_are_told_in_the_language_and_not_without_end() -> None:
    assert before(Hints(("Acme", "Globex")), "en") == "Acme, Globex."
    assert before(Hints(("张伟", "华东医药")), "zh") == "张伟、华东医药。"
    assert len(before(Hints(tuple(f"Name number {n}" for n in range(500))), "en")) < 500
    assert before(Hints(), "zh") == ""


def _line(text: str, channel: int | None, lang: str = "en", voice: int | None = None) -> Spoken:
    return Spoken(0.0, 1.0, text, "unknown", channel, 0.9, lang=lang, voice=voice)


@pytest.mark.parametrize(
    ("lines", "told", "speakers"),
    [
        ([_line("hi", 0), _line("yes", 1)], ["customer", "rep"], ["customer", "rep"]),
        ([_line("hi", 0), _line("yes", 1)], None, ["unknown", "unknown"]),
        (
            [_line("Thanks for calling Acme. How can I help you?", 1), _line("I'd like to order two.", 0)],
            None,
            ["rep", "customer"],
        ),
        (
            [_line("感谢您的来电，请问有什么可以帮您？", 0, "zh"), _line("我想问一下报价", 1, "zh")],
            None,
            ["rep", "customer"],
        ),
        ([_line("hello", None), _line("hello", None)], ["customer"], ["customer", "customer"]),
    ],
)
def test_who_speaks_is_told_or_given_away_or_unknown(
    lines: list[Spoken], told: list[Speaker] | None, speakers: list[Speaker]
) -> None:
    assert [line.speaker for line in name_speakers(lines, told)] == speakers
