"""Real calls beside the checkout, for tests that listen; skipped where they are not."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

CALLS = Path(__file__).parents[4] / "shared" / "data" / "calls"


def clip(name: str) -> Path:
    """A recording by its name; the test is skipped if it is not there."""
    found = CALLS / name
    if not found.exists():
        pytest.skip(f"the recording {name} is not beside the checkout")
    return found


def samples_of(path: Path, rate: int = 16_000) -> NDArray[np.int16]:
    """One channel of a recording as 16-bit samples."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    pieces = []
    with av.open(str(path)) as container:
        for frame in [*container.decode(audio=0), None]:
            pieces += [piece.to_ndarray()[0] for piece in resampler.resample(frame)]
    return np.concatenate(pieces)


def two_legs(agent: Path, caller: Path, seconds: float, rate: int = 16_000) -> bytes:
    """Two recordings as the left and right channel of one call, 16-bit samples in turn."""
    legs = [samples_of(path, rate)[: int(seconds * rate)] for path in (agent, caller)]
    length = max(map(len, legs))
    return np.stack([np.pad(leg, (0, length - len(leg))) for leg in legs], axis=1).astype("<i2").tobytes()
