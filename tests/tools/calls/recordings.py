"""Small recordings to hand in, made on the spot."""

import io
import math
import struct
import wave
from typing import Any


def tone(seconds: float = 0.2, *, pitch: float = 440.0, rate: int = 8000, channels: int = 1) -> bytes:
    """A WAV file with a tone; another pitch is another recording."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        for at in range(int(seconds * rate)):
            sample = int(8000 * math.sin(2 * math.pi * pitch * at / rate))
            file.writeframes(struct.pack("<h", sample) * channels)
    return out.getvalue()


SPOKEN: tuple[dict[str, Any], ...] = (
    {
        "start": 0.5, "end": 2.0, "text": "How can I help?", "speaker": "rep", "channel": 0, "confidence": 0.9,
        "words": [], "low": [], "lang": "en",
    },
    {
        "start": 2.5, "end": 5.0, "text": "Your price is two high for us.", "speaker": "customer", "channel": 1,
        "confidence": 0.8, "lang": "en", "low": [(14, 17)],
        "words": [
            {"word": word, "start": 2.5 + at * 0.3, "end": 2.8 + at * 0.3, "confidence": 0.8}
            for at, word in enumerate(["Your", " price", " is", " two", " high", " for", " us."])
        ],
    },
)  # fmt: skip
ABOUT = {
    "lang": "en", "seconds": 5.5, "channels": 2, "coverage": 0.97, "transcriber": "test", "warnings": ["slow"],
}  # fmt: skip
