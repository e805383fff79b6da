"""A transcriber elsewhere: any endpoint that speaks OpenAI's audio protocol."""

import io
import wave
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np
from pydantic import BaseModel, ValidationError

from core.errors import OperatorError
from core.settings import Settings
from tools.calls.hints import before
from tools.calls.transcript import RATE, Heard, Hints, Samples, Word

DEFAULT_URL = "https://api.openai.com/v1"
WINDOW = 300.0
SECONDS = 300.0
TRIES = 3
LATER = frozenset({408, 409, 429, 500, 502, 503, 504})
MOST_SHOWN = 200
NAMES = {"english": "en", "chinese": "zh", "mandarin": "zh", "cantonese": "zh"}


class TranscriberAway(OperatorError):
    """The endpoint does not answer, refuses, or answers what is no transcript."""

    code = "transcriber_away"


class _Word(BaseModel):
    word: str
    start: float
    end: float


class _Line(BaseModel):
    text: str
    start: float
    end: float
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0


class _Answer(BaseModel):
    """What `verbose_json` holds, as far as we read it."""

    text: str
    language: str | None = None
    words: list[_Word] | None = None
    segments: list[_Line] | None = None


class Endpoint:
    """Sends each window as a WAV and reads words with times; tries again where that may help."""

    window = WINDOW
    batch = 1

    def __init__(self, settings: Settings) -> None:
        self.name = f"openai:{settings.whisper_model}"
        self._model = settings.whisper_model
        self._url = (settings.openai_base_url or DEFAULT_URL).rstrip("/") + "/audio/transcriptions"
        key = settings.openai_api_key
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        self._client = httpx.Client(timeout=httpx.Timeout(SECONDS, connect=10.0), headers=headers)

    def hear(self, windows: Sequence[Samples], hints: Hints) -> list[Heard]:
        """The words of each window, in order."""
        return [_heard(self._ask(window, hints), hints) for window in windows]

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, window: Samples, hints: Hints) -> _Answer:
        lang = hints.lang or hints.likely
        form: dict[str, Any] = {
            "model": self._model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            "temperature": "0",
            "prompt": before(hints, lang or "en"),
        } | ({"language": hints.lang} if hints.lang else {})
        sound = _wav(window)
        for left in reversed(range(TRIES)):
            try:
                answer = self._client.post(self._url, data=form, files={"file": ("call.wav", sound, "audio/wav")})
                if answer.status_code in LATER and left:
                    continue
                return _read(answer)
            except httpx.TransportError as error:
                if not left:
                    raise TranscriberAway(url=self._url, reason=type(error).__name__) from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise TranscriberAway(url=self._url, reason=type(error).__name__) from error
        raise TranscriberAway(url=self._url, reason="")


def _read(answer: httpx.Response) -> _Answer:
    url = str(answer.request.url)
    if answer.is_error or answer.is_redirect:
        raise TranscriberAway(url=url, reason=f"HTTP {answer.status_code} {_short(answer.text)}")
    try:
        return _Answer.model_validate_json(answer.content)
    except ValidationError as error:
        raise TranscriberAway(url=url, reason=_short(answer.text)) from error


def _heard(answer: _Answer, hints: Hints) -> Heard:
    named = (answer.language or hints.lang or hints.likely or "en").lower()
    lines = answer.segments or []
    logprob = min((line.avg_logprob for line in lines), default=0.0)
    no_speech = min((line.no_speech_prob for line in lines), default=0.0)
    return Heard(tuple(_words(answer)), NAMES.get(named, named[:2]), no_speech=no_speech, logprob=logprob)


def _words(answer: _Answer) -> list[Word]:
    """Words as told; where there are only lines, their words spread over the time of the line."""
    lines = answer.segments or []
    if answer.words:
        sure = [(line.start, line.end, float(np.exp(line.avg_logprob))) for line in lines]
        return [
            Word(_spaced(each.word), each.start, each.end, next((p for a, b, p in sure if a <= each.start < b), 1.0))
            for each in answer.words
        ]
    return [word for line in lines for word in _spread(line)]


def _spread(line: _Line) -> list[Word]:
    parts = line.text.split() if " " in line.text.strip() else list(line.text.strip())
    step = (line.end - line.start) / max(len(parts), 1)
    sure = float(np.exp(line.avg_logprob))
    return [
        Word(_spaced(part), line.start + place * step, line.start + (place + 1) * step, sure)
        for place, part in enumerate(parts)
    ]


def _spaced(word: str) -> str:
    """With the space before it that writing needs: none in Chinese."""
    bare = word.strip()
    return f" {bare}" if bare.isascii() and bare[:1].isalnum() else bare


def _wav(samples: Samples) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return held.getvalue()


def _short(text: str) -> str:
    return " ".join(text.split())[:MOST_SHOWN]
