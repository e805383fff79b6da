import pytest

from core.passages import sentence_around


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("Hi Rita. We are one pallet short. Call me!", "short", "We are one pallet short."),
        ("收到了。这次少了两箱，很着急！请回电", "少", "这次少了两箱，很着急！"),
        ("first line\nit costs 3.5 % too much\nlast", "too much", "it costs 3.5 % too much"),
        ("too dear", "too dear", "too dear"),
        ("One. Two. Three.", "One. Two", "One. Two."),
    ],
)
def test_the_sentence_that_holds_the_words(text: str, words: str, sentence: str) -> None:
    start = text.index(words)
    assert sentence_around(text, start, start + len(words)) == sentence


def test_a_long_sentence_is_cut_around_the_words() -> None:
    text = "a " * 300 + "too dear " + "b " * 300
    start = text.index("too")
    found = sentence_around(text, start, start + 8, most=60)
    assert "too dear" in found
    assert len(found) <= 62
    assert (found[0], found[-1]) == ("…", "…")
