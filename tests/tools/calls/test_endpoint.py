"""A transcriber at an address: what it is sent, what is read, and its failures in words."""

from collections.abc import Iterator

import numpy as np
import pytest

from core.settings import Settings
from core.wording import LANGS, explain
from tests.fakes.audio_server import AudioServer, serve_audio
from tools.calls.endpoint import Endpoint, TranscriberAway
from tools.calls.transcript import RATE, Hints

SECOND = np.zeros(RATE, np.float32)
GOOD = {
    "text": "Hello there",
    "language": "english",
    "words": [{"word": "Hello", "start": 0.1, "end": 0.4}, {"word": "there", "start": 0.5, "end": 0.8}],
    "segments": [{"text": "Hello there", "start": 0.0, "end": 0.9, "avg_logprob": -0.1, "no_speech_prob": 0.02}],
}


@pytest.fixture
def server() -> Iterator[AudioServer]:
    with serve_audio() as state:
        yield state


@pytest.fixture
def endpoint(server: AudioServer) -> Iterator[Endpoint]:
    settings = Settings(openai_base_url=server.url, openai_api_key="sk-1", whisper_model="w-1", _env_file=None)
    made = Endpoint(settings)
    yield made
    made.close()


def test_it_is_sent_sound_and_names_and_read_with_times(server: AudioServer, endpoint: Endpoint) -> None:
    server.answer = lambda turn: (200, GOOD)
    [heard] = endpoint.hear([SECOND], Hints(("Acme",), "en"))
    assert [(word.word, word.start) for word in heard.words] == [(" Hello", 0.1), (" there", 0.5)]
    assert heard.lang == "en"
    [form] = server.forms
    assert (form["model"], form["language"], form["prompt"]) == ([b"w-1"], [b"en"], [b"Acme."])
    assert form["file"][0].startswith(b"RIFF")
    assert server.keys == ["Bearer sk-1"]


def test_lines_without_words_are_spread_over_their_time(server: AudioServer, endpoint: Endpoint) -> None:
    lines = [{"text": "太贵了", "start": 0.0, "end": 0.9, "avg_logprob": -0.2}]
    server.answer = lambda turn: (200, {"text": "太贵了", "language": "chinese", "segments": lines})
    [heard] = endpoint.hear([SECOND], Hints())
    assert "".join(word.word for word in heard.words) == "太贵了"
    assert (heard.lang, round(heard.words[1].start, 2)) == ("zh", 0.3)


def test_what_passes_is_tried_again(server: AudioServer, endpoint: Endpoint) -> None:
    server.answer = lambda turn: (503, "busy") if turn < 3 else (200, GOOD)
    assert len(endpoint.hear([SECOND], Hints())[0].words) == 2
    assert len(server.forms) == 3


@pytest.mark.parametrize(
    ("status", "said", "times"),
    [(401, {"error": "bad key"}, 1), (500, "broken", 3), (200, "<html>", 1), (200, {"no": "text"}, 1), (302, "", 1)],
)
def test_failures_come_in_words(server: AudioServer, endpoint: Endpoint, status: int, said: object, times: int) -> None:
    server.answer = lambda turn: (status, said)
    with pytest.raises(TranscriberAway) as caught:
        endpoint.hear([SECOND], Hints())
    assert all(server.url in explain(caught.value, lang) for lang in LANGS)
    assert "sk-1" not in str(caught.value)
    assert len(server.forms) == times


def test_nobody_there_is_said_so() -> None:
    endpoint = Endpoint(Settings(openai_base_url="http://127.0.0.1:1/v1", _env_file=None))
    with pytest.raises(TranscriberAway):
        endpoint.hear([SECOND], Hints())
    endpoint.close()
