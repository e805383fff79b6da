"""The measures there are: parts that are judged directly rather than by turns with the assistant."""

from importlib import import_module

import structlog

from core.errors import DealhandError
from core.settings import Settings
from core.wording import LANGS, Lang, explain, say
from evals.measures.measured import Measured

MEASURES: dict[str, str] = {
    "signals": "evals.measures.signals",
    "sentiment": "evals.measures.sentiment",
    "memory": "evals.measures.memory",
    "profile": "evals.measures.profile",
    "transcripts": "evals.measures.transcripts",
    "scheduling": "evals.measures.scheduling",
    "escalations": "evals.measures.escalations",
    "injection": "evals.measures.injection",
}
"""Each measure's module; it has `run(settings) -> Measured`. Its data are `evals/suites/<name>*.yaml`."""

log = structlog.get_logger("evals")


def is_measure(name: str) -> bool:
    """Whether `name` is a measure, or one in one language: `signals`, `signals_zh`."""
    return _split(name)[0] in MEASURES


def owns(stem: str) -> bool:
    """Whether a file of `evals/suites` with this stem is the data of a measure."""
    return any(stem == name or stem.startswith(f"{name}_") for name in MEASURES)


def run_measure(name: str, settings: Settings) -> Measured:
    """Run one measure; what breaks in it is a failure of that measure alone."""
    whole, lang = _split(name)
    try:
        found: Measured = import_module(MEASURES[whole]).run(settings)
    except DealhandError as error:
        return Measured(whole, failures=(explain(error, settings.lang),), broken=True)
    except Exception as error:
        log.exception("measure.failed", measure=whole)
        return Measured(whole, failures=(say("evals.crashed", settings.lang, error=repr(error)),), broken=True)
    return found.only(lang) if lang else found


def _split(name: str) -> tuple[str, Lang | None]:
    for lang in LANGS:
        if name.endswith(f"_{lang}"):
            return name.removesuffix(f"_{lang}"), lang
    return name, None
