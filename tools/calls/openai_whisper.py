"""The other local transcriber: OpenAI's own Whisper in PyTorch, an extra, with the same weights."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from core.errors import OperatorError
from tools.calls.converted import Unconvertible, alignment_heads, convert
from tools.calls.hints import before, choose_languages, home, squeeze, token_limit
from tools.calls.transcript import RATE, Heard, Hints, Samples, Word
from tools.calls.weights import NoWeights, Weights

NAME = "openai-whisper"
WINDOW = 29.0
MOST_TOKENS = 224
LOOPING = 2.2
UNSURE = -0.8
WARMER = 0.4


class ExtraMissing(OperatorError):
    """The extra that this transcriber needs is not installed."""

    code = "extra_missing"


class OpenaiWhisper:
    """Decodes window after window; one that loops once more, a little warmer. Never more tokens than can be said."""

    window = WINDOW
    batch = 1

    def __init__(self, weights: Weights, cache: Path) -> None:
        try:
            self._whisper: Any = import_module("whisper")
            self._timing: Any = import_module("whisper.timing")
            self._torch: Any = import_module("torch")
        except ImportError as error:
            raise ExtraMissing(extra=NAME) from error
        self.name = f"{NAME}:{weights.name}"
        self.model = self._load(weights, cache)

    def hear(self, windows: Sequence[Samples], hints: Hints) -> list[Heard]:
        """The words of each window, in order."""
        return [self._hear(window, hints) for window in windows]

    def close(self) -> None:
        """Let go of the weights."""
        del self.model

    def _load(self, weights: Weights, cache: Path) -> Any:
        try:
            if weights.folder is None:
                return self._whisper.load_model(weights.name, device="cpu", download_root=str(cache))
            file = convert(weights.folder, cache / f"{weights.folder.name}.pt")
            model = self._whisper.load_model(str(file), device="cpu")
        except (RuntimeError, OSError, Unconvertible) as error:
            raise NoWeights(model=weights.name) from error
        mask = self._torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=self._torch.bool)
        for layer, head in alignment_heads(weights.folder):
            mask[layer, head] = True
        model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
        return model

    def _hear(self, window: Samples, hints: Hints) -> Heard:
        padded = self._whisper.pad_or_trim(window)
        mel = self._whisper.log_mel_spectrogram(padded, n_mels=self.model.dims.n_mels)
        seconds = window.size / RATE
        lang = hints.lang or self._language(mel, seconds, hints)
        result = self._decode(mel, lang, before(hints, lang), seconds, 0.0)
        if result.text and (result.avg_logprob < UNSURE or squeeze(result.text) > LOOPING):
            second = self._decode(mel, lang, "", seconds, WARMER)
            if squeeze(result.text) > LOOPING or second.avg_logprob > result.avg_logprob:
                result = second
        tokenizer = self._whisper.tokenizer.get_tokenizer(self.model.is_multilingual, language=lang, task="transcribe")
        aligned = self._timing.find_alignment(
            self.model, tokenizer, [token for token in result.tokens if token < tokenizer.eot], mel, window.size // 160
        )
        words = tuple(Word(each.word, float(each.start), float(each.end), float(each.probability)) for each in aligned)
        return Heard(words, lang, no_speech=float(result.no_speech_prob), logprob=float(result.avg_logprob))

    def _language(self, mel: Any, seconds: float, hints: Hints) -> str:
        if not self.model.is_multilingual:
            return "en"
        _, odds = self.model.detect_language(mel)
        return choose_languages([home(list(odds.items()))], [seconds], hints)[0]

    def _decode(self, mel: Any, lang: str, told: str, seconds: float, warmth: float) -> Any:
        options = self._whisper.DecodingOptions(
            language=lang,
            temperature=warmth,
            sample_len=min(token_limit(seconds), MOST_TOKENS),
            prompt=told or None,
            without_timestamps=True,
            fp16=False,
        )
        return self._whisper.decode(self.model, mel, options)
