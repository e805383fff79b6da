"""How long after something was said in a running call it is told: a real two-channel call at its own speed."""

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from bench.figures import emit, quantile
from core.calls import Opening
from core.identity import Role
from core.said import Utterance
from core.settings import Settings
from db.engine import open_engine, system_session
from db.migrations.run import migrate
from db.people import add_person
from tools.calls.transcribers import open_transcriber
from tools.workbench import Workbench

CALL = Path(__file__).parents[2] / "shared" / "data" / "calls" / "en"
LEGS = ("aws_auto_repairs_40_agent.flac", "aws_auto_repairs_40_caller.flac")
RATE, SECONDS, PIECE = 16_000, 90, 0.25


def main() -> None:
    """Print the figures; nothing where the recording is not beside the checkout."""
    if not all((CALL / leg).exists() for leg in LEGS):
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), _env_file=None)
        told = _speak(settings)
    text = [heard - one["end"] for heard, event in told if event["type"] == "text" for one in event["segments"]]
    signals = [heard - event["second"] for heard, event in told if event["type"] == "signal"]
    lags = [event["seconds"] for _, event in told if event["type"] == "lag"]
    emit("live_text_delay_p95", quantile(text, 95), "s", goal="<= 5", n=len(text))
    if signals:
        emit("live_signal_delay_max", max(signals), "s", goal="<= 5", n=len(signals))
    emit("live_lag_max", max(lags), "s", goal="<= 2", n=len(lags))


def _speak(settings: Settings) -> list[tuple[float, Mapping[str, Any]]]:
    migrate(settings.database)
    engine = open_engine(settings.database)
    with system_session(engine) as session:
        rep = add_person(session, "Rep", role=Role.REP, region=None, manager=None, now=settings.clock.now())
    bench = Workbench(settings, engine)
    open_transcriber(settings)
    bench.signals.detect([Utterance("ok", "customer", "call")])
    live = bench.calls.live
    live.detect = bench.signals.detect
    call = live.start(rep, Opening("pcm16", RATE, 2, None, ("rep", "customer")))
    told: list[tuple[float, Mapping[str, Any]]] = []
    sound, size = _stereo(), int(RATE * 4 * PIECE)
    began = time.monotonic()
    live.watch(call.id, lambda event: told.append((time.monotonic() - began, event)))
    for number, at in enumerate(range(0, len(sound), size)):
        time.sleep(max(began + (at + size) / (RATE * 4) - time.monotonic(), 0))
        live.add(rep, call.id, number, sound[at : at + size])
    live.end(rep, call.id)
    bench.close()
    engine.dispose()
    return [(at, event) for at, event in told if event.get("segments") or event["type"] in ("signal", "lag")]


def _stereo() -> bytes:
    legs = [_leg(CALL / leg)[: SECONDS * RATE] for leg in LEGS]
    longest = max(map(len, legs))
    return np.stack([np.pad(leg, (0, longest - len(leg))) for leg in legs], axis=1).astype("<i2").tobytes()


def _leg(path: Path) -> NDArray[np.int16]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        frames = [*container.decode(audio=0), None]
        return np.concatenate([piece.to_ndarray()[0] for frame in frames for piece in resampler.resample(frame)])


if __name__ == "__main__":
    main()
